// products.sold is the sum of the units of daily_products less those that are uncounted, because each change of it writes several
// index entries: it follows once a night.
import { sql, type SQL } from "drizzle-orm";

// By rowid, because SQLite scans all products of the shop to update them by id. `last_sold_day` does not go back with an import that
// is undone.
const changeSold = (tenantId: string, change: string, isInDays: SQL): SQL => sql`
  UPDATE products SET sold = sold + d.units, last_sold_day = max(last_sold_day, d.last_day) FROM (
    SELECT p.rowid AS product, sum(t.units) AS units, max(t.last_day) AS last_day
    FROM (SELECT product_id, ${sql.raw(change)} AS units, iif(orders > 0, day, '') AS last_day FROM daily_products
      WHERE ${isInDays}) t
    CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = t.product_id
    GROUP BY p.rowid HAVING sum(t.units) <> 0 OR max(t.last_day) > p.last_sold_day) AS d
  WHERE products.rowid = d.product`;

/** The statement that subtracts the rows of daily_products that `isInDays` selects, before they are deleted. */
export const subtractFromSold = (tenantId: string, isInDays: SQL): SQL =>
  changeSold(tenantId, "uncounted_units - units", isInDays);

/** The statements that add what these rows have not counted yet. */
export const countSold = (tenantId: string, isInDays: SQL): SQL[] => [
  changeSold(tenantId, "uncounted_units", isInDays),
  sql`UPDATE daily_products SET uncounted_units = 0 WHERE ${isInDays} AND uncounted_units <> 0`,
];
