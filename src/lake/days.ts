import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { inRange, type Range } from "../metrics/days.ts";
import { addDays } from "../values/days.ts";
import { quantityColumn } from "../values/quantities.ts";
import { sumsOf } from "../rollups/daily-table.ts";
import { dailyTables, totalsRow } from "../rollups/daily-tables.ts";
import type { LakeDayQuery } from "./schema.ts";

const dayRow = totalsRow.extend({ units: quantityColumn, day: z.string(), is_whole: sqlBoolean });

// A page of many days of a large shop would read hundreds of thousands of sales.
const MAX_SALES = 4_000;

/** The days of a page, which ends before the day with which it would have too many sales. One row read a day. */
async function pageOfDays(ctx: Ctx, { from, to }: Range, limit: number) {
  const isMine = sql`tenant_id = ${ctx.tenant.id} ${inRange("day", { from, to })}`;
  const days = await ctx.db.all(
    z.object({ day: z.string(), sales: z.number() }),
    sql`SELECT day, max(sales) AS sales FROM (SELECT day, sales + refunds AS sales FROM daily_sales WHERE ${isMine}
      UNION ALL SELECT day, 0 FROM dirty_days WHERE ${isMine}) GROUP BY day ORDER BY day LIMIT ${limit + 1}`,
  );
  let sales = 0;
  const count = days.findIndex((day, at) => (sales += day.sales) > MAX_SALES && at > 0);
  return pageOf(days, count < 0 ? limit : Math.min(count, limit), ({ day }) =>
    encodeCursor("lake-days", ctx.tenant.id, [day]),
  );
}

/** The totals of each day, summed from its sales instead of the daily tables so that the lake can be audited. Two round trips. */
export async function listLakeDays(ctx: Ctx, query: z.infer<typeof LakeDayQuery>) {
  const [after] = decodeCursor(singleKey, "lake-days", ctx.tenant.id, query.cursor) ?? [];
  const from = after === undefined ? query.from : addDays(after, 1);
  const { data: days, next_cursor } = await pageOfDays(ctx, { from, to: query.to }, query.limit);
  const [first, last] = [days[0]?.day, days.at(-1)?.day];
  if (first === undefined || last === undefined) return { data: [], next_cursor };
  const data = await ctx.db.all(
    dayRow,
    sql`SELECT s.day, ${sumsOf(dailyTables.sales)},
        EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = s.tenant_id AND d.dataset = 'purchases' AND d.day = s.day
          AND d.generation > 0 AND d.built = d.version)
        AND NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = s.tenant_id AND d.day = s.day) AS is_whole
      FROM sales s INDEXED BY sales_day WHERE s.tenant_id = ${ctx.tenant.id} AND s.status = 'completed'
        AND s.day >= ${first} AND s.day <= ${last} GROUP BY s.day ORDER BY s.day`,
  );
  return { data, next_cursor };
}
