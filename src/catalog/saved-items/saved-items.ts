// What a person keeps to buy another time: favorites, and a wishlist by priority. A product that is hidden later stays in
// the list and says so, that nothing vanishes unseen. Triggers hold the 1,000 a list and mark what was sold out.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { violates, rows } from "../../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf } from "../../platform/cursor.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { productBody, productColumns, productRow } from "../products/columns.ts";
import type { SavedQuery } from "./schema.ts";

/** Favorites have the priority 0, for all alike. */
type List = "favorites" | "wishlist";

const idRow = z.object({ product_id: z.string() });

/** Saves a product that is shown, or gives it another priority. One round trip. @throws Problem not-found, list-full */
export async function saveItem(
  ctx: ActorCtx,
  list: List,
  productId: string,
  priority: number,
): Promise<void> {
  try {
    const [saved] = await ctx.db.all(
      idRow,
      sql`INSERT INTO saved_items (tenant_id, user_id, list, product_id, priority, price, was_out, created_at)
        SELECT tenant_id, ${ctx.actor.id}, ${list}, id, ${priority}, price, stock IS 0, ${ctx.now.toISOString()}
        FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId} AND is_active = 1
        ON CONFLICT (tenant_id, user_id, list, product_id) DO UPDATE SET priority = excluded.priority
        RETURNING product_id`,
    );
    if (!saved) throw notFound("product");
  } catch (error) {
    if (violates(error, "list_full"))
      throw new Problem("list-full", "A list holds 1,000 products: take some out.");
    throw error;
  }
}

/** Takes a product out of the list, whether it was there or not. One round trip. @throws Problem not-found */
export async function removeItem(ctx: ActorCtx, list: List, productId: string): Promise<void> {
  const [known] = await ctx.db.batch([
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`,
    sql`DELETE FROM saved_items WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}
      AND list = ${list} AND product_id = ${productId}`,
  ]);
  if (!known?.length) throw notFound("product");
}

const savedRow = productRow.extend({
  priority: z.number(),
  price_then: z.number(),
  was_out: z.number(),
  saved_at: z.string(),
});

const positionKey = z.tuple([z.int(), z.string(), z.string()]);

/** The most wanted first, then the newest. One round trip. */
export async function listSavedItems(ctx: ActorCtx, list: List, query: z.infer<typeof SavedQuery>) {
  const name = `${list} ${ctx.actor.id}`;
  const last = decodeCursor(positionKey, name, ctx.tenant.id, query.cursor);
  const [priority = null, savedAt = null, id = null] = last ?? [];
  const after = sql`AND (priority > ${priority} OR priority = ${priority} AND (created_at, product_id) < (${savedAt}, ${id}))`;
  const [found] = await ctx.db.batch([
    sql`SELECT ${productColumns}, priority, price_then, was_out, saved_at FROM (
        SELECT tenant_id AS shop, product_id, priority, price AS price_then, was_out, created_at AS saved_at
        FROM saved_items WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} AND list = ${list}
          ${last ? after : sql``}
        ORDER BY priority, created_at DESC, product_id DESC LIMIT ${query.limit + 1}
      ) CROSS JOIN products p ON p.tenant_id = shop AND p.id = product_id
      ORDER BY priority, saved_at DESC, product_id DESC`,
  ]);
  const saved = pageOf(rows(savedRow, found), query.limit, (row) =>
    encodeCursor(name, ctx.tenant.id, [row.priority, row.saved_at, row.id]),
  );
  return {
    ...saved,
    data: saved.data.map((row) => ({
      product: productBody(ctx, row),
      priority: row.priority,
      created_at: row.saved_at,
      price_then: row.price_then,
      price_fell: row.price < row.price_then,
      back_in_stock: row.was_out === 1 && row.is_active && (row.stock === null || row.stock > 0),
    })),
  };
}
