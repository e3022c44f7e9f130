// Money that comes in. What arrives for a sale that is no longer pending, or is another amount, is kept and due back: it is
// never lost. A payment that is told of twice is one payment: its provider's id is unique.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { openOrClosedTenant } from "../auth/tenants.ts";
import type { ActorCtx, Base, Ctx } from "../context.ts";
import { refusedBy } from "../db.ts";
import { emit } from "../events/outbox.ts";
import { newId } from "../ids.ts";
import { logFailure } from "../log.ts";
import { notFound, Problem } from "../problem.ts";
import { saleOf } from "../sales/sell.ts";
import { openShiftId } from "../shifts/record.ts";
import { purchaseOf } from "./pay.ts";
import { paymentJson } from "./payments.ts";
import type { ProviderName } from "./provider.ts";
import type { Purchase } from "./schema.ts";
import { readWebhook, type Paid } from "./stripe.ts";
import { completed, isSettled } from "./status.ts";

type NewPayment = {
  id: string;
  sale_id: string;
  provider: ProviderName;
  provider_ref: string | null;
  amount: number;
  currency: string;
  status: "received" | "refund_due";
};

const insert = (ctx: Ctx, payment: NewPayment): SQL =>
  sql`INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, actor_id, created_at)
    VALUES (${ctx.tenant.id}, ${payment.id}, ${payment.sale_id}, ${payment.provider}, ${payment.provider_ref},
      ${payment.amount}, ${payment.currency}, ${payment.status}, ${ctx.actor?.id ?? null}, ${ctx.now.toISOString()})`;

const isKnown = (error: unknown): boolean => refusedBy(error, "payments.tenant_id");

const saleRow = z.object({
  status: z.string(),
  total: z.number(),
  day: z.string(),
  payment_method: z.string().nullable(),
});

async function readSale(ctx: Ctx, id: string): Promise<z.infer<typeof saleRow> | null> {
  const [sale] = await ctx.db.all(
    saleRow,
    sql`SELECT status, total, day, payment_method FROM sales
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND kind = 'sale'`,
  );
  return sale ?? null;
}

const notConfirmable = (): Problem =>
  new Problem("not-confirmable", "It is pending no more. If it was cancelled, its goods are back in stock.");

/**
 * Staff took the money of a pending purchase. Cash is in the drawer of their open shift, if they have one. Two round trips.
 * @throws Problem not-found, not-confirmable
 */
export async function confirmPurchase(ctx: ActorCtx, id: string): Promise<z.infer<typeof Purchase>> {
  const sale = await readSale(ctx, id);
  if (!sale) throw notFound("purchase");
  if (sale.status !== "pending") throw notConfirmable();
  const shift = sale.payment_method === "cash" ? openShiftId(ctx.tenant.id, ctx.actor.id) : sql`NULL`;
  const payment: NewPayment = {
    id: newId(),
    sale_id: id,
    provider: "manual",
    provider_ref: null,
    amount: sale.total,
    currency: ctx.tenant.currency,
    status: "received",
  };
  try {
    const results = await ctx.db.batch([insert(ctx, payment), ...completed(ctx, id, sale.day, shift)]);
    return purchaseOf(saleOf(results, -1));
  } catch (error) {
    throw isSettled(error) ? notConfirmable() : error;
  }
}

/** Takes what Stripe sends: the body as it came. @throws Problem invalid-signature, unavailable */
export async function takeWebhook(ctx: Base, body: string, signature: string | undefined): Promise<void> {
  const paid = await readWebhook(ctx.env, body, signature);
  const tenant = paid ? await openOrClosedTenant(ctx, paid.tenantId) : null;
  if (paid && tenant) await receive({ ...ctx, tenant, actor: null }, paid);
}

/** Completes the sale that was paid; where it cannot, the money is due back. */
export async function receive(
  ctx: Ctx,
  { saleId, ref, amount, currency }: Omit<Paid, "tenantId">,
): Promise<void> {
  const sale = await readSale(ctx, saleId);
  if (!sale) return logFailure("payment", new Error("a payment names a sale that there is not"));
  const payment = {
    id: newId(),
    sale_id: saleId,
    provider: "stripe",
    provider_ref: ref,
    amount,
    currency,
  } as const;
  const isWhole = amount === sale.total && currency === ctx.tenant.currency;
  const due = () =>
    ctx.db.batch([
      insert(ctx, { ...payment, status: "refund_due" }),
      emit(ctx, ctx.tenant.id, newId(), "payment.refund_due", paymentJson(ctx.tenant.id, payment.id)),
    ]);
  const settle = () =>
    ctx.db.batch([
      insert(ctx, { ...payment, status: "received" }),
      ...completed(ctx, saleId, sale.day, sql`NULL`),
    ]);
  try {
    await (isWhole ? settle() : due());
  } catch (error) {
    if (isKnown(error)) return;
    if (!isSettled(error)) throw error;
    await due().catch((late: unknown) => {
      if (!isKnown(late)) throw late;
    });
  }
}
