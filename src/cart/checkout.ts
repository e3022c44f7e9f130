// A checkout: one read, and one batch that makes the cart a pending sale or leaves all as it was. The batch compares the
// cart with what was read, and the total with what the buyer saw: where a rival changed either, `sales.status` is NULL, the
// batch is refused, and the checkout reads again. Payment is asked for after the commit: see purchases/pay.ts.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { ActorCtx } from "../context.ts";
import { countryName } from "../countries.ts";
import { refusedBy } from "../db.ts";
import { emit } from "../events/outbox.ts";
import { keyed, once, remember, type Keyed } from "../idempotency/once.ts";
import { newId } from "../ids.ts";
import { Problem } from "../problem.ts";
import { askToPay } from "../purchases/pay.ts";
import { providerFor } from "../purchases/providers.ts";
import type { Purchase } from "../purchases/schema.ts";
import { place, placedTotal, refuseShort, refuseTooLarge, RULES } from "../sales/place.ts";
import { saleJson } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import { saleOf } from "../sales/sell.ts";
import { cartJson, emptied, linesOf, stockOf } from "./cart.ts";
import type { Checkout } from "./schema.ts";

type CheckoutInput = z.infer<typeof Checkout>;
type Lines = ReturnType<typeof linesOf>;

// Rivals for the same goods that commit between our read and our batch.
const RIVALS = 20;

/**
 * Buys what is in the actor's cart. Two round trips, however long the cart.
 * @throws Problem idempotency-key-missing, empty-cart, out-of-stock, price-changed, amount-too-large, conflict
 */
export async function checkout(
  ctx: ActorCtx,
  input: CheckoutInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof Purchase> }> {
  if (key === undefined)
    throw new Problem("idempotency-key-missing", "Send an Idempotency-Key: nobody shall pay twice.");
  const request = keyed(ctx.tenant.id, ctx.actor.id, key, { checkout: input });
  const { replayed, value } = await once(ctx, request, Sale, async () => {
    for (let rivals = 0; rivals < RIVALS; rivals += 1) {
      const [found] = await ctx.db.batch([sql`SELECT ${cartJson(ctx)} AS cart`]);
      const lines = linesOf(found);
      refuse(lines, input);
      try {
        return await buy(ctx, lines, input, request);
      } catch (error) {
        if (![...RULES, "sales.status"].some((rule) => refusedBy(error, rule))) throw error;
        // Rivals that came together should not meet again.
        await scheduler.wait(Math.random() * 10 * (rivals + 1));
      }
    }
    throw new Problem("conflict", "Others buy the same right now: send the request again.");
  });
  return { replayed, value: await askToPay(ctx, value) };
}

function refuse(lines: Lines, { expected_total: expected }: CheckoutInput): void {
  if (lines.length === 0) throw new Problem("empty-cart", "Put something into the cart first.");
  refuseShort(lines.map((line) => ({ ...line, stock: stockOf(line) })));
  refuseTooLarge(lines);
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  if (expected !== undefined && total !== expected)
    throw new Problem("price-changed", `The total is ${total} now: ask the buyer again.`, {
      total,
    });
}

/** A condition: the cart is what was read, as many lines and each of them. */
const isCart = (ctx: ActorCtx, items: string): SQL => {
  const mine = sql`c.tenant_id = ${ctx.tenant.id} AND c.user_id = ${ctx.actor.id}`;
  return sql`(SELECT count(*) FROM cart_items c WHERE ${mine}) = json_array_length(${items})
    AND (SELECT count(*) FROM json_each(${items}) AS line CROSS JOIN cart_items c ON ${mine}
      AND c.product_id = line.value ->> 'product_id' AND c.quantity = line.value ->> 'quantity')
      = json_array_length(${items})`;
};

async function buy(ctx: ActorCtx, lines: Lines, input: CheckoutInput, request: Keyed | null) {
  const id = newId();
  const eventId = newId();
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const { shipping_address: address, expected_total: expected } = input;
  const country = input.country ?? (address ? countryName(address.country) : null);
  // A move has the id of its sale: a product is once in a cart, and whoever puts the goods back finds what was taken.
  const items = JSON.stringify(
    lines.map(({ product_id, quantity }, index) => ({
      product_id,
      quantity,
      line_no: index + 1,
      move_id: id,
    })),
  );
  const isSeen = expected === undefined ? sql`true` : sql`${placedTotal} = CAST(${expected} AS INTEGER)`;
  const results = await ctx.db.batch([
    ...place(ctx, items, {
      id,
      channel: sql`'online'`,
      status: sql`CASE WHEN ${isCart(ctx, items)} AND ${isSeen} THEN 'pending' END`,
      seller_id: null,
      shift_id: sql`NULL`,
      customer_id: ctx.actor.id,
      country,
      payment_method: input.payment_method,
      online: {
        shipping_address: address ? JSON.stringify(address) : null,
        payment_provider: providerFor(ctx.env, input.payment_method, total),
      },
    }),
    emptied(ctx),
    emit(ctx, ctx.tenant.id, eventId, "purchase.placed", saleJson(ctx, id)),
    ...remember(
      ctx.now,
      request,
      sql`(SELECT payload FROM events WHERE tenant_id = ${ctx.tenant.id} AND id = ${eventId})`,
    ),
  ]);
  return saleOf(results, -2);
}
