// The totals of each customer, by day and over all time. The latter change by the difference between the previous and the new
// totals of the rebuilt days, so that a rebuild never reads the history of the shop.
import { sql, type SQL } from "drizzle-orm";

/** The customer of sale `s`: a key, and whether it is the id of an account. */
export const customerColumns = sql.raw("s.customer_key, s.customer_id IS NOT NULL AS is_account");

/** The totals of customers over sales `s`, as `daily_customers` stores them. */
export const customerTotals = sql.raw(
  "sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds, sum(s.units) AS units, sum(s.total) AS revenue",
);

/** The last day with a sale to the customer `c`, without refunds, on the days that `condition` on `s` selects. */
export const lastSaleDay = (tenantId: string, condition: SQL): SQL => sql`
  (SELECT s.day FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${tenantId} AND s.customer_key = c.customer_key
    AND (s.customer_id IS NOT NULL) = c.is_account AND s.kind = 'sale' AND s.status = 'completed' AND ${condition}
    ORDER BY s.day DESC LIMIT 1)`;

const addExcluded = sql.raw(`sales = c.sales + excluded.sales, refunds = c.refunds + excluded.refunds,
  units = c.units + excluded.units, revenue = c.revenue + excluded.revenue`);

/** The statements that rebuild the customers of these dirty days (a JSON array), while the days are still marked as dirty. */
export function rebuildCustomers(tenantId: string, days: string): SQL[] {
  const isInDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  const builtDays = sql`FROM daily_customers WHERE ${isInDays} GROUP BY 1, 2, 3`;
  const isClean = sql`NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = s.tenant_id AND d.day = s.day)`;
  return [
    // Not an UPDATE FROM, for which SQLite reads all customers of the shop.
    sql`INSERT INTO customer_totals AS c (tenant_id, customer_key, is_account, sales, refunds, units, revenue)
      SELECT tenant_id, customer_key, is_account, -sum(sales), -sum(refunds), -sum(units), -sum(revenue) ${builtDays}
      ON CONFLICT DO UPDATE SET ${addExcluded},
        last_day = iif(c.last_day IN (SELECT value FROM json_each(${days})), ${lastSaleDay(tenantId, isClean)}, c.last_day)`,
    sql`DELETE FROM daily_customers WHERE ${isInDays}`,
    sql`INSERT INTO daily_customers (tenant_id, day, customer_key, is_account, sales, refunds, units, revenue)
      SELECT s.tenant_id, s.day, ${customerColumns}, ${customerTotals} FROM sales s INDEXED BY sales_day
      WHERE ${isInDays} AND s.status = 'completed' AND s.customer_key IS NOT NULL GROUP BY 1, 2, 3, 4`,
    sql`INSERT INTO customer_totals AS c (tenant_id, customer_key, is_account, sales, refunds, units, revenue, last_day)
      SELECT tenant_id, customer_key, is_account, sum(sales), sum(refunds), sum(units), sum(revenue),
        max(iif(sales > 0, day, NULL)) ${builtDays}
      ON CONFLICT DO UPDATE SET ${addExcluded},
        last_day = nullif(max(coalesce(c.last_day, ''), coalesce(excluded.last_day, '')), '')`,
  ];
}
