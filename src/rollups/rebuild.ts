// The ETL rebuilds the daily tables of dirty days and marks the days clean in one batch. It may run twice, overlap or be late:
// a sale that commits before the batch is counted, and one that commits after it marks its day dirty again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { rebuildCustomers } from "./customers.ts";

// D1 has one writer, which a batch occupies.
const DAYS_PER_BATCH = 100;
/** About 300 of the 1,000 D1 statements of an invocation. A later message rebuilds the rest. */
export const MAX_DAYS_PER_MESSAGE = 1_800;

/** The totals over sales `s`, as the daily tables store them and as queries compute them for dirty days. */
export const totalColumns =
  sql.raw(`sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds, sum(s.lines) AS lines,
  sum(s.units) AS units, sum(s.total) AS revenue`);

/** The columns of `totalColumns`; `units` are thousandths. */
export const totalsRow = z.object({
  sales: z.number(),
  refunds: z.number(),
  lines: z.number(),
  units: z.number(),
  revenue: z.number(),
});

/** The number of sales `s`, without refunds, that were made on shift. */
export const shiftSalesColumn = sql.raw("sum(s.kind = 'sale' AND s.shift_id IS NOT NULL) AS shift_sales");

/** The distinct customers of sales `s`, as a JSON array. */
export const customersColumn = sql.raw(
  "json_group_array(DISTINCT s.customer_key) FILTER (WHERE s.customer_key IS NOT NULL) AS customers",
);

/** The country of sale `s`. */
export const countryOrUnspecified = sql.raw("coalesce(s.country, 'Unspecified')");

/**
 * Joins the lines `l` of sales `s`, for `taxTotals`. Imported lines have no tax, so for imports the totals of the sale suffice;
 * only a NULL within the key spares SQLite their lines.
 */
export const taxedLines = sql.raw(
  "LEFT JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = iif(s.channel = 'import', NULL, s.id)",
);

/** The tax rate of a line, '' without one, and the amounts of sales and, as positive numbers, of refunds. */
export const taxTotals = sql.raw(`coalesce(l.tax_rate_id, '') AS tax_rate_id,
  sum(iif(s.kind = 'sale', coalesce(l.net, s.net), 0)) AS net, sum(iif(s.kind = 'sale', coalesce(l.tax, s.tax), 0)) AS tax,
  sum(iif(s.kind = 'refund', -coalesce(l.net, s.net), 0)) AS refunded_net,
  sum(iif(s.kind = 'refund', -coalesce(l.tax, s.tax), 0)) AS refunded_tax`);

/** Rebuilds up to MAX_DAYS_PER_MESSAGE dirty days of a shop and returns their number. Two round trips per hundred days. */
export async function rebuildDirtyDays(ctx: Base, tenantId: string): Promise<number> {
  const startedAt = new Date().toISOString();
  let rebuilt = 0;
  for (;;) {
    const dirty = await ctx.db.all(
      z.object({ day: z.string() }),
      sql`SELECT day FROM dirty_days WHERE tenant_id = ${tenantId} ORDER BY day LIMIT ${DAYS_PER_BATCH}`,
    );
    const days = dirty.map(({ day }) => day);
    rebuilt += days.length;
    await ctx.db.batch([
      ...(days.length === 0 ? [] : rebuildDays(tenantId, JSON.stringify(days))),
      sql`INSERT INTO rollup_runs (tenant_id, started_at, finished_at, days)
        VALUES (${tenantId}, ${startedAt}, ${new Date().toISOString()}, ${rebuilt})
        ON CONFLICT (tenant_id) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
          days = excluded.days`,
    ]);
    if (days.length < DAYS_PER_BATCH || rebuilt >= MAX_DAYS_PER_MESSAGE) return rebuilt;
  }
}

/** The statements that rebuild these days (a JSON array) from their sales. */
function rebuildDays(tenantId: string, days: string): SQL[] {
  const isInDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  const isCompleted = sql`WHERE s.tenant_id = ${tenantId} AND s.day IN (SELECT value FROM json_each(${days})) AND s.status = 'completed'`;
  const completedSales = sql`FROM sales s INDEXED BY sales_day ${isCompleted}`;
  return [
    sql`DELETE FROM daily_sales WHERE ${isInDays}`,
    sql`INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue, customers)
      SELECT s.tenant_id, s.day, ${totalColumns}, ${customersColumn} ${completedSales} GROUP BY s.day`,
    sql`DELETE FROM daily_countries WHERE ${isInDays}`,
    sql`INSERT INTO daily_countries (tenant_id, day, country, sales, refunds, lines, units, revenue, customers)
      SELECT s.tenant_id, s.day, ${countryOrUnspecified}, ${totalColumns}, ${customersColumn} ${completedSales} GROUP BY s.day, ${countryOrUnspecified}`,
    sql`DELETE FROM daily_sellers WHERE ${isInDays}`,
    sql`INSERT INTO daily_sellers (tenant_id, day, seller_id, sales, refunds, lines, units, revenue, shift_sales)
      SELECT s.tenant_id, s.day, s.seller_id, ${totalColumns}, ${shiftSalesColumn} ${completedSales} AND s.seller_id IS NOT NULL
      GROUP BY s.day, s.seller_id`,
    sql`DELETE FROM daily_taxes WHERE ${isInDays}`,
    sql`INSERT INTO daily_taxes (tenant_id, day, tax_rate_id, net, tax, refunded_net, refunded_tax)
      SELECT s.tenant_id, s.day, ${taxTotals} FROM sales s INDEXED BY sales_day ${taxedLines} ${isCompleted}
      GROUP BY s.day, coalesce(l.tax_rate_id, '')`,
    ...rebuildCustomers(tenantId, days),
    sql`INSERT INTO dirty_product_days (tenant_id, day) SELECT ${tenantId}, value FROM json_each(${days}) WHERE true
      ON CONFLICT DO UPDATE SET is_built = 0`,
    sql`DELETE FROM dirty_days WHERE ${isInDays}`,
  ];
}
