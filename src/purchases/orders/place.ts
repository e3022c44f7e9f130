// Staff take an order on behalf of a customer: one batch stores the order, its customer if they are new, and takes the stock, or changes
// nothing. It is priced like a counter sale, with what this isolate remembers, else with one read, and pending like a purchase in the
// web shop.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../../audit/log.ts";
import { selectApprover, verifyApproval } from "../../auth/approvals/approve.ts";
import { emit } from "../../events/outbox.ts";
import {
  idempotentRequest,
  runOnce,
  selectStored,
  stopIfStored,
  storedSaleId,
  storeEventResponse,
  type IdempotentRequest,
} from "../../idempotency/run-once.ts";
import { attempt } from "../../platform/attempt.ts";
import { actorId, userIdOf, type ActorCtx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { selectOffered } from "../../sales/offer.ts";
import { asOffered, priceForStaff } from "../../sales/price-sale.ts";
import { assertOffered, hasTerms, selectTerms, type Terms } from "../../sales/read-offer.ts";
import { recallOffer, rememberOffer } from "../../sales/remembered-offer.ts";
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
import { orderCustomer, pendingFor, selectOrderCustomer, unreadCustomer } from "./customer.ts";
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
 * Takes an order; the seller is the actor. One round trip where the isolate remembers the products, else two, unless a concurrent change
 * makes it price the order again.
 * @throws Problem unknown-product, unknown-customer, out-of-stock, amount-too-large, no-payment-link, approval-required, invalid-approval,
 * too-many-attempts, invalid, idempotency-mismatch, conflict
 */
export async function placeOrder(
  ctx: ActorCtx,
  input: OrderInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: OrderBody }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, contentOf(input));
  if (input.payment === "link" && linkProvider(ctx) === null)
    throw new Problem("no-payment-link", "No payment provider with links is configured.");
  const hold = holdUntil(ctx, input.payment, input.hold_until);
  const placed: OrderRow[] = [];
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    const order =
      (await attempt(ctx, () => placeAsRecalled(ctx, input, hold, request))) ??
      (await placeNow(ctx, input, hold, request, placed));
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

/** The order, priced with what this isolate remembers, null if that is not enough. */
async function placeAsRecalled(
  ctx: ActorCtx,
  input: OrderInput,
  hold: string,
  request: IdempotentRequest | null,
): Promise<OrderRow | null> {
  const offer = recallOffer(ctx.tenant, input);
  if (!offer) return null;
  assertOffered(input.items, offer.products);
  const customer = unreadCustomer(ctx, input);
  const priced = priceForStaff(ctx, asOffered(input, offer), input.discount, offer.terms, null);
  return record(ctx, input, { ...priced, customer, hold, approvedBy: null, terms: offer.terms }, request);
}

async function placeNow(
  ctx: ActorCtx,
  input: OrderInput,
  hold: string,
  request: IdempotentRequest | null,
  earlier: OrderRow[],
): Promise<OrderRow> {
  let approvedBy: string | null = null;
  for (let nth = 0; nth < MAX_CONFLICT_RETRIES; nth += 1) {
    const offer = await readOrderOffer(ctx, input, request, earlier);
    rememberOffer(ctx.tenant, offer);
    if (input.approval) approvedBy ??= await verifyApproval(ctx, input.approval, offer.approver);
    const customer = orderCustomer(ctx, input, offer.customer);
    const offered = asOffered(input, offer);
    const priced = priceForStaff(ctx, offered, input.discount, offer.terms, approvedBy);
    assertInStock(offered);
    try {
      return await record(ctx, input, { ...priced, customer, hold, approvedBy, terms: offer.terms }, request);
    } catch (error) {
      rejectChangedTerms(error);
      if (!CONSTRAINTS.some((constraint) => violates(error, constraint))) throw error;
    }
  }
  throw new Problem("conflict", "Other sales changed the same products. Send the request again.");
}

/**
 * Reads what the order is decided by, and into `earlier` the order that an earlier request with the same key has placed. One round trip.
 * @throws Problem unknown-product, invalid
 */
async function readOrderOffer(
  ctx: ActorCtx,
  input: OrderInput,
  request: IdempotentRequest | null,
  earlier: OrderRow[],
) {
  const offered = selectOffered(ctx, JSON.stringify(input.items), false);
  const terms = selectTerms(ctx);
  const customer = selectOrderCustomer(ctx, input);
  const approver = input.approval ? selectApprover(ctx, input.approval.user_id) : null;
  const stored = selectStored(request);
  const placed = request ? [selectOrder(ctx, storedSaleId(request))] : [];
  const optional = approver ? [approver] : [];
  const done = await ctx.db.batch([offered, terms, customer, ...optional, ...stored, ...placed]);
  for (const order of placed) earlier.push(...done.of(order));
  stopIfStored(done, stored);
  const [shop] = done.of(terms);
  if (!shop) throw new Error("the shop does not exist");
  const products = new Map(done.of(offered).map((product) => [product.id, product]));
  assertOffered(input.items, products);
  return {
    products,
    terms: shop,
    customer: done.of(customer),
    approver: approver ? done.of(approver) : [],
    existing: null,
  };
}

type Priced = ReturnType<typeof priceForStaff> & {
  customer: ReturnType<typeof orderCustomer>;
  hold: string;
  approvedBy: string | null;
  terms: Terms;
};

async function record(
  ctx: ActorCtx,
  input: OrderInput,
  { lines, total, customer, hold, approvedBy, terms }: Priced,
  request: IdempotentRequest | null,
): Promise<OrderRow> {
  const id = newId();
  const eventId = newId();
  const { payment, note = null, shipping_address: address } = input;
  const provider = payment === "link" ? linkProvider(ctx) : null;
  const isLinked = provider !== null && isPayable(ctx, provider, total);
  const placed = returningSale(emit(ctx, ctx.tenant.id, eventId, "purchase.placed", saleJson(ctx, id)));
  const order = selectOrder(ctx, id);
  const after = JSON.stringify({ payment, total, lines: lines.length });
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
        status: sql`iif(${hasTerms(ctx, terms)}, ${pendingFor(ctx, customer.id)}, NULL)`,
        seller_id: userIdOf(ctx),
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
    audit(ctx, "purchase.placed", id, { after: sql`json_set(${after}, '$.customer_id', ${customer.id})` }),
    ...(approvedBy === null ? [] : [auditApproval(ctx, id, lines, approvedBy)]),
    placed,
    storeOrderMail(ctx, "order.placed", id, eventId),
    order,
    ...storeEventResponse(ctx.now, request, eventId),
  ]);
  return orderIn(done.of(order));
}
