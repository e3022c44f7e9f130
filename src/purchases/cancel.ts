// An unpaid purchase is cancelled by its buyer or when its hold expires. Its goods return to stock exactly once.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { findTenantIncludingClosed } from "../auth/shops/tenants.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx, Base, Ctx, Tenant } from "../platform/context.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { saleOf } from "../sales/record.ts";
import { purchaseOf, cancelPaymentRequest } from "./payments/request-payment.ts";
import { cancelSale, isNoLongerPending } from "./payments/status.ts";
import type { Purchase } from "./schema.ts";

const returnedItems = z.array(z.object({ product_id: z.string(), quantity: z.number() }));

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
  (SELECT json_group_array(json_object('product_id', l.product_id, 'quantity', -l.quantity))
    FROM sale_lines l CROSS JOIN stock_moves m
      ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id AND m.id = l.sale_id
    WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id) AS items`);

/** Cancels the purchase; fails with an error of `isNoLongerPending` if it was settled meanwhile. One round trip. */
async function cancel(ctx: Ctx, purchase: PurchaseRow): Promise<z.infer<typeof Purchase>> {
  const items = JSON.stringify(purchase.items.map((item) => ({ ...item, move_id: newId() })));
  const { statements, sale } = cancelSale(ctx, purchase.id);
  const done = await ctx.db.batch([
    decrementStock(ctx, items),
    recordSaleMoves(ctx, items, "sale", purchase.id),
    ...statements,
  ]);
  cancelPaymentRequest(ctx, purchase);
  return purchaseOf(saleOf(done, sale));
}

const notCancellable = (): Problem =>
  new Problem(
    "not-cancellable",
    "The purchase is no longer pending. If it was paid, ask the shop for a refund.",
  );

/** Cancels a pending purchase of the actor. Two round trips. @throws Problem not-found, not-cancellable */
export async function cancelPurchase(ctx: ActorCtx, id: string): Promise<z.infer<typeof Purchase>> {
  const [purchase] = await ctx.db.all(
    purchaseRow,
    sql`SELECT ${purchaseColumns} FROM sales s
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.kind = 'sale' AND s.customer_id = ${ctx.actor.id}`,
  );
  if (!purchase) throw notFound("purchase");
  if (purchase.status !== "pending") throw notCancellable();
  try {
    return await cancel(ctx, purchase);
  } catch (error) {
    throw isNoLongerPending(error) ? notCancellable() : error;
  }
}

// An invocation may run a thousand queries; the rest waits for the next minute.
const MAX_PER_RUN = 200;

/** Cancels the purchases of all shops whose hold has expired; a job of each minute. One round trip a purchase. */
export async function cancelExpired(ctx: Base): Promise<void> {
  const expired = await ctx.db.all(
    purchaseRow,
    sql`SELECT ${purchaseColumns} FROM sales s INDEXED BY sales_held
      WHERE s.status = 'pending' AND s.hold_expires_at <= ${ctx.now.toISOString()}
      ORDER BY s.hold_expires_at LIMIT ${MAX_PER_RUN}`,
  );
  const tenants = new Map<string, Tenant | null>();
  for (const purchase of expired) {
    if (!tenants.has(purchase.tenant_id))
      tenants.set(purchase.tenant_id, await findTenantIncludingClosed(ctx, purchase.tenant_id));
    const tenant = tenants.get(purchase.tenant_id);
    if (!tenant) continue;
    try {
      await cancel({ ...ctx, tenant, actor: null }, purchase);
    } catch (error) {
      // A failure must not block the other purchases; one that was paid or cancelled just now is not a failure.
      if (!isNoLongerPending(error)) logFailure("hold", error);
    }
  }
}
