import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { dailyRows, inRange, type Range } from "../metrics/days.ts";
import { addDays } from "../values/days.ts";
import { quantityColumn } from "../values/quantities.ts";
import { dailyTables, totalsRow } from "../rollups/daily-tables.ts";
import type { LakeDayQuery } from "./schema.ts";

const dayRow = totalsRow.extend({ units: quantityColumn, day: z.string(), is_whole: sqlBoolean });

/** The days of a page. One row read a day. */
async function pageOfDays(ctx: Ctx, { from, to }: Range, limit: number) {
  const isMine = sql`tenant_id = ${ctx.tenant.id} ${inRange("day", { from, to })}`;
  const days = await ctx.db.all(
    z.object({ day: z.string() }),
    sql`SELECT day FROM daily_sales WHERE ${isMine} UNION SELECT day FROM dirty_days WHERE ${isMine} ORDER BY day LIMIT ${limit + 1}`,
  );
  return pageOf(days, limit, ({ day }) => encodeCursor("lake-days", ctx.tenant.id, [day]));
}

/**
 * The totals of each day: as the ETL has built them, or of its sales while it is not built. The lake is built from the sales, so the two
 * can be compared. Two round trips.
 */
export async function listLakeDays(ctx: Ctx, query: z.infer<typeof LakeDayQuery>) {
  const [after] = decodeCursor(singleKey, "lake-days", ctx.tenant.id, query.cursor) ?? [];
  const from = after === undefined ? query.from : addDays(after, 1);
  const { data: days, next_cursor } = await pageOfDays(ctx, { from, to: query.to }, query.limit);
  const range = { from: days[0]?.day, to: days.at(-1)?.day };
  if (range.from === undefined) return { data: [], next_cursor };
  const data = await ctx.db.all(
    dayRow,
    sql`SELECT t.day, sum(t.sales) AS sales, sum(t.refunds) AS refunds, sum(t.lines) AS lines, sum(t.units) AS units,
        sum(t.revenue) AS revenue,
        EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = ${ctx.tenant.id} AND d.dataset = 'purchases' AND d.day = t.day
          AND d.generation > 0 AND d.built = d.version)
        AND NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = ${ctx.tenant.id} AND d.day = t.day) AS is_whole
      FROM (${dailyRows(ctx, dailyTables.sales, range, Object.keys(totalsRow.shape))}) t GROUP BY t.day ORDER BY t.day`,
  );
  return { data, next_cursor };
}
