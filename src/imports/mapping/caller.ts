// The mapping of a caller, a JSON object: { "columns": { "InvoiceNo": "Ticket" }, "constants": { "Quantity": "1" }, "rules": {} }, or
// only the columns.
import { z } from "zod";
import { invalid } from "../../platform/problem.ts";
import { foldedName } from "../formats/cells.ts";
import type { ImportKind } from "../schema.ts";
import { FIELDS, NAMES } from "./fields.ts";
import { Rules } from "./plan.ts";

const MAX_LENGTH = 8000;

const Columns = z.record(z.string(), z.string().max(200).nullable());
const Structured = z.strictObject({
  columns: Columns.default({}),
  constants: z.record(z.string(), z.string().max(200)).default({}),
  rules: Rules.partial().default({}),
});

export type CallerMapping = {
  /** The name of each field's column; null for a field that the file does not have. */
  columns: Record<string, string | null>;
  constants: Record<string, string>;
  rules: z.input<typeof Rules>;
};

export const NO_MAPPING: CallerMapping = { columns: {}, constants: {}, rules: {} };

/** @throws Problem invalid */
export function parseMapping(kind: z.infer<typeof ImportKind>, text: string | undefined): CallerMapping {
  if (text === undefined) return NO_MAPPING;
  const json = text.length > MAX_LENGTH ? undefined : parseJson(text);
  const structured = Structured.safeParse(json);
  const flat = Columns.safeParse(json);
  if (!structured.success && !flat.success)
    throw invalid([
      {
        pointer: "#/query/mapping",
        detail: `must be a JSON object of at most ${MAX_LENGTH} characters, such as {"InvoiceNo":"Ticket","UnitPrice":"Precio"}`,
      },
    ]);
  const mapping = structured.success
    ? structured.data
    : { columns: flat.data ?? {}, constants: {}, rules: {} };
  return {
    columns: withFields(kind, mapping.columns),
    constants: withFields(kind, mapping.constants),
    rules: definedOnly(mapping.rules),
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
const withFields = <T>(kind: z.infer<typeof ImportKind>, values: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const folded = foldedName(name);
      const field =
        FIELDS[kind].find((each) => foldedName(each) === folded) ??
        FIELDS[kind].find((each) => NAMES[kind][each]?.includes(folded));
      if (field === undefined)
        throw invalid([
          {
            pointer: "#/query/mapping",
            detail: `${name.slice(0, 50)} is not a field; fields are ${FIELDS[kind].join(", ")}`,
          },
        ]);
      return [field, value];
    }),
  );

const definedOnly = (rules: z.infer<typeof Structured>["rules"]): z.input<typeof Rules> =>
  Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
