// The totals of each customer over all time are the sums of their days. They change by the difference between the previous and the
// new rows of the days, so that a rebuild never reads the history of the shop.
import { sql, type SQL } from "drizzle-orm";

/** The last day with a sale to the customer `c`, without refunds, on the days that `condition` on `s` selects. */
export const lastSaleDay = (tenantId: string, condition: SQL): SQL => sql`
  (SELECT s.day FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${tenantId} AND s.customer_key = c.customer_key
    AND (s.customer_id IS NOT NULL) = c.is_account AND s.kind = 'sale' AND s.status = 'completed' AND ${condition}
    ORDER BY s.day DESC LIMIT 1)`;

const addExcluded = sql.raw(`sales = c.sales + excluded.sales, refunds = c.refunds + excluded.refunds,
  units = c.units + excluded.units, revenue = c.revenue + excluded.revenue`);

/** The statement that subtracts the rows of dirty days (a JSON array), before they are deleted. */
export function subtractFromTotals(tenantId: string, days: string): SQL {
  const isInDays = sql`(SELECT value FROM json_each(${days}))`;
  const isClean = sql`NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = s.tenant_id AND d.day = s.day)`;
  // Not an UPDATE FROM, for which SQLite reads all customers of the shop.
  return sql`INSERT INTO customer_totals AS c (tenant_id, customer_key, is_account, sales, refunds, units, revenue)
    SELECT tenant_id, customer_key, is_account, -sum(sales), -sum(refunds), -sum(units), -sum(revenue)
    FROM daily_customers WHERE tenant_id = ${tenantId} AND day IN ${isInDays} GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET ${addExcluded},
      last_day = iif(c.last_day IN ${isInDays}, ${lastSaleDay(tenantId, isClean)}, c.last_day)`;
}

/** The statement that adds the rows of daily_customers that `isInDays` selects. */
export const addToTotals = (tenantId: string, isInDays: SQL): SQL => sql`
  INSERT INTO customer_totals AS c (tenant_id, customer_key, is_account, sales, refunds, units, revenue, last_day)
  SELECT ${tenantId}, customer_key, is_account, sum(sales), sum(refunds), sum(units), sum(revenue),
    max(iif(sales > 0, day, NULL)) FROM daily_customers WHERE ${isInDays} GROUP BY 1, 2, 3
  ON CONFLICT DO UPDATE SET ${addExcluded},
    last_day = nullif(max(coalesce(c.last_day, ''), coalesce(excluded.last_day, '')), '')`;
