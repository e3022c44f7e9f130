import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { runPlan } from "../platform/plan.ts";
import { inRange, type Range } from "../metrics/days.ts";
import { sumBy, tableRows } from "../metrics/totals.ts";
import { addDays } from "../values/days.ts";
import { fromThousandths, quantityColumn } from "../values/quantities.ts";
import { sumsOf } from "../rollups/daily-table.ts";
import { dailyTables, totalsRow } from "../rollups/daily-tables.ts";
import type { LakeDayQuery } from "./schema.ts";

const dayRow = totalsRow.extend({ units: quantityColumn, day: z.string(), is_whole: sqlBoolean });

// Each is counted and then read with its index entry: at most 4,800 rows.
const MAX_SALES = 1_600;

/** A day of a page; the number of sales of a dirty one is a lower bound above MAX_SALES. */
type Day = { day: string; sales: number };

/** The days of a page, which ends before the day with which it would have too many sales. One round trip. */
async function pageOfDays(ctx: Ctx, { from, to }: Range, limit: number) {
  const isMine = (of: string): SQL =>
    sql`${sql.raw(of)}tenant_id = ${ctx.tenant.id} ${inRange(`${of}day`, { from, to })}`;
  const first = sql`ORDER BY day LIMIT ${limit + 1}`;
  // Of dirty days the sales are counted, until a page would have too many: the daily table may lack them.
  const days: Day[] = await ctx.db.all(
    z.object({ day: z.string(), sales: z.number() }),
    sql`SELECT day, max(sales) AS sales FROM (
        SELECT * FROM (SELECT day, sales + refunds AS sales FROM daily_sales WHERE ${isMine("")} ${first})
        UNION ALL SELECT * FROM (SELECT day, 0 FROM dirty_days WHERE ${isMine("")} ${first})
        UNION ALL SELECT day, count(*) FROM (SELECT m.day FROM dirty_days m CROSS JOIN sales s INDEXED BY sales_day
          ON s.tenant_id = m.tenant_id AND s.day = m.day WHERE ${isMine("m.")} LIMIT ${MAX_SALES + 1}) GROUP BY day)
      GROUP BY day ${first}`,
  );
  let sales = 0;
  const count = days.findIndex((day, at) => (sales += day.sales) > MAX_SALES && at > 0);
  return pageOf(days, count < 0 ? limit : Math.min(count, limit), ({ day }) =>
    encodeCursor("lake-days", ctx.tenant.id, [day]),
  );
}

/** SQL: whether the lake has all of this day (an expression). */
const isWhole = (ctx: Ctx, day: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = ${ctx.tenant.id} AND d.dataset = 'purchases' AND d.day = ${day}
      AND d.built = d.version)
    AND NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = ${ctx.tenant.id} AND d.day = ${day})`;

/** The totals of a day with more sales than a request should read. */
async function figuresOf(ctx: Ctx, day: string) {
  const shape = totalsRow.extend({ day: z.string() });
  const [whole] = await ctx.db.all(
    z.object({ is_whole: sqlBoolean }),
    sql`SELECT ${isWhole(ctx, sql`${day}`)} AS is_whole`,
  );
  const rows = await runPlan(
    ctx,
    tableRows(ctx, dailyTables.sales, { from: day, to: day }, shape, { byDay: true }),
  );
  return sumBy(shape, rows, ["day"]).map((row) => ({
    ...row,
    units: fromThousandths(row.units),
    is_whole: whole?.is_whole ?? false,
  }));
}

/**
 * The totals of each day, summed from its sales instead of the daily tables so that the lake can be audited; those of a day with more
 * than 1,600 sales are the figures of the shop. Two or three round trips.
 */
export async function listLakeDays(ctx: Ctx, query: z.infer<typeof LakeDayQuery>) {
  const [after] = decodeCursor(singleKey, "lake-days", ctx.tenant.id, query.cursor) ?? [];
  const from = after === undefined ? query.from : addDays(after, 1);
  const { data: days, next_cursor } = await pageOfDays(ctx, { from, to: query.to }, query.limit);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return { data: [], next_cursor };
  if (first.sales > MAX_SALES) return { data: await figuresOf(ctx, first.day), next_cursor };
  const data = await ctx.db.all(
    dayRow,
    sql`SELECT s.day, ${sumsOf(dailyTables.sales)}, ${isWhole(ctx, sql`s.day`)} AS is_whole
      FROM sales s INDEXED BY sales_day WHERE s.tenant_id = ${ctx.tenant.id} AND s.status = 'completed'
        AND s.day >= ${first.day} AND s.day <= ${last.day} GROUP BY s.day ORDER BY s.day`,
  );
  return { data, next_cursor };
}
