// Staff take an order on behalf of a customer: one read, then one batch that stores the order, its customer if they are new, and
// takes the stock, or changes nothing. It is priced like a counter sale and pending like a purchase in the web shop.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../../audit/log.ts";
import { selectApprover, verifyApproval } from "../../auth/approvals/approve.ts";
import { emit } from "../../events/outbox.ts";
import {
  idempotentRequest,
  runOnce,
  storeEventResponse,
  type IdempotentRequest,
} from "../../idempotency/run-once.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { selectOffered } from "../../sales/offer.ts";
import { asOffered, priceForStaff } from "../../sales/price-sale.ts";
import { assertOffered, selectTerms } from "../../sales/read-offer.ts";
import { storeOrderMail } from "../../sales/order-mails.ts";
import { returningSale, saleJson } from "../../sales/record.ts";
import {
  assertInStock,
  nextNumber,
  rejectChangedTerms,
  SALE_CONSTRAINTS,
  saleStatements,
} from "../../sales/sale-statements.ts";
import { Sale } from "../../sales/schema.ts";
import { auditApproval } from "../../sales/sell.ts";
import { countryName } from "../../values/countries.ts";
import { newId } from "../../values/ids.ts";
import { itemsInUnits } from "../../values/quantities.ts";
import { FIRST_ORDER } from "../numbers.ts";
import { orderCustomer, pendingFor, selectOrderCustomer } from "./customer.ts";
import { getOrder, type OrderBody, orderIn, orderOf, type OrderRow, selectOrder } from "./order.ts";
import type { NewOrder } from "./schema.ts";
import {
  agreedDiscounts,
  holdUntil,
  isPayable,
  linkExpiry,
  linkProvider,
  methodOf,
  storeDetails,
} from "./terms.ts";

type OrderInput = z.infer<typeof NewOrder>;

const MAX_CONFLICT_RETRIES = 20;

/**
 * Takes an order; the seller is the actor. Two round trips, unless a concurrent change makes it price the order again.
 * @throws Problem unknown-product, unknown-customer, out-of-stock, amount-too-large, no-payment-link, approval-required, invalid-approval,
 * too-many-attempts, invalid, idempotency-mismatch, conflict
 */
export async function placeOrder(
  ctx: ActorCtx,
  input: OrderInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: OrderBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, contentOf(input));
  if (input.payment === "link" && linkProvider(ctx) === null)
    throw new Problem("no-payment-link", "No payment provider with links is configured.");
  const hold = holdUntil(ctx, input.payment, input.hold_until);
  const placed: OrderRow[] = [];
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    const order = await placeNow(ctx, input, hold, request);
    placed.push(order);
    return order.sale;
  });
  const [order] = placed;
  return { replayed, value: order ? await orderOf(ctx, order) : await getOrder(ctx, value.id) };
}

/** What makes two requests the same one, without the PIN. */
const contentOf = ({ items, approval, ...others }: OrderInput): object => ({
  order: itemsInUnits(items),
  ...others,
  approval: approval?.user_id,
});

const CONSTRAINTS = [...SALE_CONSTRAINTS, "sales.status", "customers.tenant_id"];

async function placeNow(
  ctx: ActorCtx,
  input: OrderInput,
  hold: string,
  request: IdempotentRequest | null,
): Promise<OrderRow> {
  let approvedBy: string | null = null;
  for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
    const offer = await readOrderOffer(ctx, input);
    if (input.approval) approvedBy ??= await verifyApproval(ctx, input.approval, offer.approver);
    const customer = orderCustomer(ctx, input, offer.customer);
    const offered = asOffered(input, offer);
    const priced = priceForStaff(ctx, offered, input.discount, offer.terms, approvedBy);
    assertInStock(offered);
    try {
      return await record(ctx, input, { ...priced, customer, hold, approvedBy }, request);
    } catch (error) {
      rejectChangedTerms(error);
      if (!CONSTRAINTS.some((constraint) => violates(error, constraint))) throw error;
    }
  }
  throw new Problem("conflict", "Other sales changed the same products. Send the request again.");
}

/** Reads what the order is decided by. One round trip. @throws Problem unknown-product, invalid */
async function readOrderOffer(ctx: ActorCtx, input: OrderInput) {
  const offered = selectOffered(ctx, JSON.stringify(input.items), false);
  const terms = selectTerms(ctx);
  const customer = selectOrderCustomer(ctx, input);
  const approver = input.approval ? selectApprover(ctx, input.approval.user_id) : null;
  const done = await ctx.db.batch([offered, terms, customer, ...(approver ? [approver] : [])]);
  const [shop] = done.of(terms);
  if (!shop) throw new Error("the shop does not exist");
  const products = new Map(done.of(offered).map((product) => [product.id, product]));
  assertOffered(input.items, products);
  return {
    products,
    terms: shop,
    customer: done.of(customer),
    approver: approver ? done.of(approver) : [],
  };
}

type Priced = ReturnType<typeof priceForStaff> & {
  customer: ReturnType<typeof orderCustomer>;
  hold: string;
  approvedBy: string | null;
};

async function record(
  ctx: ActorCtx,
  input: OrderInput,
  { lines, total, customer, hold, approvedBy }: Priced,
  request: IdempotentRequest | null,
): Promise<OrderRow> {
  const id = newId();
  const eventId = newId();
  const { payment, note = null, shipping_address: address } = input;
  const provider = payment === "link" ? linkProvider(ctx) : null;
  const isLinked = provider !== null && isPayable(ctx, provider, total);
  const placed = returningSale(emit(ctx, ctx.tenant.id, eventId, "purchase.placed", saleJson(ctx, id)));
  const order = selectOrder(ctx, id);
  const after = { customer_id: customer.id, payment, total, lines: lines.length };
  const done = await ctx.db.batch([
    ...customer.statements,
    // The moves have the id of the sale: a cancellation finds the goods to return by it.
    ...saleStatements(
      ctx,
      lines.map((line) => ({ ...line, move_id: id })),
      [],
      {
        id,
        channel: sql`'online'`,
        status: pendingFor(ctx, customer.id),
        seller_id: ctx.actor.id,
        shift_id: sql`NULL`,
        late_shift_id: sql`NULL`,
        customer_id: customer.id,
        country: input.country ?? (address ? countryName(address.country) : null),
        payment_method: methodOf[payment],
        discount_reason: input.discount?.reason ?? null,
        rounding: 0,
        approved_by: approvedBy,
        client_id: null,
        is_offline: false,
        placed_at: ctx.now,
        number: nextNumber(ctx.tenant.id, "A", FIRST_ORDER),
        online: {
          shipping_address: address ? JSON.stringify(address) : null,
          payment_provider: isLinked ? provider : "manual",
          hold_expires_at: hold,
        },
      },
    ),
    storeDetails(ctx, id, {
      note,
      payment,
      payment_no: 0,
      link_expires_at: isLinked ? linkExpiry(ctx) : null,
      discounts: agreedDiscounts(input.items, input.discount),
    }),
    audit(ctx, "purchase.placed", id, { after: sql`${JSON.stringify(after)}` }),
    ...(approvedBy === null ? [] : [auditApproval(ctx, id, lines, approvedBy)]),
    placed,
    storeOrderMail(ctx, "order.placed", id, eventId),
    order,
    ...storeEventResponse(ctx.now, request, eventId),
  ]);
  return orderIn(done.of(order));
}
