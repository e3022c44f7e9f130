// A link to the page of the payment provider, when the earlier one has expired or the order was to be paid otherwise. Each link is a
// request for payment of its own; the earlier request is cancelled.
import { sql } from "drizzle-orm";
import { audit } from "../../audit/log.ts";
import {
  idempotentRequest,
  runOnceOrFind,
  selectStored,
  stopIfStored,
  storeResponse,
  type IdempotentRequest,
} from "../../idempotency/run-once.ts";
import { actorId, type ActorCtx } from "../../platform/context.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { saleJson } from "../../sales/record.ts";
import { Sale } from "../../sales/schema.ts";
import { cancelPaymentRequest } from "../payments/request-payment.ts";
import { hasChanged } from "../payments/status.ts";
import { getOrder, type OrderBody, orderIn, orderOf, type OrderRow, selectOrder } from "./order.ts";
import { type OrderState, selectState } from "./read-edit.ts";
import { isPayable, linkExpiry, linkProvider, methodOf, storeDetails } from "./terms.ts";

const MAX_CONFLICT_RETRIES = 20;

// A link that expires within the hour is of no use to the customer.
const MIN_LEFT_MS = 3_600_000;

const noLink = (detail: string): Problem => new Problem("no-payment-link", detail);

/**
 * Gives a pending order a link by which it is paid, and extends its hold until the link expires; an order whose link is valid for
 * another hour is returned as it is. Two round trips. @throws Problem not-found, no-payment-link, idempotency-mismatch, conflict
 */
export async function renewLink(
  ctx: ActorCtx,
  id: string,
  key: string | undefined,
): Promise<{ replayed: boolean; value: OrderBody }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { payment_link: id });
  const renewed: OrderRow[] = [];
  const { replayed } = await runOnceOrFind(
    ctx,
    request,
    Sale.pick({ id: true }),
    async () => {
      renewed.push(await renew(ctx, id, request));
      return { id };
    },
    async (error) => (error === stillValid ? { id } : null),
  );
  const [order] = renewed;
  return { replayed, value: order ? await orderOf(ctx, order) : await getOrder(ctx, id) };
}

const stillValid = new Error("the order has a valid link");

async function renew(ctx: ActorCtx, id: string, request: IdempotentRequest | null): Promise<OrderRow> {
  for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
    const state = selectState(ctx, id);
    const stored = selectStored(request);
    const done = await ctx.db.batch([state, ...stored]);
    stopIfStored(done, stored);
    const [order] = done.of(state);
    if (!order) throw notFound("order");
    try {
      return await renewOnce(ctx, id, order, request);
    } catch (error) {
      if (!hasChanged(error)) throw error;
    }
  }
  throw new Problem("conflict", "Others are changing this order. Send the request again.");
}

async function renewOnce(
  ctx: ActorCtx,
  id: string,
  order: OrderState,
  request: IdempotentRequest | null,
): Promise<OrderRow> {
  const { status, total, version, link_expires_at: current } = order;
  if (status !== "pending") throw noLink(`The order is ${status}.`);
  const provider = linkProvider(ctx);
  if (provider === null) throw noLink("No payment provider with links is configured.");
  if (!isPayable(ctx, provider, total)) throw noLink(`The payment provider cannot take a total of ${total}.`);
  if (current !== null && Date.parse(current) - ctx.now.getTime() > MIN_LEFT_MS) throw stillValid;
  const expiresAt = linkExpiry(ctx);
  const isOrder = sql`tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const renewed = selectOrder(ctx, id);
  const done = await ctx.db.batch([
    audit(ctx, "purchase.link_renewed", id, {
      before: sql`${JSON.stringify({ payment: order.payment_terms, link_expires_at: current })}`,
      after: sql`${JSON.stringify({ payment: "link", link_expires_at: expiresAt })}`,
    }),
    sql`UPDATE sales SET version = version + 1, payment_provider = ${provider}, payment_method = ${methodOf.link},
        status = CASE WHEN status = 'pending' AND version = ${version} THEN status END,
        hold_expires_at = max(hold_expires_at, ${expiresAt}) WHERE ${isOrder}`,
    storeDetails(ctx, id, {
      note: order.note,
      payment: "link",
      payment_no: order.payment_no + 1,
      link_expires_at: expiresAt,
      discounts: order.discounts,
    }),
    ...storeResponse(ctx.now, request, saleJson(ctx, id)),
    renewed,
  ]);
  cancelPaymentRequest(ctx, { id, ...order }, order);
  return orderIn(done.of(renewed));
}
