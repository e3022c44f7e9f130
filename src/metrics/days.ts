// Figures are summed from the daily tables and from the sales that these do not have yet, in one statement. They include a sale
// immediately and cost the same with half a million sale lines as with ten thousand.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type DailyTable, rowsOfSales } from "../rollups/daily-table.ts";
import { totalsRow } from "../rollups/daily-tables.ts";
import { firstUnbuilt, isUncounted, joinBuilt } from "../rollups/unbuilt.ts";
import type { Ctx } from "../platform/context.ts";
import { addDays } from "../values/days.ts";
import { fromThousandths } from "../values/quantities.ts";

/** Days of the shop, both inclusive; a missing bound leaves that end open. With `until`, `to` counts only before this instant. */
export type Range = {
  from?: string | undefined;
  to?: string | undefined;
  until?: Date | undefined;
};

/** What is sold before this instant counts of the last day; null unless the range is cut. */
export const cutOf = ({ to, until }: Range) =>
  to === undefined || until === undefined ? null : { to, until };

/** The days of a range that count completely, by their open or inclusive bounds. */
export const wholeDays = (range: Range): [from: string | undefined, to: string | undefined] => {
  const cut = cutOf(range);
  return [range.from, cut ? addDays(cut.to, -1) : range.to];
};

/** The SQL condition that a day column lies in the range, starting with AND unless the range is empty. */
export const inRange = (column: string, { from, to }: Range): SQL => {
  const day = sql.raw(column);
  return sql`${from === undefined ? sql`` : sql`AND ${day} >= ${from}`} ${to === undefined ? sql`` : sql`AND ${day} <= ${to}`}`;
};

/** SQL: whether the timeline of a day has its sales, except those that its daily rows lack. */
export const hasTimeline = (tenantId: string, day: string): SQL => sql`(
  EXISTS (SELECT 1 FROM day_timelines WHERE tenant_id = ${tenantId} AND day = ${day})
  AND NOT EXISTS (SELECT 1 FROM dirty_days WHERE tenant_id = ${tenantId} AND day = ${day} AND needs_rebuild = 1))`;

/**
 * What reads the sales `s` in the range that the counted rows lack, each as FROM and WHERE around a join: what was sold since a day
 * was built, with all of a day that needs a rebuild; late sales; and a last day that is cut and has no timeline. CROSS JOIN and INDEXED BY prevent SQLite
 * from reading all sales; `day` is the column by which it need not sort them.
 */
function unreadSales(ctx: Ctx, range: Range): { day: string; sales: (join: SQL) => SQL }[] {
  const tenantId = ctx.tenant.id;
  const cut = cutOf(range);
  const isInRange = (day: string): SQL => inRange(day, range);
  const isCounted = (day: string): SQL =>
    cut
      ? sql`AND (${sql.raw(day)} < ${cut.to} OR s.placed_at < ${cut.until.toISOString()} AND ${hasTimeline(tenantId, cut.to)})`
      : sql``;
  const unbuilt = {
    day: "m.day",
    sales: (join: SQL) => sql`FROM dirty_days m ${joinBuilt} CROSS JOIN sales s INDEXED BY sales_day
      ON s.tenant_id = m.tenant_id AND s.day = m.day AND (s.placed_at, s.id) >= (${firstUnbuilt}) ${join}
      WHERE m.tenant_id = ${tenantId} ${isInRange("m.day")} AND s.status = 'completed' ${isCounted("m.day")}`,
  };
  const late = {
    day: "x.day",
    sales: (
      join: SQL,
    ) => sql`FROM late_sales x CROSS JOIN sales s ON s.tenant_id = x.tenant_id AND s.id = x.sale_id ${join}
      WHERE x.tenant_id = ${tenantId} ${isInRange("x.day")} AND s.status = 'completed' AND NOT ${isUncounted(tenantId, "x.day")}
        ${isCounted("x.day")}`,
  };
  if (!cut) return [unbuilt, late];
  const { to, until } = cut;
  const cutDay = {
    day: "s.day",
    // No day equals NULL.
    sales: (join: SQL) => sql`FROM sales s INDEXED BY sales_day ${join}
      WHERE s.tenant_id = ${tenantId} AND s.day = iif(${hasTimeline(tenantId, to)}, NULL, ${to})
        AND s.placed_at < ${until.toISOString()} AND s.status = 'completed'`,
  };
  return [unbuilt, late, cutDay];
}

/** A query: the rows that `select` returns for each part of these sales. */
export const overUnreadSales = (ctx: Ctx, range: Range, select: (sales: (join: SQL) => SQL) => SQL): SQL =>
  sql.join(
    unreadSales(ctx, range).map(({ sales }) => sql`SELECT * FROM (${select(sales)})`),
    sql` UNION ALL `,
  );

/** A query: rows of `day`, the keys and these columns of the sales that the counted rows of a daily table lack. */
export const unreadRows = (ctx: Ctx, table: DailyTable, range: Range, columns: string[]): SQL =>
  sql.join(
    unreadSales(ctx, range).map(
      ({ day, sales }) => sql`SELECT * FROM (${rowsOfSales(table, columns, sales, day)})`,
    ),
    sql` UNION ALL `,
  );

/** Totals of a day, in one or several rows: `units` are thousandths, whose sums are exact. */
export const dayRow = totalsRow.extend({ day: z.string() });

export type DayTotals = z.infer<typeof dayRow>;

export const sumOf = (
  days: DayTotals[],
  column: "sales" | "refunds" | "lines" | "units" | "revenue",
): number => days.reduce((total, day) => total + day[column], 0);

/** The sum of units over these days, with at most three decimals. */
export const unitsSold = (days: DayTotals[]): number => fromThousandths(sumOf(days, "units"));
