import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../platform/cursor.ts";
import { fromThousandths } from "../values/quantities.ts";
import { cleanDays, dirtySales, type Range } from "./days.ts";
import { afterRank, rankKey } from "./ranking.ts";
import type { TopProducts, TopProductsQuery } from "./schema.ts";

const productRow = z.object({
  product_id: z.string(),
  sku: z.string(),
  title: z.string(),
  // Thousandths
  units: z.number(),
  revenue: z.number(),
  sales: z.number(),
});

const soldLines = sql.raw("CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id");

/** The totals of each product and day, from the daily table for counted days and from the lines for the others. */
const productDays = (ctx: Ctx, range: Range) => sql`
  SELECT t.product_id, t.units, t.revenue, t.orders AS sales
    ${cleanDays(ctx, sql.raw("daily_products"), range, "products")}
  UNION ALL
  SELECT product_id, units, revenue, sales FROM (
    SELECT l.product_id, sum(l.quantity) AS units, sum(l.subtotal) AS revenue,
      count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS sales ${dirtySales(ctx, range, soldLines, "products")}
    GROUP BY l.product_id)`;

/** The products that sold best; ties are sorted by id. One round trip. @throws Problem invalid-cursor */
export async function topProducts(
  ctx: Ctx,
  query: z.infer<typeof TopProductsQuery>,
): Promise<z.infer<typeof TopProducts>> {
  const list = `top-products-${query.sort}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const isInCategory =
    query.category === undefined
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = ${ctx.tenant.id} AND p.id = f.product_id
          AND p.category = ${query.category})`;
  const sort = sql.raw(query.sort);
  const found = await ctx.db.all(
    productRow,
    sql`SELECT f.product_id, p.sku, p.title, f.units, f.revenue, f.sales FROM (
        SELECT * FROM (
          SELECT product_id, CAST(total(units) AS INTEGER) AS units, CAST(total(revenue) AS INTEGER) AS revenue,
            sum(sales) AS sales FROM (${productDays(ctx, query)}) GROUP BY product_id) f
        WHERE ${isInCategory} AND ${afterRank(previous, query.sort, "product_id")}
        ORDER BY ${sort} DESC, product_id LIMIT ${query.limit + 1}) f
      CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = f.product_id
      ORDER BY f.${sort} DESC, f.product_id`,
  );
  const page = pageOf(found, query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row[query.sort], row.product_id]),
  );
  return {
    currency: ctx.tenant.currency,
    data: page.data.map((row) => ({ ...row, units: fromThousandths(row.units) })),
    next_cursor: page.next_cursor,
    as_of: ctx.now.toISOString(),
  };
}
