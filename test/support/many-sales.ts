// Sales in bulk, for days that take the ETL several steps.
import { change } from "./change.ts";
import { newProduct, type Shop } from "./shops.ts";

/** Inserts sales of `lines` lines, a second apart, as if they had been sold: the day is marked, but not built. */
export async function sellMany(shop: Shop, sales: number, day: string, lines = 1): Promise<void> {
  const { id: product } = await newProduct(shop, { price: 500 });
  const numbers = "WITH RECURSIVE n(nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM n WHERE nth < ?)";
  await change(
    `${numbers} INSERT INTO sales (tenant_id, id, kind, channel, status, country, total, units, lines, placed_at, day, created_at)
      SELECT ?, printf('%s-%08d', ?, nth), 'sale', 'counter', 'completed', iif(nth % 3 = 0, 'Spain', NULL), 500 * ?, 1000 * ?, ?,
        strftime('%Y-%m-%dT%H:%M:%fZ', ?, nth || ' seconds'), ?, ''  FROM n`,
    sales,
    shop.tenant.id,
    product,
    lines,
    lines,
    lines,
    `${day}T00:00:00Z`,
    day,
  );
  await change(
    `${numbers} INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
      SELECT tenant_id, id, nth, ?, 'S', 'A book', 1000, 500, 500 FROM sales CROSS JOIN n WHERE tenant_id = ? AND id LIKE ? || '-%'`,
    lines,
    product,
    shop.tenant.id,
    product,
  );
  await change(
    "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
    shop.tenant.id,
    day,
  );
}
