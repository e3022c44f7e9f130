import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import { dailyRows, type Range } from "../days.ts";
import type { Plan } from "../../platform/plan.ts";
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
  units_before: z.number(),
  revenue_before: z.number(),
  sales_before: z.number(),
});

type ProductRow = z.infer<typeof productRow>;

/** The totals of each product and day. */
export const productDays = (ctx: Ctx, range: Range) =>
  dailyRows(ctx, dailyTables.products, range, ["units", "revenue", "orders"]);

/** The present days, and those before, whose columns then count as such. */
const comparedDays = (ctx: Ctx, query: Range, before: Range | undefined) => sql`
  SELECT product_id, units, revenue, orders AS sales, 0 AS units_before, 0 AS revenue_before, 0 AS sales_before, 1 AS is_present
    FROM (${productDays(ctx, query)})
  ${before ? sql`UNION ALL SELECT product_id, 0, 0, 0, units, revenue, orders, 0 FROM (${productDays(ctx, before)})` : sql``}`;

const totals = sql.raw(
  ["units", "revenue", "sales", "units_before", "revenue_before", "sales_before"]
    .map((name) => `CAST(total(${name}) AS INTEGER) AS ${name}`)
    .join(", "),
);

const figuresOf = ({ units, revenue, sales }: Pick<ProductRow, "units" | "revenue" | "sales">) => ({
  units: fromThousandths(units),
  revenue,
  sales,
});

/** The products that sold best; ties are sorted by id. @throws Problem invalid-cursor */
export function topProducts(
  ctx: Ctx,
  query: z.infer<typeof TopProductsQuery>,
): Plan<z.infer<typeof TopProducts>> {
  const list = `top-products-${query.sort}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const comparison = comparisonOf(ctx, query);
  const isInCategory =
    query.category === undefined
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = ${ctx.tenant.id} AND p.id = f.product_id
          AND p.category = ${query.category})`;
  const sort = sql.raw(query.sort);
  const ranked = returning(
    productRow,
    sql`SELECT f.*, p.sku, p.title FROM (
        SELECT * FROM (
          SELECT product_id, ${totals} FROM (${comparedDays(ctx, query, comparison?.range)})
          GROUP BY product_id HAVING max(is_present) = 1) f
        WHERE ${isInCategory} AND ${afterRank(previous, query.sort, "product_id")}
        ORDER BY ${sort} DESC, product_id LIMIT ${query.limit + 1}) f
      CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = f.product_id
      ORDER BY f.${sort} DESC, f.product_id`,
  );
  return {
    statements: [ranked],
    read: (done) => {
      const page = pageOf(done.of(ranked), query.limit, (row) =>
        encodeCursor(list, ctx.tenant.id, [row[query.sort], row.product_id]),
      );
      return {
        currency: ctx.tenant.currency,
        data: page.data.map((row) => {
          const figures = figuresOf(row);
          const before = figuresOf({
            units: row.units_before,
            revenue: row.revenue_before,
            sales: row.sales_before,
          });
          const { product_id, sku, title } = row;
          return { product_id, sku, title, ...figures, ...(comparison && changes(figures, before)) };
        }),
        next_cursor: page.next_cursor,
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}
