// What is wrong with a field, for programs that say it in the language of a person.
import { z } from "zod";

export const FaultCode = z
  .enum([
    "required",
    "too_short",
    "too_long",
    "too_few_items",
    "too_many_items",
    "too_small",
    "too_large",
    "not_a_number",
    "not_an_integer",
    "not_an_email",
    "not_a_date",
    "not_a_url",
    "not_a_phone_number",
    "not_a_barcode",
    "not_an_isbn",
    "not_an_option",
    "invalid_format",
    "invalid_characters",
    "duplicate",
    "unknown_field",
  ])
  .meta({ id: "FaultCode" });

export type FaultCode = z.infer<typeof FaultCode>;

/** A code, and the least or greatest value that is allowed. */
type Kind = { code: FaultCode; bound?: number };

/** The options of a refinement: its message, and what kind of fault it is. */
export const failsAs = (error: string, code: FaultCode, bound?: number) => ({
  error,
  params: { code, ...(bound !== undefined && { bound }) } satisfies Kind,
});

/** The same as an issue that a transformation adds. */
export const customFault = (message: string, code: FaultCode) => ({
  code: "custom" as const,
  message,
  params: { code } satisfies Kind,
});

const customKind = z.object({ code: FaultCode, bound: z.number().optional() });

const FORMATS: Partial<Record<string, FaultCode>> = {
  email: "not_an_email",
  date: "not_a_date",
  datetime: "not_a_date",
  url: "not_a_url",
};

const TYPES: Partial<Record<string, FaultCode>> = { number: "not_a_number", int: "not_an_integer" };

const LOWER: Partial<Record<string, FaultCode>> = { string: "too_short", array: "too_few_items" };
const UPPER: Partial<Record<string, FaultCode>> = { string: "too_long", array: "too_many_items" };

type Issue = z.ZodError["issues"][number];
type IssueOf<Code extends Issue["code"]> = Extract<Issue, { code: Code }>;

const ofType = ({ expected, message }: IssueOf<"invalid_type">): Kind => ({
  code: message.endsWith("received undefined") ? "required" : (TYPES[expected] ?? "invalid_format"),
});

function ofTooSmall({ origin, minimum }: IssueOf<"too_small">): Kind {
  const bound = Number(minimum);
  // An empty text is what forms send for a field that was not filled in.
  if (origin === "string" && bound === 1) return { code: "required" };
  return { code: LOWER[origin] ?? "too_small", bound };
}

function ofCustom({ params }: IssueOf<"custom">): Partial<Kind> {
  const { code, bound } = customKind.safeParse(params).data ?? {};
  return { ...(code && { code }), ...(bound !== undefined && { bound }) };
}

/** The kind of a failed check, and the least or greatest value that it allows; nothing of a check that only its message explains. */
export function faultKind(issue: Issue): Partial<Kind> {
  if (issue.code === "invalid_type") return ofType(issue);
  if (issue.code === "too_small") return ofTooSmall(issue);
  if (issue.code === "too_big")
    return { code: UPPER[issue.origin] ?? "too_large", bound: Number(issue.maximum) };
  if (issue.code === "invalid_format") return { code: FORMATS[issue.format] ?? "invalid_format" };
  if (issue.code === "invalid_value") return { code: "not_an_option" };
  return issue.code === "custom" ? ofCustom(issue) : {};
}
