// Figures are summed from the daily tables for clean days and from the sales for dirty days, in one statement. They include a
// sale immediately and cost the same with half a million sale lines as with ten thousand.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { columnsOf, type DailyTable, rowsOfSales } from "../rollups/daily-table.ts";
import { totalsRow } from "../rollups/daily-tables.ts";
import type { Ctx } from "../platform/context.ts";
import { fromThousandths } from "../values/quantities.ts";

/** Days of the shop, both inclusive; a missing bound leaves that end open. With `until`, `to` counts only before this instant. */
export type Range = {
  from?: string | undefined;
  to?: string | undefined;
  until?: Date | undefined;
};

/** What is sold before this instant counts of the last day; null unless the range is cut. */
const cutOf = ({ to, until }: Range) => (to === undefined || until === undefined ? null : { to, until });

/** The SQL condition that a day column lies in the range, starting with AND unless the range is empty. */
export const inRange = (column: string, { from, to }: Range): SQL => {
  const day = sql.raw(column);
  return sql`${from === undefined ? sql`` : sql`AND ${day} >= ${from}`} ${to === undefined ? sql`` : sql`AND ${day} <= ${to}`}`;
};

/** What builds a daily table: the ETL each hour, or, a night later, the job that counts products. */
type Builder = "etl" | "products";

const isDirty = (tenantId: string, column: string, builder: Builder): SQL => {
  const isDay = sql`d.tenant_id = ${tenantId} AND d.day = ${sql.raw(column)}`;
  const isUncounted = sql`OR EXISTS (SELECT 1 FROM dirty_product_days d WHERE ${isDay} AND d.is_built = 0)`;
  return sql`(EXISTS (SELECT 1 FROM dirty_days d WHERE ${isDay}) ${builder === "products" ? isUncounted : sql``})`;
};

/** FROM and WHERE for the rows `t` of a daily table that belong to clean days in the range. */
export const cleanDays = (ctx: Ctx, table: SQL, range: Range, builder: Builder = "etl"): SQL => {
  const cut = cutOf(range);
  return sql`FROM ${table} t WHERE t.tenant_id = ${ctx.tenant.id} ${inRange("t.day", range)}
    ${cut ? sql`AND t.day < ${cut.to}` : sql``} AND NOT ${isDirty(ctx.tenant.id, "t.day", builder)}`;
};

/** The days in the range whose sales are read: dirty ones, and a last one that is cut. In parentheses. */
const dirtyDays = (ctx: Ctx, range: Range, builder: Builder): SQL => {
  const isMine = sql`tenant_id = ${ctx.tenant.id} ${inRange("day", range)}`;
  const uncounted = sql`UNION SELECT day FROM dirty_product_days WHERE ${isMine} AND is_built = 0`;
  const cut = cutOf(range);
  return sql`(SELECT day FROM dirty_days WHERE ${isMine} ${builder === "products" ? uncounted : sql``}
    ${cut ? sql`UNION SELECT ${cut.to}` : sql``})`;
};

/**
 * FROM and WHERE for the sales `s` of dirty days in the range and of a last day that is cut, and what `join` adds to each. Without CROSS JOIN and INDEXED BY
 * all sales are read.
 */
export function dirtySales(ctx: Ctx, range: Range, join: SQL = sql``, builder: Builder = "etl"): SQL {
  const cut = cutOf(range);
  const isBefore = cut
    ? sql`AND s.placed_at < iif(d.day = ${cut.to}, ${cut.until.toISOString()}, '9999')`
    : sql``;
  return sql`FROM ${dirtyDays(ctx, range, builder)} d
    CROSS JOIN sales s INDEXED BY sales_day ON s.tenant_id = ${ctx.tenant.id} AND s.day = d.day ${isBefore}
      AND s.status = 'completed' ${join} WHERE true`;
}

/**
 * A query: rows of `day`, the keys and these columns of a daily table, by default all, for the days in the range. A day may have
 * several rows for a key.
 */
export function dailyRows(
  ctx: Ctx,
  table: DailyTable,
  range: Range,
  columns: string[] = columnsOf(table),
): SQL {
  const list = ["day", ...Object.keys(table.keys), ...columns].map((column) => `t.${column}`).join(", ");
  return sql`SELECT ${sql.raw(list)} ${cleanDays(ctx, sql.raw(table.name), range)}
    UNION ALL SELECT * FROM (${rowsOfSales(table, columns, (join) => dirtySales(ctx, range, join))})`;
}

/** Totals of a day, in one or several rows: `units` are thousandths, whose sums are exact. */
export const dayRow = totalsRow.extend({ day: z.string() });

export type DayTotals = z.infer<typeof dayRow>;

/** The same with `customers`, a JSON array of distinct customers. */
export const customersRow = dayRow.extend({ customers: z.string() });

export type DayCustomers = z.infer<typeof customersRow>;

export const sumOf = (
  days: DayTotals[],
  column: "sales" | "refunds" | "lines" | "units" | "revenue",
): number => days.reduce((total, day) => total + day[column], 0);

const customerList = z.array(z.string());

/** The sum of units over these days, with at most three decimals. */
export const unitsSold = (days: DayTotals[]): number => fromThousandths(sumOf(days, "units"));

/** The number of distinct customers over these days. */
export const distinctCustomers = (days: Pick<DayCustomers, "customers">[]): number =>
  new Set(days.flatMap((day) => customerList.parse(JSON.parse(day.customers)))).size;
