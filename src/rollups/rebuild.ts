// The ETL: builds the daily tables of dirty days whole, and unmarks the days, in one batch. So it may run twice, overlap
// or come late: a sale that commits before is in, one that commits after marks its day again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";

// A batch holds the one writer.
const DAYS_A_BATCH = 100;
/** Then another message goes on: these are some 300 of the thousand statements that a consumer may send to D1. */
export const MAX_DAYS_PER_MESSAGE = 3_000;

/** The measures of a set of sales `s`: what each daily table sums, and what is summed over dirty days right away. */
export const measures =
  sql.raw(`sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds, sum(s.lines) AS lines,
  sum(s.units) AS units, sum(s.total) AS revenue`);

/** How many of a set of sales, refunds not counted, were made on shift. */
export const shiftSales = sql.raw("sum(s.kind = 'sale' AND s.shift_id IS NOT NULL) AS shift_sales");

/** The distinct customers of a set of sales, as a JSON array. */
export const customers = sql.raw(
  "json_group_array(DISTINCT s.customer_key) FILTER (WHERE s.customer_key IS NOT NULL) AS customers",
);

/** A sale whose country nobody knows is counted under this name. */
export const country = sql.raw("coalesce(s.country, 'Unspecified')");

/** Builds a shop's dirty days, DAYS_A_MESSAGE at most; answers how many. Two round trips a hundred days. */
export async function rebuildDirtyDays(ctx: Base, tenantId: string): Promise<number> {
  const startedAt = new Date().toISOString();
  let built = 0;
  for (;;) {
    const dirty = await ctx.db.all(
      z.object({ day: z.string() }),
      sql`SELECT day FROM dirty_days WHERE tenant_id = ${tenantId} ORDER BY day LIMIT ${DAYS_A_BATCH}`,
    );
    const days = dirty.map(({ day }) => day);
    built += days.length;
    await ctx.db.batch([
      ...(days.length === 0 ? [] : rebuildDays(tenantId, JSON.stringify(days))),
      sql`INSERT INTO rollup_runs (tenant_id, started_at, finished_at, days)
        VALUES (${tenantId}, ${startedAt}, ${new Date().toISOString()}, ${built})
        ON CONFLICT (tenant_id) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
          days = excluded.days`,
    ]);
    if (days.length < DAYS_A_BATCH || built >= MAX_DAYS_PER_MESSAGE) return built;
  }
}

/** The statements that build these days (a JSON array) anew from their sales. */
function rebuildDays(tenantId: string, days: string): SQL[] {
  const ofDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  const from = sql`FROM sales s INDEXED BY sales_day WHERE s.tenant_id = ${tenantId} AND s.day IN (SELECT value FROM json_each(${days}))
    AND s.status = 'completed'`;
  return [
    sql`DELETE FROM daily_sales WHERE ${ofDays}`,
    sql`INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue, customers)
      SELECT s.tenant_id, s.day, ${measures}, ${customers} ${from} GROUP BY s.day`,
    sql`DELETE FROM daily_countries WHERE ${ofDays}`,
    sql`INSERT INTO daily_countries (tenant_id, day, country, sales, refunds, lines, units, revenue, customers)
      SELECT s.tenant_id, s.day, ${country}, ${measures}, ${customers} ${from} GROUP BY s.day, ${country}`,
    sql`DELETE FROM daily_sellers WHERE ${ofDays}`,
    sql`INSERT INTO daily_sellers (tenant_id, day, seller_id, sales, refunds, lines, units, revenue, shift_sales)
      SELECT s.tenant_id, s.day, s.seller_id, ${measures}, ${shiftSales} ${from} AND s.seller_id IS NOT NULL
      GROUP BY s.day, s.seller_id`,
    sql`INSERT INTO dirty_product_days (tenant_id, day) SELECT ${tenantId}, value FROM json_each(${days}) WHERE true
      ON CONFLICT DO UPDATE SET is_built = 0`,
    sql`DELETE FROM dirty_days WHERE ${ofDays}`,
  ];
}
