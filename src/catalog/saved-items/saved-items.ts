// Favorites, and a wishlist by priority. A product that is hidden later stays in the list with is_active false. Triggers
// limit a list to 1,000 products and record which were sold out.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { returning, violates } from "../../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf } from "../../platform/cursor.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { productBody, productColumns, productRow } from "../products/columns.ts";
import type { SavedQuery } from "./schema.ts";

type List = "favorites" | "wishlist";

const idRow = z.object({ product_id: z.string() });

/**
 * Saves a visible product, or changes its priority (0 for favorites). One round trip.
 * @throws Problem not-found, list-full
 */
export async function saveItem(ctx: UserCtx, list: List, productId: string, priority: number): Promise<void> {
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
      throw new Problem("list-full", "A list holds at most 1,000 products. Remove some first.");
    throw error;
  }
}

/** Removes a product of the shop from the list, if it is in it. One round trip. @throws Problem not-found */
export async function removeItem(ctx: UserCtx, list: List, productId: string): Promise<void> {
  const products = returning(
    idRow,
    sql`SELECT id AS product_id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`,
  );
  const done = await ctx.db.batch([
    products,
    sql`DELETE FROM saved_items WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}
      AND list = ${list} AND product_id = ${productId}`,
  ]);
  if (done.of(products).length === 0) throw notFound("product");
}

const savedRow = productRow.extend({
  priority: z.number(),
  price_then: z.number(),
  was_out: z.number(),
  saved_at: z.string(),
});

const positionKey = z.tuple([z.int(), z.string(), z.string()]);

/** The saved products, highest priority first, then newest first. One round trip. @throws Problem invalid-cursor */
export async function listSavedItems(ctx: UserCtx, list: List, query: z.infer<typeof SavedQuery>) {
  const name = `${list} ${ctx.actor.id}`;
  const last = decodeCursor(positionKey, name, ctx.tenant.id, query.cursor);
  const [priority = null, savedAt = null, id = null] = last ?? [];
  const after = sql`AND (priority > ${priority} OR priority = ${priority} AND (created_at, product_id) < (${savedAt}, ${id}))`;
  const saved = await ctx.db.all(
    savedRow,
    sql`SELECT ${productColumns}, priority, price_then, was_out, saved_at FROM (
        SELECT tenant_id AS shop, product_id, priority, price AS price_then, was_out, created_at AS saved_at
        FROM saved_items WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} AND list = ${list}
          ${last ? after : sql``}
        ORDER BY priority, created_at DESC, product_id DESC LIMIT ${query.limit + 1}
      ) CROSS JOIN products p ON p.tenant_id = shop AND p.id = product_id
      ORDER BY priority, saved_at DESC, product_id DESC`,
  );
  const page = pageOf(saved, query.limit, (row) =>
    encodeCursor(name, ctx.tenant.id, [row.priority, row.saved_at, row.id]),
  );
  return {
    ...page,
    data: page.data.map((row) => ({
      product: productBody(ctx, row),
      priority: row.priority,
      created_at: row.saved_at,
      price_then: row.price_then,
      price_fell: row.price < row.price_then,
      back_in_stock: row.was_out === 1 && row.is_active && (row.stock === null || row.stock > 0),
    })),
  };
}
