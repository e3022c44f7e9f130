// The tax report: sums of sale lines by tax rate.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { dailyTables } from "../rollups/daily-tables.ts";
import { type CsvColumns, type CsvFormat, csvText } from "../values/csv.ts";
import type { Range } from "./days.ts";
import { sumBy, tableRows } from "./totals.ts";
import type { TaxReport } from "./schema.ts";

type Report = z.infer<typeof TaxReport>;
type Row = Report["data"][number];

const sumsRow = z.object({
  tax_rate_id: z.string(),
  net: z.number(),
  tax: z.number(),
  refunded_net: z.number(),
  refunded_tax: z.number(),
});

const rateRow = z.object({ id: z.string(), name: z.string(), rate: z.number() });

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

/** The sums of the lines of each tax rate. One round trip. */
export async function taxReport(ctx: Ctx, range: Range): Promise<Report> {
  const sums = tableRows(ctx, dailyTables.taxes, range, sumsRow);
  const rates = returning(
    rateRow,
    sql`SELECT id, name, rate FROM tax_rates WHERE tenant_id = ${ctx.tenant.id}`,
  );
  const done = await ctx.db.batch([...sums.statements, rates]);
  const rateOf = new Map(done.of(rates).map((rate) => [rate.id, rate]));
  const data = sumBy(sumsRow, sums.read(done), ["tax_rate_id"])
    .map(({ tax_rate_id: id, ...amounts }) => ({
      tax_rate_id: id === "" ? null : id,
      name: rateOf.get(id)?.name ?? null,
      rate: rateOf.get(id)?.rate ?? null,
      ...amounts,
      gross: amounts.net + amounts.tax,
      refunded_gross: amounts.refunded_net + amounts.refunded_tax,
    }))
    .toSorted(
      (a, b) =>
        (b.rate ?? -1) - (a.rate ?? -1) || byText(a.name, b.name) || byText(a.tax_rate_id, b.tax_rate_id),
    );
  return {
    currency: ctx.tenant.currency,
    data,
    totals: data.reduce(add, NOTHING),
    as_of: ctx.now.toISOString(),
  };
}

function byText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return (a ?? "") < (b ?? "") ? -1 : 1;
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
