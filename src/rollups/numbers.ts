import { sql, type SQL } from "drizzle-orm";

/** Numbers the customers of the sales `s` of `sales` (as in `rowsOfSales`) that have no number yet. */
export function numberCustomers(tenantId: string, sales: (join: SQL) => SQL): SQL {
  // Customers of a country get consecutive numbers, so that its sets have few chunks.
  return sql`INSERT INTO customer_numbers (tenant_id, customer_key, is_account, number)
    SELECT ${tenantId}, f.customer_key, f.is_account,
      n.next + row_number() OVER (ORDER BY f.country, f.customer_key, f.is_account) - 1
    FROM (SELECT coalesce(max(number) + 1, 0) AS next FROM customer_numbers WHERE tenant_id = ${tenantId}) n
    CROSS JOIN (SELECT s.customer_key, s.customer_id IS NOT NULL AS is_account, min(s.country) AS country
      ${sales(sql``)} AND s.customer_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customer_numbers c
        WHERE c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key AND c.is_account = (s.customer_id IS NOT NULL))
      GROUP BY 1, 2) f`;
}

/** Numbers the products of daily_products on these days (a JSON array) that have no number yet. */
export const numberProducts = (tenantId: string, days: string): SQL => sql`
  INSERT INTO product_numbers (tenant_id, product_id, number)
    SELECT ${tenantId}, f.product_id, n.next + row_number() OVER (ORDER BY f.product_id) - 1
    FROM (SELECT coalesce(max(number) + 1, 0) AS next FROM product_numbers WHERE tenant_id = ${tenantId}) n
    CROSS JOIN (SELECT DISTINCT t.product_id FROM daily_products t
      WHERE t.tenant_id = ${tenantId} AND t.day IN (SELECT value FROM json_each(${days})) AND NOT EXISTS (
        SELECT 1 FROM product_numbers p WHERE p.tenant_id = t.tenant_id AND p.product_id = t.product_id)) f`;
