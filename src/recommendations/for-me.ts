// Recommendations for a customer: the neighbours of their purchases, favorites and cart, by the sum of the scores, then the
// best sellers of the shop. Every source is limited, so a long history costs no more than a short one.
import { sql, type SQL } from "drizzle-orm";
import { productColumns } from "../catalog/products/columns.ts";
import type { UserCtx } from "../platform/context.ts";
import { isRecommendable, recommendationOf, recommendationRow } from "./recommendation.ts";

// The newest purchased lines. A line with twenty newer ones has half the weight of the newest.
const MAX_PURCHASES = 50;
const HALF_AFTER = 20;
// D1 counts the twenty neighbours of each as rows.
const MAX_FAVORITES = 20;
const MAX_CART_ITEMS = 20;
const MAX_CANDIDATES = 200;
const MAX_BEST_SELLERS = 200;

/** Up to `limit` products for the caller, best first. One round trip. */
export async function recommendForMe(ctx: UserCtx, limit: number) {
  const rows = await ctx.db.all(
    recommendationRow,
    sql`WITH neighbours AS MATERIALIZED (${selectNeighbours(ctx, limit)})
      SELECT * FROM neighbours
      UNION ALL SELECT * FROM (${selectBestSellers(ctx, limit)})`,
  );
  // A neighbour is listed as such.
  const isFirst = (row: { id: string }, nth: number) => rows.findIndex(({ id }) => id === row.id) === nth;
  return {
    data: rows
      .filter(isFirst)
      .slice(0, limit)
      .map((row) => recommendationOf(ctx, row)),
  };
}

// Without line_no in the order the index provides it, and reading stops at the fiftieth line.
const purchases = (ctx: UserCtx): SQL => sql`
  SELECT product_id, 1.0 / (1 + (row_number() OVER () - 1) / ${HALF_AFTER}) AS weight FROM (
    SELECT l.product_id FROM sales s INDEXED BY sales_customer
    CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.quantity > 0
    WHERE s.tenant_id = ${ctx.tenant.id} AND s.customer_key = ${ctx.actor.id} AND s.customer_id = ${ctx.actor.id}
      AND s.kind = 'sale' AND s.status = 'completed'
    ORDER BY s.day DESC, s.placed_at DESC, s.id DESC LIMIT ${MAX_PURCHASES})`;

const favorites = (ctx: UserCtx): SQL => sql`
  SELECT product_id, 1.0 AS weight FROM saved_items
  WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} AND list = 'favorites'
  ORDER BY priority, created_at DESC, product_id DESC LIMIT ${MAX_FAVORITES}`;

const cart = (ctx: UserCtx): SQL => sql`
  SELECT product_id, 1.0 AS weight FROM cart_items
  WHERE tenant_id = ${ctx.tenant.id} AND cart_id = ${ctx.actor.id} LIMIT ${MAX_CART_ITEMS}`;

const isNewToCaller = (
  ctx: UserCtx,
): SQL => sql`${isRecommendable(ctx)} AND NOT EXISTS (SELECT 1 FROM cart_items c
  WHERE c.tenant_id = ${ctx.tenant.id} AND c.cart_id = ${ctx.actor.id} AND c.product_id = p.id)`;

const selectNeighbours = (ctx: UserCtx, limit: number): SQL => sql`
  SELECT ${productColumns}, 'bought_together' AS reason, score FROM (
    SELECT j.value ->> 0 AS neighbour_id, round(sum(weight * (j.value ->> 1)), 6) AS score
    FROM (
      SELECT product_id, max(weight) AS weight FROM (
        SELECT * FROM (${purchases(ctx)}) UNION ALL SELECT * FROM (${favorites(ctx)})
        UNION ALL SELECT * FROM (${cart(ctx)})
      ) GROUP BY product_id
    ) source
    CROSS JOIN product_neighbours n ON n.tenant_id = ${ctx.tenant.id} AND n.product_id = source.product_id
    CROSS JOIN json_each(n.neighbours) j
    GROUP BY neighbour_id ORDER BY score DESC, neighbour_id LIMIT ${MAX_CANDIDATES}
  ) CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = neighbour_id
  WHERE ${isNewToCaller(ctx)} ORDER BY score DESC, id LIMIT ${limit}`;

// In a shop without sales these are the newest products. They are not read if there are enough neighbours: a condition
// would be tested for each of them.
const selectBestSellers = (ctx: UserCtx, limit: number): SQL => sql`
  SELECT ${productColumns}, 'best_seller' AS reason, 0 AS score FROM (
    SELECT * FROM products INDEXED BY products_by_sold WHERE tenant_id = ${ctx.tenant.id} AND is_active = 1
    ORDER BY sold DESC, id DESC LIMIT iif((SELECT count(*) FROM neighbours) < ${limit}, ${MAX_BEST_SELLERS}, 0)
  ) p WHERE ${isNewToCaller(ctx)} ORDER BY sold DESC, id DESC LIMIT ${limit}`;
