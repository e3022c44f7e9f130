// A counter sale: one read, then one batch that commits the whole sale or nothing. The batch rejects a sale whose products, stock
// or terms have changed since the read, and the sale is priced again.
import { sql, type SQL } from "drizzle-orm";
import { audit } from "../audit/log.ts";
import { buyerOf } from "../customers/customers.ts";
import { verifyApproval } from "../auth/approvals/approve.ts";
import type { ActorCtx } from "../platform/context.ts";
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
import { assertSameItems, findByClientId } from "./client-id.ts";
import { emitDiscrepancies } from "./oversell.ts";
import { DEFAULT_METHOD, priceSale, type PricedSale } from "./price-sale.ts";
import { readOffer, type SaleInput, shiftOf } from "./read-offer.ts";
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
 * Sells over the counter; the seller is the actor. Two round trips, unless a concurrent change makes it price the sale again.
 * @throws Problem no-open-shift, unknown-product, unknown-customer, out-of-stock, amount-too-large, payments-mismatch,
 * approval-required, invalid-approval, too-many-attempts, invalid, idempotency-mismatch, conflict
 */
export async function sell(
  ctx: ActorCtx,
  input: SaleInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, contentOf(input));
  let isKnown = false;
  let approvedBy: string | null = null;
  const repeated = (sale: SaleBody): SaleBody => {
    assertSameItems(sale, input.items);
    isKnown = true;
    return sale;
  };
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
      const offer = await readOffer(ctx, input);
      if (offer.existing) return repeated(offer.existing);
      try {
        if (input.approval) approvedBy ??= await verifyApproval(ctx, input.approval, offer.approver);
        return await record(ctx, input, priceSale(ctx, input, offer, approvedBy), request);
      } catch (error) {
        const existing = await findByClientId(ctx, input.client_id, error);
        if (existing) return repeated(existing);
        if (violatesShiftPolicy(error)) throw shiftRequired(input.sold_at);
        rejectChangedTerms(error);
        if (![...SALE_CONSTRAINTS, "sales.status"].some((constraint) => violates(error, constraint)))
          throw error;
      }
    }
    throw new Problem("conflict", "Other sales changed the same products. Send the request again.");
  });
  return { replayed: replayed || isKnown, value };
}

/** What makes two requests the same one. The PIN must not be stored, even as a part of a fingerprint. */
const contentOf = ({ items, payment_method, approval, ...others }: SaleInput): object => ({
  items: itemsInUnits(items),
  payment_method: others.payments ? undefined : (payment_method ?? DEFAULT_METHOD),
  ...others,
  approval: approval?.user_id,
});

/** A scalar query for `sales.status`: 'completed', or NULL where the shop has no such customer or they were erased. */
const statusFor = (ctx: ActorCtx, customerId: string | undefined): SQL =>
  customerId === undefined
    ? sql`'completed'`
    : sql`(SELECT 'completed' FROM users
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${buyerOf(ctx.tenant.id, customerId)} AND erased_at IS NULL)`;

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
  { lines, payments, rounding, approved_by, oversell }: PricedSale,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const id = newId();
  const eventId = newId();
  const tenantId = ctx.tenant.id;
  const shiftId = shiftOf(ctx, input);
  const openShift = openShiftId(tenantId, ctx.actor.id);
  const placedAt = input.sold_at === undefined ? ctx.now : new Date(input.sold_at);
  const completed = returningSale(emit(ctx, tenantId, eventId, "sale.completed", saleJson(ctx, id)));
  const done = await ctx.db.batch([
    ...saleStatements(
      ctx,
      lines,
      payments,
      {
        id,
        channel: counterChannel(ctx, shiftId),
        status: statusFor(ctx, input.customer_id),
        seller_id: ctx.actor.id,
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
    ...(approved_by === null ? [] : [auditApproval(ctx, id, lines, approved_by)]),
    ...(oversell ? [emitDiscrepancies(ctx, id, lines)] : []),
    // A sale of earlier is no sign that its seller is active now.
    ...(input.sold_at === undefined ? [closeAlerts(tenantId, openShift, ctx.now.toISOString(), "idle")] : []),
    ...markSale(tenantId, id, dayOf(placedAt, ctx.tenant.timezone), placedAt.toISOString()),
    completed,
    ...storeEventResponse(ctx.now, request, eventId),
  ]);
  const sale = saleOf(done, completed);
  numberEvents(ctx, sale.number);
  return sale;
}
