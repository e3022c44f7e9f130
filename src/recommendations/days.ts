// Builds what is counted of a day's products from its lines, whole, and marks the day as built, in one batch: so it may
// run twice, overlap or come late. products.sold moves by the difference to what the day had before.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";

// A longer sale is a reseller's or a stock list: it says little of what goes together, and costs its square.
const MAX_BASKET_LINES = 50;
// Of 50 ids each they stay below what D1 takes as one value (2 MB). The last of the day stand for a day with more.
const MAX_BASKETS_A_DAY = 1_000;
// A batch holds the one writer.
const LINES_A_BATCH = 30_000;

/** Builds the next days of a shop, some ten thousand lines; false where there are none. Two round trips. */
export async function buildNextProductDays(ctx: Base, tenantId: string): Promise<boolean> {
  const dirty = await ctx.db.all(
    z.object({ day: z.string(), lines: z.number() }),
    sql`SELECT d.day, coalesce(t.lines, 0) AS lines FROM dirty_product_days d
      LEFT JOIN daily_sales t ON t.tenant_id = d.tenant_id AND t.day = d.day
      WHERE d.tenant_id = ${tenantId} AND d.is_built = 0 ORDER BY d.day LIMIT 100`,
  );
  const days: string[] = [];
  let lines = 0;
  for (const next of dirty) {
    lines += next.lines;
    if (days.length > 0 && lines > LINES_A_BATCH) break;
    days.push(next.day);
  }
  if (days.length === 0) return false;
  await ctx.db.batch(buildDays(tenantId, JSON.stringify(days)));
  return true;
}

function buildDays(tenantId: string, days: string): SQL[] {
  const ofDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  const sales = sql`FROM sales s INDEXED BY sales_day CROSS JOIN sale_lines l
      ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
    WHERE s.tenant_id = ${tenantId} AND s.day IN (SELECT value FROM json_each(${days})) AND s.status = 'completed'`;
  return [
    moveSold(tenantId, sql.raw("-"), ofDays),
    sql`DELETE FROM daily_products WHERE ${ofDays}`,
    sql`INSERT INTO daily_products (tenant_id, day, product_id, units, orders, revenue)
      SELECT s.tenant_id, s.day, l.product_id, sum(l.quantity),
        count(DISTINCT CASE WHEN s.kind = 'sale' THEN s.id END), sum(l.subtotal) ${sales} GROUP BY s.day, l.product_id`,
    moveSold(tenantId, sql.raw("+"), ofDays),
    sql`DELETE FROM daily_baskets WHERE ${ofDays}`,
    insertBaskets(tenantId, ofDays),
    sql`INSERT INTO customer_products (tenant_id, customer_id, product_id, sale_id, line_no)
      SELECT s.tenant_id, s.customer_id, l.product_id, s.id, l.line_no ${sales}
        AND s.kind = 'sale' AND s.customer_id IS NOT NULL
      ON CONFLICT DO NOTHING`,
    sql`UPDATE dirty_product_days SET is_built = 1 WHERE ${ofDays}`,
  ];
}

/** The days' units are added to, or taken off, what their products have sold. INDEXED BY: else all products are walked. */
const moveSold = (tenantId: string, sign: SQL, ofDays: SQL): SQL => sql`
  UPDATE products INDEXED BY sqlite_autoindex_products_1 SET sold = sold ${sign} d.units
  FROM (SELECT product_id, sum(units) AS units FROM daily_products WHERE ${ofDays} GROUP BY product_id) AS d
  WHERE products.tenant_id = ${tenantId} AND products.id = d.product_id AND d.units <> 0`;

// What was bought together stays so, whatever came back later: a refund marks its own day, not that of the sale.
const insertBaskets = (tenantId: string, ofDays: SQL): SQL => sql`
  INSERT INTO daily_baskets (tenant_id, day, lines, baskets)
  SELECT ${tenantId}, day, sum(products), json_group_array(json(basket)) FROM (
    SELECT s.day, s.id, count(DISTINCT l.product_id) AS products, json_group_array(DISTINCT l.product_id) AS basket
    FROM (
      SELECT tenant_id, day, id, row_number() OVER (PARTITION BY day ORDER BY placed_at DESC, id DESC) AS nth
      FROM sales INDEXED BY sales_day
      WHERE ${ofDays} AND status = 'completed' AND kind = 'sale' AND lines BETWEEN 2 AND ${MAX_BASKET_LINES}
    ) s CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.quantity > 0
    WHERE s.nth <= ${MAX_BASKETS_A_DAY} GROUP BY s.day, s.id HAVING products >= 2)
  GROUP BY day`;
