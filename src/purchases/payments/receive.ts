// Money that comes in. What arrives for a sale that was cancelled, or is another amount, is kept and due back, whoever tells
// of it: it is never lost. A payment that is told of twice is one payment: its provider's id is unique, and a sale has one
// payment by hand.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { findTenantIncludingClosed } from "../../auth/shops/tenants.ts";
import type { ActorCtx, Base, Ctx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { logFailure } from "../../platform/log.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { saleOf } from "../../sales/record.ts";
import { openShiftId } from "../../shifts/record.ts";
import { counterChannel, shiftRequired } from "../../shifts/desk/shift-policy.ts";
import { purchaseOf, cancelPaymentRequest } from "./request-payment.ts";
import { paymentJson } from "./payments.ts";
import type { ProviderName } from "./provider.ts";
import type { Purchase } from "../schema.ts";
import { readWebhook, type Paid } from "./stripe.ts";
import { completed, isSettled } from "./status.ts";

/** SQL stands for what the batch itself decides; where it is NULL the batch is refused. */
type NewPayment = {
  id: string;
  sale_id: string;
  provider: ProviderName | SQL;
  provider_ref: string | null;
  amount: number;
  currency: string;
};

const insert = (ctx: Ctx, payment: NewPayment, status: "received" | "refund_due" | SQL): SQL =>
  sql`INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, actor_id, created_at)
    VALUES (${ctx.tenant.id}, ${payment.id}, ${payment.sale_id}, ${payment.provider}, ${payment.provider_ref},
      ${payment.amount}, ${payment.currency}, ${status}, ${ctx.actor?.id ?? null}, ${ctx.now.toISOString()})`;

/** The statements that keep a payment which is due back. */
const due = (ctx: Ctx, payment: NewPayment, status: SQL = sql`'refund_due'`): SQL[] => [
  insert(ctx, payment, status),
  emit(ctx, ctx.tenant.id, newId(), "payment.refund_due", paymentJson(ctx.tenant.id, payment.id)),
];

const isKnown = (error: unknown): boolean => violates(error, "payments.tenant_id");

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

/** Keeps the money that staff took for a sale that is pending no more, if it was cancelled; says why it is not confirmed. */
async function keepLate(ctx: ActorCtx, payment: NewPayment): Promise<Problem> {
  const ifCancelled = sql`(SELECT iif(status = 'cancelled', 'refund_due', NULL) FROM sales
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${payment.sale_id})`;
  try {
    const { id, sale_id, amount } = payment;
    const after = sql`${JSON.stringify({ sale_id, amount, status: "refund_due" })}`;
    await ctx.db.batch([...due(ctx, payment, ifCancelled), audit(ctx, "payment.due_back", id, { after })]);
  } catch (error) {
    if (violates(error, "payments.status"))
      return new Problem("not-confirmable", "It is paid already: give back what was paid besides.");
    if (!isKnown(error)) throw error;
  }
  return new Problem(
    "not-confirmable",
    "It was cancelled and its goods are back in stock. The money is recorded and due back: see GET /payments.",
  );
}

/**
 * Staff took the money of a pending purchase: nobody else is asked for it any more. Cash is in the drawer of their open
 * shift, if they have one. Two round trips. @throws Problem not-found, not-confirmable, no-open-shift
 */
export async function confirmPurchase(ctx: ActorCtx, id: string): Promise<z.infer<typeof Purchase>> {
  const sale = await readSale(ctx, id);
  if (!sale) throw notFound("purchase");
  const payment = {
    id: newId(),
    sale_id: id,
    provider: "manual",
    provider_ref: null,
    amount: sale.total,
    currency: ctx.tenant.currency,
  } as const;
  if (sale.status !== "pending") throw await keepLate(ctx, payment);
  const isCash = sale.payment_method === "cash";
  // Who may sell only on shift may take cash only on shift.
  const provider = isCash ? sql`iif(${counterChannel(ctx)} IS NULL, NULL, 'manual')` : "manual";
  const shift = isCash ? openShiftId(ctx.tenant.id, ctx.actor.id) : sql`NULL`;
  try {
    const after = { status: "completed", payment_id: payment.id, amount: payment.amount };
    const change = completed(ctx, id, sale.day, shift);
    const done = await ctx.db.batch([
      audit(ctx, "purchase.confirmed", id, {
        before: sql`'{"status":"pending"}'`,
        after: sql`${JSON.stringify(after)}`,
      }),
      insert(ctx, { ...payment, provider }, "received"),
      ...change.statements,
    ]);
    const sold = saleOf(done, change.sale);
    cancelPaymentRequest(ctx, sold);
    return purchaseOf(sold);
  } catch (error) {
    if (violates(error, "payments.provider")) throw shiftRequired();
    throw isSettled(error) || isKnown(error) ? await keepLate(ctx, payment) : error;
  }
}

/** Takes what Stripe sends: the body as it came. @throws Problem invalid-signature, unavailable */
export async function handleProviderWebhook(
  ctx: Base,
  body: string,
  signature: string | undefined,
): Promise<void> {
  const paid = await readWebhook(ctx.env, body, signature);
  const tenant = paid ? await findTenantIncludingClosed(ctx, paid.tenantId) : null;
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
  const keep = () => ctx.db.batch(due(ctx, payment));
  const settle = () =>
    ctx.db.batch([
      insert(ctx, payment, "received"),
      ...completed(ctx, saleId, sale.day, sql`NULL`).statements,
    ]);
  try {
    await (isWhole ? settle() : keep());
  } catch (error) {
    if (isKnown(error)) return;
    if (!isSettled(error)) throw error;
    await keep().catch((late: unknown) => {
      if (!isKnown(late)) throw late;
    });
  }
}
