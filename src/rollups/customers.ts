// The totals of each customer over all time are the sums of their days. They change with the rows of the days, so that
// neither an advance nor a rebuild reads the history of the shop.
import { sql, type SQL } from "drizzle-orm";
import { columnsOf, rowsOfSales } from "./daily-table.ts";
import { dailyTables } from "./daily-tables.ts";

/** The last day with a sale to the customer `c`, without refunds, on the days that `condition` on `s` selects. */
export const lastSaleDay = (tenantId: string, condition: SQL): SQL => sql`
  (SELECT s.day FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${tenantId} AND s.customer_key = c.customer_key
    AND (s.customer_id IS NOT NULL) = c.is_account AND s.kind = 'sale' AND s.status = 'completed' AND ${condition}
    ORDER BY s.day DESC LIMIT 1)`;

const addExcluded = sql.raw(`sales = c.sales + excluded.sales, refunds = c.refunds + excluded.refunds,
  units = c.units + excluded.units, revenue = c.revenue + excluded.revenue`);

/** The statement that subtracts the rows of days (a JSON array) before they are deleted. */
export function subtractFromTotals(tenantId: string, days: string): SQL {
  const isInDays = sql`(SELECT value FROM json_each(${days}))`;
  const isBuilt = sql`s.day NOT IN ${isInDays} AND EXISTS (SELECT 1 FROM daily_customers t WHERE t.tenant_id = s.tenant_id
    AND t.day = s.day AND t.customer_key = c.customer_key AND t.is_account = c.is_account AND t.sales > 0)`;
  // Not an UPDATE FROM, for which SQLite reads all customers of the shop.
  return sql`INSERT INTO customer_totals AS c (tenant_id, customer_key, is_account, sales, refunds, units, revenue)
    SELECT tenant_id, customer_key, is_account, -sum(sales), -sum(refunds), -sum(units), -sum(revenue)
    FROM daily_customers WHERE tenant_id = ${tenantId} AND day IN ${isInDays} GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET ${addExcluded},
      last_day = iif(c.last_day IN ${isInDays}, ${lastSaleDay(tenantId, isBuilt)}, c.last_day)`;
}

/** The statement that adds the sales that `sales` selects, as in `rowsOfSales`. */
export const addToTotals = (tenantId: string, sales: (join: SQL) => SQL): SQL => sql`
  INSERT INTO customer_totals AS c (tenant_id, customer_key, is_account, sales, refunds, units, revenue, last_day)
  SELECT ${tenantId}, customer_key, is_account, sum(sales), sum(refunds), sum(units), sum(revenue),
    max(iif(sales > 0, day, NULL))
  FROM (${rowsOfSales(dailyTables.customers, columnsOf(dailyTables.customers), sales)}) GROUP BY 2, 3
  ON CONFLICT DO UPDATE SET ${addExcluded},
    last_day = nullif(max(coalesce(c.last_day, ''), coalesce(excluded.last_day, '')), '')`;
