// An unpaid purchase is cancelled by its buyer, by staff or when its hold expires. Its goods return to stock exactly once.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { findTenantIncludingClosed } from "../auth/shops/tenants.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx, Base, Ctx, OrderLinkCtx, Tenant } from "../platform/context.ts";
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
import { purchaseOf, cancelPaymentRequest } from "./payments/request-payment.ts";
import { cancelSale, isNoLongerPending } from "./payments/status.ts";
import { visibleSale } from "./history.ts";
import type { Purchase } from "./schema.ts";

const returnedItems = z.array(z.object({ product_id: z.string(), quantity: z.number(), unit: z.string() }));

const purchaseRow = z.object({
  tenant_id: z.string(),
  id: z.string(),
  status: z.string(),
  number: z.string().nullable(),
  total: z.number(),
  payment_provider: z.enum(["manual", "stripe"]).nullable(),
  items: z.string().transform((text) => returnedItems.parse(JSON.parse(text))),
});

type PurchaseRow = z.infer<typeof purchaseRow>;

// `items` has the products that were taken out of stock: one whose stock was not tracked then has no move with the id of the
// sale.
const purchaseColumns =
  sql.raw(`s.tenant_id, s.id, s.status, 'A-' || s.number AS number, s.total, s.payment_provider,
  (SELECT json_group_array(json_object('product_id', l.product_id, 'quantity', -l.quantity, 'unit', l.unit))
    FROM sale_lines l CROSS JOIN stock_moves m
      ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id AND m.id = l.sale_id
    WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id) AS items`);

/** Cancels the purchase; fails with an error of `isNoLongerPending` if it was settled meanwhile. One round trip. */
async function cancel(ctx: Ctx, purchase: PurchaseRow, additional: SQL[] = []): Promise<SaleBody> {
  const reserved = JSON.stringify(purchase.items.map((item) => ({ ...item, move_id: newId() })));
  // What is now counted in another unit cannot return to stock; it must not keep the purchase from being cancelled.
  const items = sql`(SELECT json_group_array(json(item.value)) FROM json_each(${reserved}) AS item
    CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = item.value ->> 'product_id' AND p.unit = item.value ->> 'unit')`;
  const { statements, sale } = cancelSale(ctx, purchase.id);
  const done = await ctx.db.batch([
    decrementStock(ctx, items),
    recordSaleMoves(ctx, items, "sale", purchase.id),
    ...statements,
    ...additional,
  ]);
  cancelPaymentRequest(ctx, purchase);
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
 * Cancels a pending purchase of the actor or the link, or of any buyer for staff, which the audit log records. One that is already
 * cancelled is returned. Two round trips. @throws Problem not-found, not-cancellable, idempotency-mismatch
 */
export async function cancelPurchase(
  ctx: CancellerCtx,
  id: string,
  key?: string,
): Promise<{ replayed: boolean; value: z.infer<typeof Purchase> }> {
  const keyOwner = ctx.actor === null ? guestActor(`order ${ctx.orderId}`) : ctx.actor.id;
  const request = idempotentRequest(ctx.tenant.id, keyOwner, key, { cancel: id });
  const { replayed, value } = await runOnceOrFind(
    ctx,
    request,
    Sale,
    () => cancelPending(ctx, id, request),
    async (error) =>
      error instanceof Problem && error.slug === "not-cancellable" ? findCancelled(ctx, id) : null,
  );
  return { replayed, value: purchaseOf(visibleSale(ctx, value)) };
}

async function cancelPending(
  ctx: CancellerCtx,
  id: string,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const [purchase] = await ctx.db.all(
    purchaseRow.extend({ customer_id: z.string().nullable() }),
    sql`SELECT ${purchaseColumns}, s.customer_id FROM sales s WHERE ${isCancellableBy(ctx, id)}`,
  );
  if (!purchase) throw notFound("purchase");
  if (purchase.status !== "pending") throw notCancellable();
  const states = { before: sql`'{"status":"pending"}'`, after: sql`'{"status":"cancelled"}'` };
  try {
    return await cancel(ctx, purchase, [
      ...(ctx.actor === null || purchase.customer_id === ctx.actor.id
        ? []
        : [audit(ctx, "purchase.cancelled", id, states)]),
      ...storeResponse(ctx.now, request, saleJson(ctx, id)),
    ]);
  } catch (error) {
    throw isNoLongerPending(error) ? notCancellable() : error;
  }
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
    sql`SELECT ${purchaseColumns} FROM sales s INDEXED BY sales_held
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
      // A failure must not block the other purchases; one that was paid or cancelled just now is not a failure.
      if (isNoLongerPending(error)) hasProgressed = true;
      else logFailure("hold", error);
    }
  }
  return again(hasProgressed && expired.length === PURCHASES_PER_PAGE);
}
