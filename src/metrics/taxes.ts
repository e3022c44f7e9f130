// The tax report: sums of sale lines by tax rate.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { dailyTables } from "../rollups/daily-tables.ts";
import { type CsvColumns, type CsvFormat, csvText } from "../values/csv.ts";
import type { Range } from "./days.ts";
import { monthlyRows } from "./months.ts";
import type { TaxReport } from "./schema.ts";

type Report = z.infer<typeof TaxReport>;
type Row = Report["data"][number];

const taxRow = z.object({
  tax_rate_id: z.string().transform((id) => (id === "" ? null : id)),
  name: z.string().nullable(),
  rate: z.number().nullable(),
  net: z.number(),
  tax: z.number(),
  refunded_net: z.number(),
  refunded_tax: z.number(),
});

const AMOUNTS = ["net", "tax", "gross", "refunded_net", "refunded_tax", "refunded_gross"] as const;

type Amounts = Record<(typeof AMOUNTS)[number], number>;

const NOTHING: Amounts = {
  net: 0,
  tax: 0,
  gross: 0,
  refunded_net: 0,
  refunded_tax: 0,
  refunded_gross: 0,
};

/** The sums of the lines of each tax rate, from the daily table for clean days and from the lines for dirty days. One round trip. */
export async function taxReport(ctx: Ctx, range: Range): Promise<Report> {
  const rows = await ctx.db.all(
    taxRow,
    sql`SELECT f.*, r.name, r.rate FROM (
        SELECT tax_rate_id, CAST(total(net) AS INTEGER) AS net, CAST(total(tax) AS INTEGER) AS tax,
          CAST(total(refunded_net) AS INTEGER) AS refunded_net, CAST(total(refunded_tax) AS INTEGER) AS refunded_tax FROM (
          ${monthlyRows(ctx, dailyTables.taxes, range)}) GROUP BY tax_rate_id
      ) f LEFT JOIN tax_rates r ON r.tenant_id = ${ctx.tenant.id} AND r.id = f.tax_rate_id
      ORDER BY r.rate DESC NULLS LAST, r.name, f.tax_rate_id`,
  );
  const data = rows.map((row) => ({
    ...row,
    gross: row.net + row.tax,
    refunded_gross: row.refunded_net + row.refunded_tax,
  }));
  return {
    currency: ctx.tenant.currency,
    data,
    totals: data.reduce(add, NOTHING),
    as_of: ctx.now.toISOString(),
  };
}

const add = (sum: Amounts, row: Row): Amounts => ({
  net: sum.net + row.net,
  tax: sum.tax + row.tax,
  gross: sum.gross + row.gross,
  refunded_net: sum.refunded_net + row.refunded_net,
  refunded_tax: sum.refunded_tax + row.refunded_tax,
  refunded_gross: sum.refunded_gross + row.refunded_gross,
});

/** The columns of the report as CSV; `rate` is in hundred-thousandths. */
export const taxColumns: CsvColumns<Row> = {
  name: ({ name }, { text }) => text(name),
  rate: ({ rate }, { number }) => number(rate),
  net: (row, { amount }) => amount(row.net),
  tax: (row, { amount }) => amount(row.tax),
  gross: (row, { amount }) => amount(row.gross),
  refunded_net: (row, { amount }) => amount(row.refunded_net),
  refunded_tax: (row, { amount }) => amount(row.refunded_tax),
  refunded_gross: (row, { amount }) => amount(row.refunded_gross),
  percent: ({ rate }, { thousandths }) => thousandths(rate),
  currency: (_, { currency }) => currency(),
};

/** The rows of the report as CSV, without totals. */
export const taxCsv = ({ data }: Report, format: CsvFormat): string => csvText(taxColumns, data, format);
