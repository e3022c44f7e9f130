// A counter sale: one batch that commits the whole sale or nothing. It is priced with what this isolate remembers of the shop, else
// with one read. The batch rejects a sale whose products, stock or terms are other than it was priced with; it is then read and
// priced again.
import { sql, type SQL } from "drizzle-orm";
import { audit } from "../audit/log.ts";
import { buyerOf } from "../customers/customers.ts";
import { verifyApproval } from "../auth/approvals/approve.ts";
import { actorId, type ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { violates } from "../platform/d1.ts";
import { emit, numberEvents } from "../events/outbox.ts";
import {
  idempotentRequest,
  runOnce,
  storeEventResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { Problem } from "../platform/problem.ts";
import { itemsInUnits } from "../values/quantities.ts";
import { closeAlerts } from "../shifts/activity/alerts.ts";
import { openShiftId } from "../shifts/record.ts";
import { counterChannel, violatesShiftPolicy, shiftRequired } from "../shifts/desk/shift-policy.ts";
import { assertSameItems, findByClientId, violatesClientId } from "./client-id.ts";
import { emitDiscrepancies } from "./oversell.ts";
import { DEFAULT_METHOD, priceSale, type PricedSale } from "./price-sale.ts";
import {
  assertOffered,
  hasTerms,
  readOffer,
  type SaleInput,
  sellerOf,
  shiftOf,
  type Terms,
} from "./read-offer.ts";
import { recallOffer, rememberOffer } from "./remembered-offer.ts";
import { saleJson, markSale, returningSale, saleOf, type SaleBody } from "./record.ts";
import {
  saleStatements,
  nextNumber,
  rejectChangedTerms,
  SALE_CONSTRAINTS,
  type SaleLineRow,
} from "./sale-statements.ts";
import { Sale } from "./schema.ts";
import { singleMethod } from "./settlement.ts";

const MAX_CONFLICT_RETRIES = 20;

/**
 * Sells over the counter; the seller is the signed-in user, or whom an API key names. One round trip where the isolate remembers
 * the products, else two, unless a concurrent change makes it price the sale again.
 * @throws Problem no-open-shift, unknown-product, unknown-customer, out-of-stock, amount-too-large, payments-mismatch,
 * approval-required, invalid-approval, too-many-attempts, invalid, idempotency-mismatch, conflict
 */
export async function sell(
  ctx: ActorCtx,
  input: SaleInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, contentOf(input));
  let isKnown = false;
  let approvedBy: string | null = null;
  const repeated = (sale: SaleBody): SaleBody => {
    assertSameItems(sale, input.items);
    isKnown = true;
    return sale;
  };
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    const sold = await sellAsRecalled(ctx, input, request);
    if (sold) return sold;
    for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
      const offer = await readOffer(ctx, input, request);
      if (offer.existing) return repeated(offer.existing);
      rememberOffer(ctx.tenant, offer);
      try {
        if (input.approval) approvedBy ??= await verifyApproval(ctx, input.approval, offer.approver);
        return await record(ctx, input, priceSale(ctx, input, offer, approvedBy), request);
      } catch (error) {
        const existing = await findByClientId(ctx, input.client_id, error);
        if (existing) return repeated(existing);
        if (violatesShiftPolicy(error)) throw shiftRequired(input.sold_at);
        rejectChangedTerms(error);
        if (!isOutdated(error)) throw error;
      }
    }
    throw new Problem("conflict", "Other sales changed the same products. Send the request again.");
  });
  return { replayed: replayed || isKnown, value };
}

/** Whether D1 rejected a sale because it was priced with what has changed since. */
const isOutdated = (error: unknown): boolean =>
  [...SALE_CONSTRAINTS, "sales.status"].some((constraint) => violates(error, constraint));

/** The sale, priced with what this isolate remembers; null if that is not enough, or D1 rejects it for a reason that a read tells. */
async function sellAsRecalled(
  ctx: ActorCtx,
  input: SaleInput,
  request: IdempotentRequest | null,
): Promise<SaleBody | null> {
  const priced = priceAsRecalled(ctx, input);
  if (!priced) return null;
  try {
    return await record(ctx, input, priced, request);
  } catch (error) {
    rejectChangedTerms(error);
    if (isOutdated(error) || violatesShiftPolicy(error) || violatesClientId(error)) return null;
    throw error;
  }
}

/** Null also where the sale would be refused: the reason may be out of date. */
function priceAsRecalled(ctx: ActorCtx, input: SaleInput): PricedSale | null {
  const offer = recallOffer(ctx.tenant, input);
  try {
    if (offer) assertOffered(input.items, offer.products);
    return offer && priceSale(ctx, input, offer, null);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** What makes two requests the same one. The PIN must not be stored, even as a part of a fingerprint. */
const contentOf = ({ items, payment_method, approval, ...others }: SaleInput): object => ({
  items: itemsInUnits(items),
  payment_method: others.payments ? undefined : (payment_method ?? DEFAULT_METHOD),
  ...others,
  approval: approval?.user_id,
});

/** SQL for `sales.status`: 'completed', or NULL where the shop has other terms, or no such customer or they were erased. */
const statusFor = (ctx: ActorCtx, customerId: string | undefined, terms: Terms): SQL =>
  customerId === undefined
    ? sql`iif(${hasTerms(ctx, terms)}, 'completed', NULL)`
    : sql`(SELECT 'completed' FROM users
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${buyerOf(ctx.tenant.id, customerId)} AND erased_at IS NULL
          AND ${hasTerms(ctx, terms)})`;

/** The statement that records which discounts and prices an ADMIN approved. */
export const auditApproval = (ctx: ActorCtx, id: string, lines: SaleLineRow[], approvedBy: string): SQL =>
  audit(ctx, "sale.approved", id, {
    after: sql`${JSON.stringify({
      approved_by: approvedBy,
      discount: lines.reduce((sum, { discount }) => sum + discount, 0),
      prices: lines
        .filter((line) => line.unit_price !== line.list_price)
        .map(({ product_id, list_price, unit_price }) => ({ product_id, list_price, unit_price })),
    })}`,
  });

async function record(
  ctx: ActorCtx,
  input: SaleInput,
  { lines, payments, rounding, approved_by, oversell, terms }: PricedSale,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const id = newId();
  const eventId = newId();
  const tenantId = ctx.tenant.id;
  const shiftId = shiftOf(ctx, input);
  const sellerId = sellerOf(ctx, input);
  const openShift = openShiftId(tenantId, sellerId);
  const placedAt = input.sold_at === undefined ? ctx.now : new Date(input.sold_at);
  const emitted = ctx.outbox.length;
  const completed = returningSale(emit(ctx, tenantId, eventId, "sale.completed", saleJson(ctx, id)));
  const statements = [
    // First, so that a repeated request is known by its key whatever else would reject it.
    ...storeEventResponse(ctx.now, request, eventId),
    ...saleStatements(
      ctx,
      lines,
      payments,
      {
        id,
        channel: counterChannel(ctx, sellerId, shiftId),
        status: statusFor(ctx, input.customer_id, terms),
        seller_id: sellerId,
        shift_id: shiftId,
        late_shift_id:
          input.sold_at === undefined
            ? sql`NULL`
            : sql`iif(${shiftId} IS NULL, ${openShift}, (SELECT iif(h.status = 'CLOSED', coalesce(${openShift}, h.id), NULL)
                FROM shifts h WHERE h.tenant_id = ${tenantId} AND h.id = ${shiftId}))`,
        customer_id: input.customer_id === undefined ? null : buyerOf(tenantId, input.customer_id),
        country: input.country ?? null,
        payment_method: singleMethod(payments),
        discount_reason: input.discount?.reason ?? null,
        rounding,
        approved_by,
        client_id: input.client_id ?? null,
        is_offline: input.offline === true,
        placed_at: placedAt,
        number: nextNumber(tenantId, "C"),
        online: null,
      },
      oversell,
    ),
    // A sale by a person has its seller.
    ...(ctx.actor.kind === "key" ? [audit(ctx, "sale.added", id)] : []),
    ...(approved_by === null ? [] : [auditApproval(ctx, id, lines, approved_by)]),
    ...(oversell ? [emitDiscrepancies(ctx, id, lines)] : []),
    // A sale of earlier is no sign that its seller is active now.
    ...(input.sold_at === undefined ? [closeAlerts(tenantId, openShift, ctx.now.toISOString(), "idle")] : []),
    ...markSale(tenantId, id, dayOf(placedAt, ctx.tenant.timezone), placedAt.toISOString()),
    completed,
  ];
  const done = await ctx.db.batch(statements).catch((error: unknown) => {
    // A batch that D1 rejected has emitted nothing; one that failed otherwise may have been committed.
    if (!(error instanceof Problem)) ctx.outbox.splice(emitted);
    throw error;
  });
  const sale = saleOf(done, completed);
  numberEvents(ctx, sale.number);
  return sale;
}
