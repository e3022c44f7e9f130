// Indexes the sales of a day for recommendations, adds its units to products.sold, and marks the day as built, in one batch, so runs
// may repeat, overlap or come late.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { countSold } from "../rollups/products.ts";

// Longer sales are orders of resellers: they say little about related products, and their cost grows with the square.
const MAX_BASKET_LINES = 50;
// With 50 ids each they stay below the 2 MB that D1 accepts as one value. Of more baskets the last of the day are used.
const MAX_BASKETS_PER_DAY = 1_000;
// A batch blocks all other writers.
const LINES_PER_BATCH = 30_000;

/** Builds the next days of a shop, some ten thousand lines; returns false if there are none. Two round trips. */
export async function buildNextProductDays(ctx: Base, tenantId: string): Promise<boolean> {
  // The old baskets of a day whose sales were taken back tell how much there is to delete.
  const dirty = await ctx.db.all(
    z.object({ day: z.string(), lines: z.number() }),
    sql`SELECT d.day, max(coalesce(t.lines, 0), coalesce(b.lines, 0)) AS lines FROM dirty_product_days d
      LEFT JOIN daily_sales t ON t.tenant_id = d.tenant_id AND t.day = d.day
      LEFT JOIN daily_baskets b ON b.tenant_id = d.tenant_id AND b.day = d.day
      WHERE d.tenant_id = ${tenantId} AND d.is_built = 0 ORDER BY d.day LIMIT 100`,
  );
  const days: string[] = [];
  let lines = 0;
  for (const next of dirty) {
    lines += next.lines;
    if (days.length > 0 && lines > LINES_PER_BATCH) break;
    days.push(next.day);
  }
  if (days.length === 0) return false;
  await ctx.db.batch(buildDays(tenantId, JSON.stringify(days)));
  return true;
}

function buildDays(tenantId: string, days: string): SQL[] {
  const isInDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  const sales = sql`FROM sales s INDEXED BY sales_day CROSS JOIN sale_lines l
      ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
    WHERE s.tenant_id = ${tenantId} AND s.day IN (SELECT value FROM json_each(${days})) AND s.status = 'completed'`;
  return [
    ...countSold(tenantId, isInDays),
    sql`DELETE FROM daily_baskets WHERE ${isInDays}`,
    insertBaskets(tenantId, isInDays),
    sql`INSERT INTO customer_products (tenant_id, customer_id, product_id, sale_id, line_no)
      SELECT s.tenant_id, s.customer_id, l.product_id, s.id, l.line_no ${sales}
        AND s.kind = 'sale' AND s.customer_id IS NOT NULL
        AND EXISTS (SELECT 1 FROM users u WHERE u.tenant_id = s.tenant_id AND u.id = s.customer_id AND u.has_login = 1)
      ON CONFLICT DO NOTHING`,
    sql`UPDATE dirty_product_days SET is_built = 1 WHERE ${isInDays}`,
  ];
}

// Baskets ignore refunds: a refund marks the day of the refund as dirty, not that of the sale.
const insertBaskets = (tenantId: string, isInDays: SQL): SQL => sql`
  INSERT INTO daily_baskets (tenant_id, day, lines, baskets)
  SELECT ${tenantId}, day, sum(products), json_group_array(json(basket)) FROM (
    SELECT s.day, s.id, count(DISTINCT l.product_id) AS products, json_group_array(DISTINCT l.product_id) AS basket
    FROM (
      SELECT tenant_id, day, id, row_number() OVER (PARTITION BY day ORDER BY placed_at DESC, id DESC) AS nth
      FROM sales INDEXED BY sales_day
      WHERE ${isInDays} AND status = 'completed' AND kind = 'sale' AND lines BETWEEN 2 AND ${MAX_BASKET_LINES}
    ) s CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.quantity > 0
    WHERE s.nth <= ${MAX_BASKETS_PER_DAY} GROUP BY s.day, s.id HAVING products >= 2)
  GROUP BY day`;
