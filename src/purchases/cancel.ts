// An unpaid purchase is cancelled by its buyer, by staff or when its hold expires. Its goods return to stock exactly once.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { findTenantIncludingClosed } from "../auth/shops/tenants.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx, Base, Ctx, OrderLinkCtx, Tenant } from "../platform/context.ts";
import type { Plan } from "../platform/plan.ts";
import { again } from "../platform/sweeps.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { notFound, Problem } from "../platform/problem.ts";
import {
  guestActor,
  idempotentRequest,
  runOnceOrFind,
  storeResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
import { saleJson, saleOf, type SaleBody } from "../sales/record.ts";
import { Sale } from "../sales/schema.ts";
import {
  cancelPaymentRequest,
  joinDetails,
  paymentTerms,
  purchaseOf,
  termsColumns,
} from "./payments/request-payment.ts";
import { cancelSale, hasChanged } from "./payments/status.ts";
import { visibleSale } from "./history.ts";
import type { Purchase } from "./schema.ts";
import { countUnpaid } from "./unpaid-orders.ts";

const returnedItems = z.array(z.object({ product_id: z.string(), quantity: z.number(), unit: z.string() }));

const purchaseRow = paymentTerms.extend({
  tenant_id: z.string(),
  id: z.string(),
  status: z.string(),
  version: z.number(),
  number: z.string().nullable(),
  total: z.number(),
  payment_provider: z.enum(["manual", "stripe"]).nullable(),
  placed_from: z.string().nullable(),
  items: z.string().transform((text) => returnedItems.parse(JSON.parse(text))),
});

type PurchaseRow = z.infer<typeof purchaseRow>;

// `items` has the products that were taken out of stock: one whose stock was not tracked then has no move with the id of the
// sale.
const purchaseColumns = sql`s.tenant_id, s.id, s.status, s.version, 'A-' || s.number AS number, s.total, s.payment_provider, s.placed_from,
  (SELECT json_group_array(json_object('product_id', l.product_id, 'quantity', -l.quantity, 'unit', l.unit))
    FROM sale_lines l CROSS JOIN stock_moves m
      ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id AND m.id = l.sale_id
    WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id) AS items, ${termsColumns}`;

const nothing: Plan<void> = { statements: [], read: () => {} };

/** Cancels the purchase; fails with an error of `hasChanged` if it was settled or edited meanwhile. One round trip. */
async function cancel(
  ctx: Ctx,
  purchase: PurchaseRow,
  reason: string | null = null,
  additional: SQL[] = [],
  also: Plan<void> = nothing,
): Promise<SaleBody> {
  const reserved = JSON.stringify(purchase.items.map((item) => ({ ...item, move_id: newId() })));
  // What is now counted in another unit cannot return to stock; it must not keep the purchase from being cancelled.
  const items = sql`(SELECT json_group_array(json(item.value)) FROM json_each(${reserved}) AS item
    CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = item.value ->> 'product_id' AND p.unit = item.value ->> 'unit')`;
  const { statements, sale } = cancelSale(ctx, purchase.id, purchase.version, reason);
  const done = await ctx.db.batch([
    decrementStock(ctx, items),
    recordSaleMoves(ctx, items, "sale", purchase.id),
    ...statements,
    ...additional,
    ...also.statements,
  ]);
  cancelPaymentRequest(ctx, purchase, purchase);
  countUnpaid(ctx, ctx.tenant.id, purchase.placed_from);
  also.read(done);
  return saleOf(done, sale);
}

const notCancellable = (): Problem =>
  new Problem(
    "not-cancellable",
    "The purchase is no longer pending. If it was paid, ask the shop for a refund.",
  );

type CancellerCtx = ActorCtx | OrderLinkCtx;

/** The condition on the sale `s`: a purchase of the actor, the order of the link, or for staff any online purchase of the shop. */
function isCancellableBy(ctx: CancellerCtx, id: string): SQL {
  const isSale = sql`s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.kind = 'sale'`;
  if (ctx.actor === null) return sql`${isSale} AND s.id = ${ctx.orderId} AND s.channel = 'online'`;
  const { id: actorId, role } = ctx.actor;
  return sql`${isSale} AND (s.customer_id = ${actorId} ${role === "CUSTOMER" ? sql`` : sql`OR s.channel = 'online'`})`;
}

/**
 * Cancels a pending purchase of the actor or the link, or of any buyer for staff, which the audit log records with the reason. One that
 * is already cancelled is returned. Two round trips. @throws Problem not-found, not-cancellable, idempotency-mismatch
 */
export async function cancelPurchase(
  ctx: CancellerCtx,
  id: string,
  key?: string,
): Promise<{ replayed: boolean; value: z.infer<typeof Purchase> }> {
  const { replayed, value } = await cancelOnce(ctx, id, null, key);
  return { replayed, value: purchaseOf(visibleSale(ctx, value)) };
}

/** `cancelPurchase` with a reason, returning the sale. The batch that cancels it also runs the plan `also`. */
export function cancelOnce(
  ctx: CancellerCtx,
  id: string,
  reason: string | null,
  key: string | undefined,
  also: Plan<void> = nothing,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const content = { cancel: id, ...(reason === null ? {} : { reason }) };
  const keyOwner = ctx.actor === null ? guestActor(`order ${ctx.orderId}`) : ctx.actor.id;
  const request = idempotentRequest(ctx.tenant.id, keyOwner, key, content);
  return runOnceOrFind(
    ctx,
    request,
    Sale,
    () => cancelPending(ctx, id, reason, request, also),
    async (error) =>
      error instanceof Problem && error.slug === "not-cancellable" ? findCancelled(ctx, id) : null,
  );
}

// Each edit by staff at the same moment costs an attempt.
const MAX_CONFLICT_RETRIES = 20;

async function cancelPending(
  ctx: CancellerCtx,
  id: string,
  reason: string | null,
  request: IdempotentRequest | null,
  also: Plan<void>,
): Promise<SaleBody> {
  for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
    const [purchase] = await ctx.db.all(
      purchaseRow.extend({ customer_id: z.string().nullable() }),
      sql`SELECT ${purchaseColumns}, s.customer_id FROM sales s ${joinDetails} WHERE ${isCancellableBy(ctx, id)}`,
    );
    if (!purchase) throw notFound("purchase");
    if (purchase.status !== "pending") throw notCancellable();
    const before = sql`'{"status":"pending"}'`;
    const after = sql`${JSON.stringify({ status: "cancelled", ...(reason === null ? {} : { reason }) })}`;
    try {
      const additional = [
        ...(ctx.actor === null || purchase.customer_id === ctx.actor.id
          ? []
          : [audit(ctx, "purchase.cancelled", id, { before, after })]),
        ...storeResponse(ctx.now, request, saleJson(ctx, id)),
      ];
      return await cancel(ctx, purchase, reason, additional, also);
    } catch (error) {
      if (!hasChanged(error)) throw error;
    }
  }
  throw new Problem("conflict", "Others are changing this purchase. Send the request again.");
}

async function findCancelled(ctx: CancellerCtx, id: string): Promise<SaleBody | null> {
  const [row] = await ctx.db.all(
    z.object({ sale: z.string() }),
    sql`SELECT ${saleJson(ctx, id)} AS sale FROM sales s WHERE ${isCancellableBy(ctx, id)} AND s.status = 'cancelled'`,
  );
  return row ? Sale.parse(JSON.parse(row.sale)) : null;
}

// A purchase takes some eight of the thousand statements of an invocation.
const PURCHASES_PER_PAGE = 20;

/** Cancels the purchases of all shops whose hold has expired; a page of a sweep. One round trip a purchase. */
export async function cancelExpired(ctx: Base): Promise<string | null> {
  const expired = await ctx.db.all(
    purchaseRow,
    sql`SELECT ${purchaseColumns} FROM sales s INDEXED BY sales_held ${joinDetails}
      WHERE s.status = 'pending' AND s.hold_expires_at <= ${ctx.now.toISOString()}
      ORDER BY s.hold_expires_at LIMIT ${PURCHASES_PER_PAGE}`,
  );
  const tenants = new Map<string, Tenant | null>();
  let hasProgressed = false;
  for (const purchase of expired) {
    if (!tenants.has(purchase.tenant_id))
      tenants.set(purchase.tenant_id, await findTenantIncludingClosed(ctx, purchase.tenant_id));
    const tenant = tenants.get(purchase.tenant_id);
    if (!tenant) continue;
    try {
      await cancel({ ...ctx, tenant, actor: null }, purchase);
      hasProgressed = true;
    } catch (error) {
      // A failure must not block the other purchases; one that was paid, cancelled or edited just now is not a failure.
      if (hasChanged(error)) hasProgressed = true;
      else logFailure("hold", error);
    }
  }
  return again(hasProgressed && expired.length === PURCHASES_PER_PAGE);
}
