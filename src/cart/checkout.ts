// A checkout is one batch that makes the cart a pending sale, or leaves all as it was. It reads the cart where it sells it, so
// what is sold is the cart as it is at that moment, at the prices of that moment. Only where D1 refused the batch is the cart
// read, to say why. Payment is asked for after the commit: see purchases/pay.ts.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { countryName } from "../values/countries.ts";
import { violates } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import {
  idempotentRequest,
  runOnce,
  storeResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { Problem } from "../platform/problem.ts";
import { getPurchase } from "../purchases/history.ts";
import { requestPayment } from "../purchases/payments/request-payment.ts";
import { providerFor, providerNamed } from "../purchases/payments/providers.ts";
import type { Purchase } from "../purchases/schema.ts";
import {
  saleStatements,
  saleTotal,
  assertInStock,
  assertTotalInRange,
  SALE_CONSTRAINTS,
} from "../sales/sale-statements.ts";
import { returningSale, saleJson, saleOf } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import { cartJson, emptied, linesOf, stockOf } from "./cart.ts";
import type { Checkout } from "./schema.ts";

type CheckoutInput = z.infer<typeof Checkout>;

// How often what was refused may be right again when it is read, as goods that come back.
const RIVALS = 20;

/**
 * Buys what is in the actor's cart. One round trip, however long the cart; two where it is refused.
 * @throws Problem idempotency-key-missing, empty-cart, out-of-stock, price-changed, amount-too-large, conflict
 */
export async function checkout(
  ctx: ActorCtx,
  input: CheckoutInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof Purchase> }> {
  if (key === undefined)
    throw new Problem("idempotency-key-missing", "Send an Idempotency-Key: nobody shall pay twice.");
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { checkout: input });
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    for (let rivals = 0; rivals < RIVALS; rivals += 1) {
      try {
        return await buy(ctx, input, request);
      } catch (error) {
        if (![...SALE_CONSTRAINTS, "sales.status"].some((rule) => violates(error, rule))) throw error;
        await refuse(ctx, input);
      }
    }
    throw new Problem("conflict", "Others buy the same right now: send the request again.");
  });
  // What was cancelled or paid since must not be asked for again: a replay answers the purchase as it is now.
  return { replayed, value: await (replayed ? getPurchase(ctx, value.id) : requestPayment(ctx, value)) };
}

/** Says why D1 refused to sell the cart, if the reason is still there. One round trip. */
async function refuse(ctx: ActorCtx, { expected_total: expected }: CheckoutInput): Promise<void> {
  const [found] = await ctx.db.batch([sql`SELECT ${cartJson(ctx)} AS cart`]);
  const lines = linesOf(found);
  if (lines.length === 0) throw new Problem("empty-cart", "Put something into the cart first.");
  assertInStock(lines.map((line) => ({ ...line, stock: stockOf(line) })));
  assertTotalInRange(lines);
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  if (expected !== undefined && total !== expected)
    throw new Problem("price-changed", `The total is ${total} now: ask the buyer again.`, { total });
}

/**
 * A scalar query: the cart as the items of a sale. A move gets the id of the sale: a product is once in a cart, and whoever
 * puts the goods back finds what was taken.
 */
const cartItems = (ctx: ActorCtx, saleId: string): SQL => sql`
  (SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity, 'line_no', line_no, 'move_id', ${saleId})
      ORDER BY line_no)
    FROM (SELECT product_id, quantity, row_number() OVER (ORDER BY added_at, product_id) AS line_no FROM cart_items
      WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}))`;

async function buy(ctx: ActorCtx, input: CheckoutInput, request: IdempotentRequest | null) {
  const id = newId();
  const eventId = newId();
  const { shipping_address: address, expected_total: expected } = input;
  const isSeen = expected === undefined ? sql`true` : sql`${saleTotal} = CAST(${expected} AS INTEGER)`;
  const provider = providerFor(ctx.env, input.payment_method);
  const step = providerNamed(provider).step(ctx.tenant.currency);
  const placed = returningSale(emit(ctx, ctx.tenant.id, eventId, "purchase.placed", saleJson(ctx, id)));
  const done = await ctx.db.batch([
    ...saleStatements(ctx, cartItems(ctx, id), {
      id,
      channel: sql`'online'`,
      status: sql`CASE WHEN ${isSeen} THEN 'pending' END`,
      seller_id: null,
      shift_id: sql`NULL`,
      customer_id: ctx.actor.id,
      country: input.country ?? (address ? countryName(address.country) : null),
      payment_method: input.payment_method,
      online: {
        shipping_address: address ? JSON.stringify(address) : null,
        payment_provider: sql`iif(${saleTotal} > 0 AND ${saleTotal} % CAST(${step} AS INTEGER) = 0, ${provider}, 'manual')`,
      },
    }),
    emptied(ctx),
    placed,
    ...storeResponse(
      ctx.now,
      request,
      sql`(SELECT payload FROM events WHERE tenant_id = ${ctx.tenant.id} AND id = ${eventId})`,
    ),
  ]);
  return saleOf(done, placed);
}
