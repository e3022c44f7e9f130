// What a user means to buy, kept by account and so on all of his devices. It takes no stock: prices and availability are
// read anew each time. That a cart has 100 lines and a line 999 units at most is a trigger and a CHECK.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { violates, rows } from "../platform/d1.ts";
import { idempotentRequest, runOnce, storeResponse } from "../idempotency/run-once.ts";
import { MAX_AMOUNT } from "../values/money.ts";
import { notFound, Problem } from "../platform/problem.ts";
import type { Cart, NewCartItem } from "./schema.ts";

type CartBody = z.infer<typeof Cart>;

const cartLines = z.array(
  z.object({
    product_id: z.string(),
    sku: z.string(),
    title: z.string(),
    quantity: z.number(),
    price: z.number(),
    added_price: z.number(),
    stock: z.number().nullable(),
    is_active: z.union([z.literal(0), z.literal(1)]),
  }),
);

type CartLines = z.infer<typeof cartLines>;

/** A scalar query: the lines of the actor's cart as JSON, in the order in which they were put in. */
export const cartJson = (ctx: ActorCtx): SQL => sql`
  (SELECT json_group_array(json_object('product_id', c.product_id, 'sku', p.sku, 'title', p.title,
      'quantity', c.quantity, 'price', p.price, 'added_price', c.price, 'stock', p.stock, 'is_active', p.is_active)
      ORDER BY c.added_at, c.product_id)
    FROM cart_items c CROSS JOIN products p ON p.tenant_id = c.tenant_id AND p.id = c.product_id
    WHERE c.tenant_id = ${ctx.tenant.id} AND c.user_id = ${ctx.actor.id})`;

const cartRow = z.object({ cart: z.string() });

/** The lines in the row of a `SELECT cartJson AS cart`. */
export function linesOf(result: Parameters<typeof rows>[1]): CartLines {
  const [row] = rows(cartRow, result);
  return cartLines.parse(JSON.parse(row?.cart ?? "null"));
}

/** The units that can be had of a line's product; null: any number. */
export const stockOf = ({ stock, is_active }: CartLines[number]): number | null => (is_active ? stock : 0);

// A price may have grown since: what JSON cannot hold is shown as the most that it can, and checkout refuses it.
const amountOf = (exact: bigint): number => Number(exact > BigInt(MAX_AMOUNT) ? BigInt(MAX_AMOUNT) : exact);

function cartOf(ctx: ActorCtx, lines: CartLines): CartBody {
  const exact = lines.map(({ quantity, price }) => BigInt(quantity) * BigInt(price));
  return {
    items: lines.map((line, index) => {
      const stock = stockOf(line);
      return {
        product_id: line.product_id,
        sku: line.sku,
        title: line.title,
        quantity: line.quantity,
        unit_price: line.price,
        price_when_added: line.added_price,
        price_changed: line.price !== line.added_price,
        subtotal: amountOf(exact[index] ?? 0n),
        available: stock === null || stock >= line.quantity,
        in_stock: stock,
      };
    }),
    units: lines.reduce((units, { quantity }) => units + quantity, 0),
    total: amountOf(exact.reduce((total, subtotal) => total + subtotal, 0n)),
    currency: ctx.tenant.currency,
  };
}

/** The cart of the actor, at the prices of now. One round trip. */
export async function getCart(ctx: ActorCtx): Promise<CartBody> {
  const [lines] = await ctx.db.batch([sql`SELECT ${cartJson(ctx)} AS cart`]);
  return cartOf(ctx, linesOf(lines));
}

/** The statement that puts a product in; `quantity` is SQL for a line that is there, of which `excluded` is the new one. */
const put = (ctx: ActorCtx, { product_id, quantity }: z.infer<typeof NewCartItem>, becomes: SQL): SQL =>
  sql`INSERT INTO cart_items (tenant_id, user_id, product_id, quantity, price, added_at)
    VALUES (${ctx.tenant.id}, ${ctx.actor.id}, ${product_id}, ${quantity},
      (SELECT price FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${product_id} AND is_active = 1),
      ${ctx.now.toISOString()})
    ON CONFLICT DO UPDATE SET quantity = ${becomes}, price = excluded.price`;

/** What D1 says of a line that cannot be, in words. */
function refusal(error: unknown, noProduct: () => Problem): unknown {
  if (violates(error, "cart_items.price")) return noProduct();
  if (violates(error, "cart_full")) return new Problem("cart-full", "Take something out first.");
  if (violates(error, "cart_items_quantity"))
    return new Problem("quantity-too-large", "With what is in the cart already it would be more than 999.", {
      errors: [{ pointer: "#/quantity", detail: "more than 999 in all" }],
    });
  return error;
}

/**
 * Adds to the quantity of a product. One round trip.
 * @throws Problem unknown-product, cart-full, quantity-too-large
 */
export async function addToCart(
  ctx: ActorCtx,
  item: z.infer<typeof NewCartItem>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: CartBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { cart: item });
  const { replayed, value } = await runOnce(ctx, request, cartLines, async () => {
    try {
      const results = await ctx.db.batch([
        put(ctx, item, sql`quantity + excluded.quantity`),
        sql`SELECT ${cartJson(ctx)} AS cart`,
        ...storeResponse(ctx.now, request, cartJson(ctx)),
      ]);
      return linesOf(results[1]);
    } catch (error) {
      throw refusal(
        error,
        () =>
          new Problem("unknown-product", "There is no such product in this shop.", {
            errors: [{ pointer: "#/product_id", detail: "no product of this shop, or hidden" }],
          }),
      );
    }
  });
  return { replayed, value: cartOf(ctx, value) };
}

/** Sets the quantity of a product. One round trip. @throws Problem not-found, cart-full */
export async function setInCart(ctx: ActorCtx, product_id: string, quantity: number): Promise<CartBody> {
  try {
    const [, lines] = await ctx.db.batch([
      put(ctx, { product_id, quantity }, sql`excluded.quantity`),
      sql`SELECT ${cartJson(ctx)} AS cart`,
    ]);
    return cartOf(ctx, linesOf(lines));
  } catch (error) {
    throw refusal(error, () => notFound("product"));
  }
}

/** Takes a product of the shop out; it need not be in. One round trip. @throws Problem not-found */
export async function removeFromCart(ctx: ActorCtx, productId: string): Promise<CartBody> {
  const [products, , lines] = await ctx.db.batch([
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`,
    sql`DELETE FROM cart_items
      WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} AND product_id = ${productId}`,
    sql`SELECT ${cartJson(ctx)} AS cart`,
  ]);
  if (products?.length === 0) throw notFound("product");
  return cartOf(ctx, linesOf(lines));
}

/** The statement that empties the actor's cart. */
export const emptied = (ctx: ActorCtx): SQL =>
  sql`DELETE FROM cart_items WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}`;

/** Takes all out. One round trip. */
export async function emptyCart(ctx: ActorCtx): Promise<CartBody> {
  await ctx.db.run(emptied(ctx));
  return cartOf(ctx, []);
}
