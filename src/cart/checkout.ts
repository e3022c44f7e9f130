// One batch turns the cart into a pending sale, or changes nothing. It is priced with the cart as this isolate has last shown it, else
// with one read. The batch rejects a cart that another device has changed, and prices that are no longer current; the cart is then read
// and priced again. The payment is requested after the commit.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { assertMethods, customMethodsColumn } from "../auth/shops/payment-methods.ts";
import { attempt } from "../platform/attempt.ts";
import type { BuyerCtx } from "../platform/context.ts";
import { countryName } from "../values/countries.ts";
import { returning, undisclosed, violates } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { storeOrderMail } from "../sales/order-mails.ts";
import {
  idempotentRequest,
  runOnce,
  selectStored,
  stopIfStored,
  storeEventResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { Problem } from "../platform/problem.ts";
import { getPurchase, visibleSale } from "../purchases/history.ts";
import { FIRST_ORDER } from "../purchases/numbers.ts";
import { firstPayment, requestPayment } from "../purchases/payments/request-payment.ts";
import { providerFor, providerNamed } from "../purchases/payments/providers.ts";
import { replaceOrderToken, storeOrderToken } from "../purchases/order-tokens.ts";
import type { PlacedPurchase } from "../purchases/schema.ts";
import { assertFewUnpaid } from "../purchases/unpaid-orders.ts";
import {
  saleStatements,
  assertInStock,
  nextNumber,
  rejectChangedTerms,
  SALE_CONSTRAINTS,
  totalInRange,
} from "../sales/sale-statements.ts";
import { returningSale, type SaleBody, saleJson, saleOf } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import { fromThousandths, isWholeEnough } from "../values/quantities.ts";
import {
  type CartLines,
  cartState,
  cartStateSql,
  deleteCartItems,
  linesOf,
  pricedLines,
  selectCart,
} from "./cart.ts";
import { countOrder } from "./counts.ts";
import { assertContact, customerOf } from "./guest-customer.ts";
import { limitedChannel, type Origin, placedFrom, tooManyPendingOrders } from "./limits.ts";
import { keyOwner } from "./owner.ts";
import { takeCart } from "./remembered-cart.ts";
import type { Checkout } from "./schema.ts";

type CheckoutInput = z.infer<typeof Checkout>;

// A rejected checkout is priced again.
const MAX_CONFLICT_RETRIES = 20;

/**
 * Buys the contents of the cart for its account, or for a guest, whose order has a token. One round trip where the isolate remembers
 * the cart, else two, however long it is.
 * @throws Problem idempotency-key-missing, unknown-cart, empty-cart, product-unavailable, out-of-stock, price-changed, amount-too-large,
 * too-many-pending-orders, conflict
 */
export async function checkout(
  ctx: BuyerCtx,
  input: CheckoutInput,
  key: string | undefined,
  origin: Origin = { address: null },
): Promise<{ replayed: boolean; value: z.infer<typeof PlacedPurchase> }> {
  if (key === undefined)
    throw new Problem(
      "idempotency-key-missing",
      "Send an Idempotency-Key, so that a repeated request is not paid twice.",
    );
  assertContact(ctx, input);
  const request = idempotentRequest(ctx.tenant.id, keyOwner(ctx), key, { checkout: input });
  let orderToken: string | null = null;
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    const shown = takeCart(ctx);
    const unread = shown && (await attempt(ctx, () => buy(ctx, input, request, origin, shown)));
    if (unread) {
      orderToken = unread.orderToken;
      return unread.sale;
    }
    for (let nth = 0; nth < MAX_CONFLICT_RETRIES; nth += 1) {
      try {
        const placed = await buy(ctx, input, request, origin, null);
        orderToken = placed.orderToken;
        return placed.sale;
      } catch (error) {
        rejectChangedTerms(error);
        if (violates(error, "sales.channel")) throw tooManyPendingOrders();
        const isRejected = [...SALE_CONSTRAINTS, "sales.status"].some((constraint) =>
          violates(error, constraint),
        );
        if (!isRejected) throw error;
      }
    }
    throw new Problem("conflict", "Other checkouts changed the same products. Send the request again.");
  });
  if (ctx.actor === null && replayed) orderToken = await replaceOrderToken(ctx, value.id);
  const buyer = ctx.actor === null ? { ...ctx, orderId: value.id } : ctx;
  // A replay returns the current state: a purchase that was paid or cancelled since must not request a payment.
  const purchase = await (replayed
    ? getPurchase(buyer, value.id)
    : requestPayment(ctx, visibleSale(buyer, value), firstPayment));
  return { replayed, value: { ...purchase, order_token: orderToken } };
}

const methodsRow = z.object({ custom: customMethodsColumn });

/** A cart that can be bought now, with its lines priced. One round trip. @throws Problem, with the reason why it cannot */
async function readBuyable(ctx: BuyerCtx, input: CheckoutInput, request: IdempotentRequest | null) {
  const cart = selectCart(ctx);
  const shop = returning(
    methodsRow,
    sql`SELECT payment_methods AS custom FROM tenants WHERE id = ${ctx.tenant.id}`,
  );
  const stored = selectStored(request);
  const done = await ctx.db.batch([cart, shop, ...stored]);
  stopIfStored(done, stored);
  return priceCart(ctx, input, linesOf(done.of(cart)), done.of(shop)[0]?.custom ?? []);
}

/** The lines of a cart with their prices, in a shop with these payment methods of its own. @throws Problem, with the reason why they cannot be bought */
function priceCart(
  ctx: BuyerCtx,
  { payment_method, expected_total: expected }: CheckoutInput,
  lines: CartLines,
  custom: z.infer<typeof customMethodsColumn>,
) {
  assertMethods({ payment_method }, custom);
  if (lines.length === 0) throw new Problem("empty-cart", "Add a product to the cart first.");
  const unavailable = lines.filter((line) => !line.is_active || !isWholeEnough(line.unit, line.quantity));
  if (unavailable.length > 0)
    throw new Problem(
      "product-unavailable",
      "Remove the products that the shop no longer sells, or no longer sells like this, from the cart.",
      {
        items: unavailable.map(({ product_id, sku, title, quantity }) => ({
          product_id,
          sku,
          title,
          requested: fromThousandths(quantity),
          available: 0,
        })),
      },
    );
  assertInStock(lines);
  const priced = pricedLines(ctx, lines);
  const total = totalInRange(priced);
  if (expected !== undefined && total !== expected)
    throw new Problem("price-changed", `The total is now ${total}. Ask the buyer to confirm it.`, { total });
  return { lines, priced, total };
}

async function buy(
  ctx: BuyerCtx,
  input: CheckoutInput,
  request: IdempotentRequest | null,
  origin: Origin,
  shown: CartLines | null,
): Promise<{ sale: SaleBody; orderToken: string | null }> {
  const [{ lines, priced, total }] = await Promise.all([
    shown ? priceCart(ctx, input, shown, []) : readBuyable(ctx, input, request),
    assertFewUnpaid(ctx, ctx.tenant.id, placedFrom(ctx, origin)),
  ]);
  const id = newId();
  const eventId = newId();
  const { shipping_address: address } = input;
  const provider = providerFor(ctx.env, input.payment_method);
  const isPayable = total > 0 && total % providerNamed(provider).minimumUnit(ctx.tenant.currency) === 0;
  const placed = returningSale(emit(ctx, ctx.tenant.id, eventId, "purchase.placed", saleJson(ctx, id)));
  // The moves have the id of the sale, which is unique because a product is in a cart once; a cancellation finds the goods to
  // return by it.
  const rows = lines.flatMap(({ product_id, quantity, unit, price, tax_rate_id, tax_rate }, index) => {
    const amounts = priced[index];
    if (!amounts) return [];
    const { discount, tax, subtotal } = amounts;
    return {
      line_no: index + 1,
      move_id: id,
      product_id,
      quantity,
      unit,
      list_price: price,
      unit_price: price,
      discount,
      discount_reason: null,
      tax_rate_id,
      tax_rate,
      tax,
      subtotal,
    };
  });
  const customer = customerOf(ctx, input);
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const placedMail = storeOrderMail(ctx, "order.placed", id, eventId);
  const order = ctx.actor === null ? storeOrderToken(ctx, ctx.tenant.id, id) : null;
  const done = await ctx.db.batch([
    ...customer.statements,
    ...saleStatements(ctx, rows, [], {
      id,
      channel: limitedChannel(ctx, origin, units),
      // NULL, which rejects the sale, if another device has changed the cart.
      status: sql`iif(${cartStateSql(ctx)} = ${cartState(lines)}, 'pending', NULL)`,
      seller_id: null,
      shift_id: sql`NULL`,
      late_shift_id: sql`NULL`,
      customer_id: customer.customerId,
      country: input.country ?? (address ? countryName(address.country) : null),
      payment_method: input.payment_method,
      discount_reason: null,
      rounding: 0,
      approved_by: null,
      client_id: null,
      is_offline: false,
      placed_at: ctx.now,
      number: nextNumber(ctx.tenant.id, "A", FIRST_ORDER),
      online: {
        shipping_address: address ? JSON.stringify(address) : null,
        payment_provider: isPayable ? provider : "manual",
        is_guest: ctx.actor === null,
        placed_from: placedFrom(ctx, origin),
      },
    }),
    // It reads the earlier mails to the address that a guest has typed.
    ctx.actor === null ? undisclosed(placedMail) : placedMail,
    ...countOrder(ctx),
    deleteCartItems(ctx),
    placed,
    ...(order ? [order.statement] : []),
    ...storeEventResponse(ctx.now, request, eventId),
  ]);
  return { sale: saleOf(done, placed), orderToken: order?.token ?? null };
}
