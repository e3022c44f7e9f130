// An unpaid purchase is cancelled by its buyer, by staff or when its hold expires. Its goods return to stock exactly once.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { findTenantIncludingClosed } from "../auth/shops/tenants.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import {
  actorId,
  userIdOf,
  isStaff,
  type ActorCtx,
  type Base,
  type Ctx,
  type OrderLinkCtx,
  type Tenant,
} from "../platform/context.ts";
import type { Plan } from "../platform/plan.ts";
import { returning } from "../platform/d1.ts";
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

const purchaseRow = paymentTerms.extend({
  tenant_id: z.string(),
  id: z.string(),
  version: z.number(),
  number: z.string().nullable(),
  total: z.number(),
  payment_provider: z.enum(["manual", "stripe"]).nullable(),
  placed_from: z.string().nullable(),
});

type PurchaseRow = z.infer<typeof purchaseRow>;

const purchaseColumns = sql`s.tenant_id, s.id, s.version, 'A-' || s.number AS number, s.total, s.payment_provider,
  s.placed_from, ${termsColumns}`;

/**
 * A scalar query: the products that a sale took out of stock, as JSON. One whose stock was not tracked then has no move with the id of
 * the sale. What is now counted in another unit cannot return to stock; it must not keep the purchase from being cancelled.
 */
const reservedItems = (tenantId: string, saleId: string): SQL => {
  const moveId = newId();
  return sql`(SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity, 'move_id', ${moveId}))
    FROM (SELECT l.product_id, -sum(l.quantity) AS quantity FROM sale_lines l
      CROSS JOIN stock_moves m ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id AND m.id = l.sale_id
      CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id AND p.unit = l.unit
      WHERE l.tenant_id = ${tenantId} AND l.sale_id = ${saleId} GROUP BY l.product_id))`;
};

/** The statements that cancel a pending purchase of this version, and the handle of the sale. */
function cancellation(ctx: Ctx, id: string, version: number | SQL, reason: string | null) {
  const items = reservedItems(ctx.tenant.id, id);
  const { statements, sale } = cancelSale(ctx, id, version, reason);
  return {
    statements: [decrementStock(ctx, items), recordSaleMoves(ctx, items, "sale", id), ...statements],
    sale,
  };
}

/** What follows the commit of a cancellation. */
function afterCancellation(ctx: Ctx, purchase: PurchaseRow): void {
  cancelPaymentRequest(ctx, purchase, purchase);
  countUnpaid(ctx, ctx.tenant.id, purchase.placed_from);
}

const nothing: Plan<void> = { statements: [], read: () => {} };

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
  return sql`${isSale} AND (s.customer_id = ${userIdOf(ctx)} ${isStaff(ctx) ? sql`OR s.channel = 'online'` : sql``})`;
}

/**
 * Cancels a pending purchase of the actor or the link, or of any buyer for staff, which the audit log records with the reason. One that
 * is already cancelled is returned. One round trip. @throws Problem not-found, not-cancellable, idempotency-mismatch
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
  const keyOwner = ctx.actor === null ? guestActor(`order ${ctx.orderId}`) : actorId(ctx);
  const request = idempotentRequest(ctx.tenant.id, keyOwner, key, content);
  return runOnceOrFind(
    ctx,
    request,
    Sale,
    () => cancelPending(ctx, id, reason, request, also),
    async (error) => (error instanceof Problem ? null : findCancelled(ctx, id)),
  );
}

async function cancelPending(
  ctx: CancellerCtx,
  id: string,
  reason: string | null,
  request: IdempotentRequest | null,
  also: Plan<void>,
): Promise<SaleBody> {
  const isAllowed = isCancellableBy(ctx, id);
  const purchase = returning(
    purchaseRow,
    sql`SELECT ${purchaseColumns} FROM sales s ${joinDetails} WHERE ${isAllowed}`,
  );
  const version = sql`(SELECT s.version FROM sales s WHERE ${isAllowed})`;
  const { statements, sale } = cancellation(ctx, id, version, reason);
  const after = sql`${JSON.stringify({ status: "cancelled", ...(reason === null ? {} : { reason }) })}`;
  const isOfOther = sql`NOT EXISTS (SELECT 1 FROM sales
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND customer_id = ${userIdOf(ctx)})`;
  const done = await ctx.db.batch([
    purchase,
    ...statements,
    ...(isStaff(ctx)
      ? [
          audit(ctx, "purchase.cancelled", id, {
            before: sql`'{"status":"pending"}'`,
            after,
            when: isOfOther,
          }),
        ]
      : []),
    ...storeResponse(ctx.now, request, saleJson(ctx, id)),
    ...also.statements,
  ]);
  for (const row of done.of(purchase)) afterCancellation(ctx, row);
  also.read(done);
  return saleOf(done, sale);
}

const cancelledRow = z.object({ status: z.string(), sale: z.string() });

/** The sale if it is cancelled already; null if it could be cancelled now. @throws Problem not-found, not-cancellable */
async function findCancelled(ctx: CancellerCtx, id: string): Promise<SaleBody | null> {
  const [row] = await ctx.db.all(
    cancelledRow,
    sql`SELECT s.status, ${saleJson(ctx, id)} AS sale FROM sales s WHERE ${isCancellableBy(ctx, id)}`,
  );
  if (!row) throw notFound("purchase");
  if (row.status === "pending") return null;
  if (row.status !== "cancelled") throw notCancellable();
  return Sale.parse(JSON.parse(row.sale));
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
      const inTenant = { ...ctx, tenant, actor: null };
      await ctx.db.batch(cancellation(inTenant, purchase.id, purchase.version, null).statements);
      afterCancellation(inTenant, purchase);
      hasProgressed = true;
    } catch (error) {
      // A failure must not block the other purchases; one that was paid, cancelled or edited just now is not a failure.
      if (hasChanged(error)) hasProgressed = true;
      else logFailure("hold", error);
    }
  }
  return again(hasProgressed && expired.length === PURCHASES_PER_PAGE);
}
