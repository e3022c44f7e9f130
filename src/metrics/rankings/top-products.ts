import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { type Plan, runPlan } from "../../platform/plan.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { sumsOf } from "../../rollups/daily-table.ts";
import { soldProducts } from "../../rollups/daily-tables.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { timelineRows } from "../timelines.ts";
import { categoriesOf } from "./categories.ts";
import {
  completeRows,
  expectedRows,
  type Found,
  type Key,
  limitOfFew,
  type LookUp,
  rememberKeys,
} from "./expected.ts";
import { inOrder, pageCandidates, rankKey } from "./ranking.ts";
import type { TopProducts, TopProductsQuery } from "./schema.ts";
import { packedTotals, sumTotals, type Totals, totalOf } from "./totals.ts";

type Query = z.infer<typeof TopProductsQuery>;

/** The totals of a product; `units` are thousandths. */
export type ProductTotals = { sales: number; units: number; revenue: number };

/** A product with totals, before and in the range; `key` is its number, or its id until it has one. */
type Ranked = ProductTotals & { key: Key; before: ProductTotals };

const soldRow = z.object({
  key: z.union([z.number(), z.string()]),
  sales: z.number(),
  units: z.number(),
  revenue: z.number(),
});

const nameRow = z.object({
  key: z.union([z.number(), z.string()]),
  product_id: z.string(),
  sku: z.string(),
  title: z.string(),
});

type Named = z.infer<typeof nameRow>;

const names: LookUp<Named> = {
  byKeys: ({ tenant }, keys) =>
    returning(
      nameRow,
      sql`SELECT j.value AS key, p.id AS product_id, p.sku, p.title FROM json_each(${JSON.stringify(keys)}) j
        CROSS JOIN products p ON p.tenant_id = ${tenant.id} AND p.id = iif(j.type = 'text', j.value, (
          SELECT n.product_id FROM product_numbers n WHERE n.tenant_id = ${tenant.id} AND n.number = j.value))`,
    ),
  ofFew: ({ tenant }) =>
    returning(
      nameRow,
      sql`SELECT coalesce(n.number, p.id) AS key, p.id AS product_id, p.sku, p.title FROM products p
        LEFT JOIN product_numbers n ON n.tenant_id = p.tenant_id AND n.product_id = p.id
        WHERE p.tenant_id = ${tenant.id} LIMIT ${limitOfFew(tenant.id, "product_numbers")}`,
    ),
};

/** The products that may be on the page, and some of their names. */
export type RankedProducts = { query: Query; candidates: Ranked[]; expected: Found<Named> };

/** The totals of all products in the range. */
export function productTotals(ctx: Ctx, range: Range): Plan<Totals[]> {
  const packed = packedTotals(
    ctx,
    "products",
    range,
    (sales) =>
      sql`SELECT ${sql.raw(soldProducts.keys.key)} AS key, ${sumsOf(soldProducts)} ${sales(sql.raw(soldProducts.join))} GROUP BY 1`,
  );
  const timeline = timelineRows(ctx, soldProducts.name, range);
  return {
    statements: [packed, ...timeline.statements],
    read: (done) => {
      const timed = timeline.read(done).map((row): Totals => {
        const { key, sales, units, revenue } = soldRow.parse(row);
        return [key, sales, units, revenue];
      });
      return sumTotals("products", [...done.of(packed), { sign: 1, totals: timed }]);
    },
  };
}

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
  const expected = expectedRows(ctx, pageNameOf(query), names);
  return {
    statements: [present, before, known, expected].flatMap((plan) => plan?.statements ?? []),
    read: (done) => {
      const earlier = new Map(before ? before.read(done).map((totals) => [totals[0], totals]) : []);
      const categoryOf = known?.read(done);
      const products = present.read(done).flatMap((totals): Ranked[] => {
        const [key] = totals;
        const figures = toProduct(totals);
        if (!isSold(figures) || (categoryOf && categoryOf(key) !== category)) return [];
        const compared = earlier.get(key);
        return [{ key, ...figures, before: compared ? toProduct(compared) : NOTHING }];
      });
      return {
        query,
        candidates: pageCandidates(products, ({ [query.sort]: total }) => total, previous, query.limit),
        expected: expected.read(done),
      };
    },
  };
}

const rankOf = (ctx: Ctx, { sort, cursor }: Query) =>
  decodeCursor(rankKey, listOf(sort), ctx.tenant.id, cursor);

const listOf = (sort: Query["sort"]): string => `top-products-${sort}`;

const pageNameOf = ({ sort, category = "", limit, cursor = "" }: Query): string =>
  JSON.stringify([listOf(sort), category, limit, cursor]);

const figuresOf = ({ sales, units, revenue }: ProductTotals) => ({
  units: fromThousandths(units),
  revenue,
  sales,
});

/** The page of a ranking, ties sorted by id. Without statements if all names were expected. */
export function productPage(
  ctx: Ctx,
  { query, candidates, expected }: RankedProducts,
): Plan<z.infer<typeof TopProducts>> {
  const comparison = comparisonOf(ctx, query);
  const keys = candidates.map(({ key }) => key);
  rememberKeys(ctx, pageNameOf(query), keys);
  const found = completeRows(ctx, names, expected, keys);
  const read = (byKey: Found<Named>) => {
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
  };
  return { statements: found.statements, read: (done) => read(found.read(done)) };
}

/** The products that sold best. One round trip, and another one if the page has others than expected. @throws Problem invalid-cursor */
export const topProducts = async (ctx: Ctx, query: Query): Promise<z.infer<typeof TopProducts>> =>
  runPlan(ctx, productPage(ctx, await runPlan(ctx, rankProducts(ctx, query))));
