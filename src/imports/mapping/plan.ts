// How a file is read. It is decided once, before the first row, and stored with the import.
import { z } from "@hono/zod-openapi";
import { canonicalTimezone } from "../../values/days.ts";
import { isStorable, STORABLE_MESSAGE } from "../../values/text.ts";

const words = (maxLength: number) =>
  z.array(z.string().min(1).max(maxLength).refine(isStorable, STORABLE_MESSAGE)).max(100).default([]);

/** What a preset or the caller's mapping states beyond the columns. */
export const Rules = z.strictObject({
  /** `sign`: a negative quantity or amount. `online-retail`: a negative quantity of a C number, or a negative amount by quantity. */
  refund: z.enum(["sign", "online-retail"]).openapi("RefundRule").default("sign"),
  /** Numbers that begin with one of these are refunds, whatever their sign. */
  refund_prefixes: words(20),
  /** Statuses of refunds, whatever their sign. */
  refund_statuses: words(60),
  /** Statuses of orders that are not sales. */
  skip_statuses: words(60),
  /** Statuses that say nothing about the amount, although they look like those of refunds. */
  sale_statuses: words(60),
  /** The line types that are lines; all others only describe their order. */
  line_types: words(60),
  /** Whether the rows of an order follow each other, and some of its fields are only in one of them. */
  by_order: z.boolean().default(false),
  /** Rows without a code are lines of products that have their name as code. */
  names_as_codes: z.boolean().default(false),
  /** Names begin with the code of the product in brackets: `[DESK-1] Desk`. */
  codes_in_brackets: z.boolean().default(false),
  /** Rows of a refund have the number of their sale. */
  shares_numbers: z.boolean().default(false),
  /** The time zone of dates without one, if it is not the shop's. */
  timezone: z
    .string()
    .max(64)
    .refine((name) => canonicalTimezone(name) !== null, "must be an IANA time zone")
    .optional()
    .openapi({ example: "Europe/Madrid" }),
  /** The unit price and the amount are of the whole row before tax, which is added. */
  adds_tax: z.boolean().default(false),
});

export const Plan = z.object({
  preset: z.string().nullable(),
  encoding: z.string(),
  delimiter: z.string(),
  header: z.array(z.string()),
  /** The row of the header in a spreadsheet without the blank lines. */
  header_row: z.int(),
  /** Fields with the index of their column. */
  columns: z.record(z.string(), z.int()),
  /** Fields with the same value in all rows. */
  constants: z.record(z.string(), z.string()),
  dates: z.enum(["dmy", "mdy", "ymd"]).openapi("DateOrder"),
  decimal: z.enum(["comma", "point"]).openapi("DecimalSeparator"),
  /** Fields whose decimal separator differs from `decimal`. */
  decimals: z.record(z.string(), z.enum(["comma", "point"]).openapi("DecimalSeparator")),
  rules: Rules,
});

export type Plan = z.infer<typeof Plan>;

/** The name of a field's column in the file. */
export const labelOf = (plan: Pick<Plan, "columns" | "header">, field: string): string =>
  plan.header[plan.columns[field] ?? -1] ?? field;
