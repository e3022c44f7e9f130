import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { type Plan, runPlan } from "../../platform/plan.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { categoriesOf } from "./categories.ts";
import { inOrder, pageCandidates, rankKey } from "./ranking.ts";
import type { TopProducts, TopProductsQuery } from "./schema.ts";
import { packedTotals, sumTotals, type Totals, totalOf } from "./totals.ts";

type Query = z.infer<typeof TopProductsQuery>;

/** The totals of a product; `units` are thousandths. */
export type ProductTotals = { sales: number; units: number; revenue: number };

/** A product with totals, before and in the range; `key` is its number, or its id until it has one. */
type Ranked = ProductTotals & { key: number | string; before: ProductTotals };

/** The products that may be on the page. */
export type RankedProducts = { query: Query; candidates: Ranked[] };

const { orders, units, revenue } = dailyTables.products.sums;

const joinProducts = sql.raw(`${dailyTables.products.join}
  LEFT JOIN product_numbers n ON n.tenant_id = l.tenant_id AND n.product_id = l.product_id`);

export const productTotals = (ctx: Ctx, range: Range) =>
  packedTotals(
    ctx,
    "products",
    range,
    (
      sales,
    ) => sql`SELECT coalesce(n.number, l.product_id) AS key, ${sql.raw(orders)} AS sales, ${sql.raw(units)} AS units,
        ${sql.raw(revenue)} AS revenue ${sales(joinProducts)} GROUP BY 1`,
  );

export const toProduct = (totals: Totals): ProductTotals => ({
  sales: totalOf(totals, 0),
  units: totalOf(totals, 1),
  revenue: totalOf(totals, 2),
});

/** Whether a product counts in a range. */
export const isSold = ({ sales, units, revenue }: ProductTotals): boolean =>
  sales !== 0 || units !== 0 || revenue !== 0;

const NOTHING: ProductTotals = { sales: 0, units: 0, revenue: 0 };

/** The first step of a ranking. @throws Problem invalid-cursor */
export function rankProducts(ctx: Ctx, query: Query): Plan<RankedProducts> {
  const previous = rankOf(ctx, query);
  const comparison = comparisonOf(ctx, query);
  const present = productTotals(ctx, query);
  const before = comparison && productTotals(ctx, comparison.range);
  const { category } = query;
  const known = category === undefined ? null : categoriesOf(ctx, query);
  return {
    statements: [present, ...(before ? [before] : []), ...(known?.statements ?? [])],
    read: (done) => {
      const earlier = new Map(
        before ? sumTotals("products", done.of(before)).map((totals) => [totals[0], totals]) : [],
      );
      const categoryOf = known?.read(done);
      const products = sumTotals("products", done.of(present)).flatMap((totals): Ranked[] => {
        const [key] = totals;
        const figures = toProduct(totals);
        if (!isSold(figures) || (categoryOf && categoryOf(key) !== category)) return [];
        const compared = earlier.get(key);
        return [{ key, ...figures, before: compared ? toProduct(compared) : NOTHING }];
      });
      return {
        query,
        candidates: pageCandidates(products, ({ [query.sort]: total }) => total, previous, query.limit),
      };
    },
  };
}

const rankOf = (ctx: Ctx, { sort, cursor }: Query) =>
  decodeCursor(rankKey, listOf(sort), ctx.tenant.id, cursor);

const listOf = (sort: Query["sort"]): string => `top-products-${sort}`;

const figuresOf = ({ sales, units, revenue }: ProductTotals) => ({
  units: fromThousandths(units),
  revenue,
  sales,
});

const nameRow = z.object({
  key: z.union([z.number(), z.string()]),
  product_id: z.string(),
  sku: z.string(),
  title: z.string(),
});

/** The page of a ranking, ties sorted by id. One round trip. */
export async function productPage(
  ctx: Ctx,
  { query, candidates }: RankedProducts,
): Promise<z.infer<typeof TopProducts>> {
  const comparison = comparisonOf(ctx, query);
  const keys = JSON.stringify(candidates.map(({ key }) => key));
  const names = await ctx.db.all(
    nameRow,
    sql`SELECT j.value AS key, p.id AS product_id, p.sku, p.title FROM json_each(${keys}) j
      CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = iif(j.type = 'text', j.value, (
        SELECT n.product_id FROM product_numbers n WHERE n.tenant_id = ${ctx.tenant.id} AND n.number = j.value))`,
  );
  const byKey = new Map(names.map((name) => [name.key, name]));
  const named = candidates.flatMap((product) => {
    const name = byKey.get(product.key);
    return name ? [{ ...product, ...name, sort_key: name.product_id }] : [];
  });
  const total = (row: ProductTotals) => row[query.sort];
  const page = pageOf(inOrder(named, total, rankOf(ctx, query)), query.limit, (row) =>
    encodeCursor(listOf(query.sort), ctx.tenant.id, [total(row), row.product_id]),
  );
  return {
    currency: ctx.tenant.currency,
    data: page.data.map((row) => {
      const figures = figuresOf(row);
      const { product_id, sku, title } = row;
      return {
        product_id,
        sku,
        title,
        ...figures,
        ...(comparison && changes(figures, figuresOf(row.before))),
      };
    }),
    next_cursor: page.next_cursor,
    ...(comparison && { compared_with: comparedWith(comparison) }),
    as_of: ctx.now.toISOString(),
  };
}

/** The products that sold best. Two round trips. @throws Problem invalid-cursor */
export const topProducts = async (ctx: Ctx, query: Query): Promise<z.infer<typeof TopProducts>> =>
  productPage(ctx, await runPlan(ctx, rankProducts(ctx, query)));
