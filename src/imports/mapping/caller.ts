// The mapping of a caller, a JSON object: { "columns": { "InvoiceNo": "Ticket" }, "constants": { "Quantity": "1" }, "rules": {},
// "dates": "dmy", "decimal": "comma" }, or only the columns.
import { z } from "@hono/zod-openapi";
import { invalid } from "../../platform/problem.ts";
import { foldedName } from "../formats/cells.ts";
import type { FormatChoice } from "../formats/evidence.ts";
import { isStorable, STORABLE_MESSAGE } from "../../values/text.ts";
import type { ImportKind } from "../schema.ts";
import { FIELDS, NAMES } from "./fields.ts";
import { Rules } from "./plan.ts";

/** The most characters of a mapping as JSON. */
export const MAX_MAPPING_LENGTH = 8000;

const Cell = z.string().max(200).refine(isStorable, STORABLE_MESSAGE);

const Columns = z.record(z.string(), Cell.nullable());

/** The whole of a mapping, as it is sent and saved. */
export const Mapping = z.strictObject({
  columns: Columns.default({}).openapi({
    description: "the column of each field; null for a field that the file does not have",
    example: { InvoiceNo: "Ticket", UnitPrice: "PVP" },
  }),
  constants: z
    .record(z.string(), Cell)
    .default({})
    .openapi({ description: "fields with the same value in all rows", example: { Quantity: "1" } }),
  rules: Rules.partial()
    .default({})
    .openapi({ description: "how refunds are recognised, and what rows mean" }),
  dates: z.enum(["dmy", "mdy", "ymd"]).openapi("DateOrder").optional(),
  decimal: z.enum(["comma", "point"]).openapi("DecimalSeparator").optional(),
});

export type CallerMapping = {
  columns: Record<string, string | null>;
  constants: Record<string, string>;
  rules: z.input<typeof Rules>;
  formats: FormatChoice;
};

export const NO_MAPPING: CallerMapping = { columns: {}, constants: {}, rules: {}, formats: {} };

const POINTER = "#/query/mapping";

/** @throws Problem invalid */
export function parseMapping(kind: z.infer<typeof ImportKind>, text: string | undefined): CallerMapping {
  if (text === undefined) return NO_MAPPING;
  const json = text.length > MAX_MAPPING_LENGTH ? undefined : parseJson(text);
  const structured = Mapping.safeParse(json);
  const flat = Columns.safeParse(json);
  if (!structured.success && !flat.success && isWhole(json))
    throw invalid(
      structured.error.issues.map(({ path, message }) => ({
        pointer: POINTER,
        detail: [path.join("."), message].filter(Boolean).join(": "),
      })),
    );
  if (!structured.success && !flat.success)
    throw invalid([
      {
        pointer: POINTER,
        detail: `must be the name of a saved mapping, or a JSON object of at most ${MAX_MAPPING_LENGTH} characters, such as {"InvoiceNo":"Ticket","UnitPrice":"Precio"}`,
      },
    ]);
  return checkMapping(kind, structured.success ? structured.data : { columns: flat.data ?? {} }, POINTER);
}

const isWhole = (json: unknown): boolean =>
  typeof json === "object" && json !== null && Object.keys(Mapping.shape).some((key) => key in json);

/** A mapping whose fields have their own names. @throws Problem invalid */
export function checkMapping(
  kind: z.infer<typeof ImportKind>,
  { columns = {}, constants = {}, rules = {}, dates, decimal }: z.input<typeof Mapping>,
  pointer: string,
): CallerMapping {
  return {
    columns: withFields(kind, columns, pointer),
    constants: withFields(kind, constants, pointer),
    rules: definedOnly(rules),
    formats: { ...(dates ? { dates } : {}), ...(decimal ? { decimal } : {}) },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // SyntaxError: not JSON.
    return undefined;
  }
}

/** Fields by their names, or by a name that columns of the field have. */
const withFields = <T>(
  kind: z.infer<typeof ImportKind>,
  values: Record<string, T>,
  pointer: string,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const folded = foldedName(name);
      const field =
        FIELDS[kind].find((each) => foldedName(each) === folded) ??
        FIELDS[kind].find((each) => NAMES[kind][each]?.includes(folded));
      if (field === undefined)
        throw invalid([
          {
            pointer,
            detail: `${name.slice(0, 50)} is not a field; fields are ${FIELDS[kind].join(", ")}`,
          },
        ]);
      return [field, value];
    }),
  );

const definedOnly = (rules: NonNullable<z.input<typeof Mapping>["rules"]>): z.input<typeof Rules> =>
  Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
