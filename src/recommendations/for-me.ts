// What somebody may want next: the neighbours of what he bought and keeps, added up, then the shop's best sellers. What
// is looked at is limited everywhere, so a long history costs no more than fifty lines.
import { sql, type SQL } from "drizzle-orm";
import { productColumns } from "../catalog/products/columns.ts";
import type { ActorCtx } from "../platform/context.ts";
import { canBeOffered, offerOf, offerRow } from "./offer.ts";

// The newest lines of purchases. A line counts half where twenty newer ones come before it.
const PURCHASES = 50;
const HALF_AFTER = 20;
const FAVORITES = 50;
const CART = 50;
// The best of up to a thousand neighbours.
const CANDIDATES = 200;
const BEST_SELLERS = 200;

/** Up to `limit` products for the caller, best first. One round trip, and another where his purchases name too few. */
export async function recommendForMe(ctx: ActorCtx, limit: number) {
  const known = await ctx.db.all(offerRow, fromNeighbours(ctx, limit));
  const missing = limit - known.length;
  const sellers = missing > 0 ? await ctx.db.all(offerRow, bestSellers(ctx, limit)) : [];
  const taken = new Set(known.map(({ id }) => id));
  const more = sellers.filter(({ id }) => !taken.has(id)).slice(0, Math.max(missing, 0));
  return { data: [...known, ...more].map((offer) => offerOf(ctx, offer)) };
}

// No line_no in the order: then the index gives the order, and reading ends at the fiftieth line.
const purchases = (ctx: ActorCtx): SQL => sql`
  SELECT product_id, 1.0 / (1 + (row_number() OVER () - 1) / ${HALF_AFTER}) AS weight FROM (
    SELECT l.product_id FROM sales s INDEXED BY sales_customer
    CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.quantity > 0
    WHERE s.tenant_id = ${ctx.tenant.id} AND s.customer_key = ${ctx.actor.id} AND s.kind = 'sale'
      AND s.status = 'completed'
    ORDER BY s.day DESC, s.placed_at DESC, s.id DESC LIMIT ${PURCHASES})`;

const favorites = (ctx: ActorCtx): SQL => sql`
  SELECT product_id, 1.0 AS weight FROM saved_items
  WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} AND list = 'favorites'
  ORDER BY priority, created_at DESC, product_id DESC LIMIT ${FAVORITES}`;

const cart = (ctx: ActorCtx): SQL => sql`
  SELECT product_id, 1.0 AS weight FROM cart_items
  WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} LIMIT ${CART}`;

const isNews = (ctx: ActorCtx): SQL => sql`${canBeOffered(ctx)} AND NOT EXISTS (SELECT 1 FROM cart_items c
  WHERE c.tenant_id = ${ctx.tenant.id} AND c.user_id = ${ctx.actor.id} AND c.product_id = p.id)`;

const fromNeighbours = (ctx: ActorCtx, limit: number): SQL => sql`
  SELECT ${productColumns}, 'bought_together' AS reason, score FROM (
    SELECT j.value ->> 0 AS found, round(sum(weight * (j.value ->> 1)), 6) AS score
    FROM (
      SELECT product_id, max(weight) AS weight FROM (
        SELECT * FROM (${purchases(ctx)}) UNION ALL SELECT * FROM (${favorites(ctx)})
        UNION ALL SELECT * FROM (${cart(ctx)})
      ) GROUP BY product_id
    ) mine
    CROSS JOIN product_neighbours n ON n.tenant_id = ${ctx.tenant.id} AND n.product_id = mine.product_id
    CROSS JOIN json_each(n.neighbours) j
    GROUP BY found ORDER BY score DESC, found LIMIT ${CANDIDATES}
  ) CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = found
  WHERE ${isNews(ctx)} ORDER BY score DESC, id LIMIT ${limit}`;

// Where nothing is sold yet they are the newest products.
const bestSellers = (ctx: ActorCtx, limit: number): SQL => sql`
  SELECT ${productColumns}, 'best_seller' AS reason, 0 AS score FROM (
    SELECT * FROM products INDEXED BY products_by_sold WHERE tenant_id = ${ctx.tenant.id} AND is_active = 1
    ORDER BY sold DESC, id DESC LIMIT ${BEST_SELLERS}
  ) p WHERE ${isNews(ctx)} ORDER BY sold DESC, id DESC LIMIT ${limit}`;
