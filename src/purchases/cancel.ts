// A purchase that is not paid ends: its buyer cancels it, or its hold expires. Its goods go back to stock, exactly once.
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
import type { Purchase } from "./schema.ts";
import { cancelled, isSettled } from "./payments/status.ts";

const heldItems = z.array(z.object({ product_id: z.string(), quantity: z.number() }));

const heldRow = z.object({
  tenant_id: z.string(),
  id: z.string(),
  status: z.string(),
  number: z.string().nullable(),
  total: z.number(),
  payment_provider: z.enum(["manual", "stripe"]).nullable(),
  items: z.string().transform((text) => heldItems.parse(JSON.parse(text))),
});

type Held = z.infer<typeof heldRow>;

// Only what was taken goes back: a product whose stock was not counted then has no move with the sale's id.
const heldColumns =
  sql.raw(`s.tenant_id, s.id, s.status, 'A-' || s.number AS number, s.total, s.payment_provider,
  (SELECT json_group_array(json_object('product_id', l.product_id, 'quantity', -l.quantity))
    FROM sale_lines l CROSS JOIN stock_moves m
      ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id AND m.id = l.sale_id
    WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id) AS items`);

/** One round trip; `isSettled` tells why it failed. */
async function cancel(ctx: Ctx, held: Held): Promise<z.infer<typeof Purchase>> {
  const items = JSON.stringify(held.items.map((item) => ({ ...item, move_id: newId() })));
  const { statements, sale } = cancelled(ctx, held.id);
  const done = await ctx.db.batch([
    decrementStock(ctx, items),
    recordSaleMoves(ctx, items, "sale", held.id),
    ...statements,
  ]);
  cancelPaymentRequest(ctx, held);
  return purchaseOf(saleOf(done, sale));
}

const notCancellable = (): Problem =>
  new Problem("not-cancellable", "It is pending no more: ask the shop for a refund of what was paid.");

/** Cancels the actor's own pending purchase. Two round trips. @throws Problem not-found, not-cancellable */
export async function cancelPurchase(ctx: ActorCtx, id: string): Promise<z.infer<typeof Purchase>> {
  const [found] = await ctx.db.all(
    heldRow,
    sql`SELECT ${heldColumns} FROM sales s
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.kind = 'sale' AND s.customer_id = ${ctx.actor.id}`,
  );
  if (!found) throw notFound("purchase");
  if (found.status !== "pending") throw notCancellable();
  try {
    return await cancel(ctx, found);
  } catch (error) {
    throw isSettled(error) ? notCancellable() : error;
  }
}

// A Worker may ask D1 a thousand times; what is left waits for the next minute.
const SALES_A_RUN = 200;

/** Cancels the purchases of all shops whose hold has expired; a job of each minute. One round trip a purchase. */
export async function cancelExpired(ctx: Base): Promise<void> {
  const expired = await ctx.db.all(
    heldRow,
    sql`SELECT ${heldColumns} FROM sales s INDEXED BY sales_held
      WHERE s.status = 'pending' AND s.hold_expires_at <= ${ctx.now.toISOString()}
      ORDER BY s.hold_expires_at LIMIT ${SALES_A_RUN}`,
  );
  const tenants = new Map<string, Tenant | null>();
  for (const held of expired) {
    if (!tenants.has(held.tenant_id))
      tenants.set(held.tenant_id, await findTenantIncludingClosed(ctx, held.tenant_id));
    const tenant = tenants.get(held.tenant_id);
    if (!tenant) continue;
    try {
      await cancel({ ...ctx, tenant, actor: null }, held);
    } catch (error) {
      // It was paid or cancelled at this moment; whatever else fails must not keep the others.
      if (!isSettled(error)) logFailure("hold", error);
    }
  }
}
