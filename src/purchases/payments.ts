// The payments that were recorded, and giving back what is due back.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { ActorCtx, Ctx } from "../context.ts";
import { refusedBy } from "../db.ts";
import { emit } from "../events/outbox.ts";
import { newId } from "../ids.ts";
import { cursorOf, keyOf, page } from "../page.ts";
import { notFound, Problem } from "../problem.ts";
import { providerNamed } from "./providers.ts";
import type { PaymentQuery } from "./schema.ts";
import { Payment } from "./schema.ts";

type PaymentBody = z.infer<typeof Payment>;

const columns =
  sql.raw(`p.id, p.sale_id, p.provider, p.provider_ref, p.amount, p.currency, p.status, p.actor_id,
  p.created_at, 'A-' || s.number AS number`);

/** A scalar query: the JSON of a payment, for events. */
export const paymentJson = (ctx: Ctx, id: string): SQL =>
  sql`(SELECT json_object('id', p.id, 'sale_id', p.sale_id, 'provider', p.provider, 'provider_ref', p.provider_ref,
      'amount', p.amount, 'currency', p.currency, 'status', p.status, 'created_at', p.created_at)
    FROM payments p WHERE p.tenant_id = ${ctx.tenant.id} AND p.id = ${id})`;

/** The payments of the shop, newest first. One round trip. */
export async function listPayments(ctx: Ctx, query: z.infer<typeof PaymentQuery>) {
  const last = keyOf("payments", ctx.tenant.id, query.cursor);
  const found = await ctx.db.all(
    Payment,
    sql`SELECT ${columns} FROM payments p CROSS JOIN sales s ON s.tenant_id = p.tenant_id AND s.id = p.sale_id
      WHERE p.tenant_id = ${ctx.tenant.id} ${query.status === undefined ? sql`` : sql`AND p.status = ${query.status}`}
        ${last ? sql`AND p.id < ${last[0]}` : sql``}
      ORDER BY p.id DESC LIMIT ${query.limit + 1}`,
  );
  return page(found, query.limit, (row) => cursorOf("payments", ctx.tenant.id, [row.id]));
}

const notDue = (): Problem => new Problem("not-refundable", "Nothing of this payment is due back.");

/** Gives back a payment that is due back; by hand it is staff who do. @throws Problem not-found, not-refundable */
export async function giveBackPayment(ctx: ActorCtx, id: string): Promise<PaymentBody> {
  const one = sql`SELECT ${columns} FROM payments p CROSS JOIN sales s ON s.tenant_id = p.tenant_id AND s.id = p.sale_id
    WHERE p.tenant_id = ${ctx.tenant.id} AND p.id = ${id}`;
  const [payment] = await ctx.db.all(Payment, one);
  if (!payment) throw notFound("payment");
  if (payment.status !== "refund_due") throw notDue();
  await providerNamed(payment.provider).giveBack(ctx.env, payment);
  try {
    await ctx.db.batch([
      sql`UPDATE payments SET status = CASE WHEN status = 'refund_due' THEN 'refunded' END
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
      emit(ctx, ctx.tenant.id, newId(), "payment.refunded", paymentJson(ctx, id)),
    ]);
  } catch (error) {
    // Somebody else gave it back at this moment; the provider did it once.
    throw refusedBy(error, "payments.status") ? notDue() : error;
  }
  return { ...payment, status: "refunded" };
}
