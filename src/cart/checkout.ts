// A checkout is one batch that turns the cart into a pending sale, or changes nothing. The batch itself reads the cart and its
// prices. Only if D1 rejects the batch is the cart read, to find the reason. The payment is requested after the commit.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { countryName } from "../values/countries.ts";
import { violates } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { idempotentRequest, runOnce, type IdempotentRequest } from "../idempotency/run-once.ts";
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
  rejectChangedCurrency,
  SALE_CONSTRAINTS,
} from "../sales/sale-statements.ts";
import { returningSale, saleJson, saleOf, storeSaleResponse } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import { deleteCartItems, readCartLines } from "./cart.ts";
import type { Checkout } from "./schema.ts";

type CheckoutInput = z.infer<typeof Checkout>;

// A rejected checkout is retried if the reason is gone when the cart is read, for example if goods came back into stock.
const MAX_CONFLICT_RETRIES = 20;

/**
 * Buys the contents of the actor's cart. One round trip, however long the cart; two if it is rejected.
 * @throws Problem idempotency-key-missing, empty-cart, product-unavailable, out-of-stock, price-changed, amount-too-large, conflict
 */
export async function checkout(
  ctx: ActorCtx,
  input: CheckoutInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof Purchase> }> {
  if (key === undefined)
    throw new Problem(
      "idempotency-key-missing",
      "Send an Idempotency-Key, so that a repeated request is not paid twice.",
    );
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { checkout: input });
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
      try {
        return await buy(ctx, input, request);
      } catch (error) {
        rejectChangedCurrency(error);
        const isRejected = [...SALE_CONSTRAINTS, "sales.status"].some((constraint) =>
          violates(error, constraint),
        );
        if (!isRejected) throw error;
        await assertCheckoutPossible(ctx, input);
      }
    }
    throw new Problem("conflict", "Other checkouts changed the same products. Send the request again.");
  });
  // A replay returns the current state: a purchase that was paid or cancelled since must not request a payment.
  return { replayed, value: await (replayed ? getPurchase(ctx, value.id) : requestPayment(ctx, value)) };
}

/** Throws the problem with which D1 would reject a checkout now, if any. One round trip. */
async function assertCheckoutPossible(
  ctx: ActorCtx,
  { expected_total: expected }: CheckoutInput,
): Promise<void> {
  const lines = await readCartLines(ctx);
  if (lines.length === 0) throw new Problem("empty-cart", "Add a product to the cart first.");
  const unavailable = lines.filter(({ is_active }) => !is_active);
  if (unavailable.length > 0)
    throw new Problem(
      "product-unavailable",
      "Remove the products that the shop no longer sells from the cart.",
      {
        items: unavailable.map(({ product_id, sku, title, quantity }) => ({
          product_id,
          sku,
          title,
          requested: quantity,
          available: 0,
        })),
      },
    );
  assertInStock(lines);
  assertTotalInRange(lines);
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  if (expected !== undefined && total !== expected)
    throw new Problem("price-changed", `The total is now ${total}. Ask the buyer to confirm it.`, { total });
}

/**
 * A scalar subquery: the cart as the items of a sale. The moves have the id of the sale, which is unique because a product is
 * in a cart once; a cancellation finds the goods to return by it.
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
  const isExpected = expected === undefined ? sql`true` : sql`${saleTotal} = CAST(${expected} AS INTEGER)`;
  const provider = providerFor(ctx.env, input.payment_method);
  const unit = providerNamed(provider).minimumUnit(ctx.tenant.currency);
  const placed = returningSale(emit(ctx, ctx.tenant.id, eventId, "purchase.placed", saleJson(ctx, id)));
  const done = await ctx.db.batch([
    ...saleStatements(ctx, cartItems(ctx, id), {
      id,
      channel: sql`'online'`,
      status: sql`CASE WHEN ${isExpected} THEN 'pending' END`,
      seller_id: null,
      shift_id: sql`NULL`,
      customer_id: ctx.actor.id,
      country: input.country ?? (address ? countryName(address.country) : null),
      payment_method: input.payment_method,
      online: {
        shipping_address: address ? JSON.stringify(address) : null,
        payment_provider: sql`iif(${saleTotal} > 0 AND ${saleTotal} % CAST(${unit} AS INTEGER) = 0, ${provider}, 'manual')`,
      },
    }),
    deleteCartItems(ctx),
    placed,
    ...storeSaleResponse(ctx, request, eventId),
  ]);
  return saleOf(done, placed);
}
