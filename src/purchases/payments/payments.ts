// Recorded payments and their refunds. `number` is that of the sale that was paid.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { type PaymentQuery, Payment } from "../schema.ts";

const refunded = "iif(p.status = 'refunded', p.amount, p.refunded_amount)";

/** SQL for what was refunded of the payment `p`: earlier versions did not store the amount of a whole refund. */
export const refundedAmount = sql.raw(refunded);

export const paymentColumns =
  sql.raw(`p.id, p.sale_id, s.refund_of, p.provider, p.provider_ref, p.amount, p.currency, p.status, ${refunded} AS refunded,
  p.actor_id, p.attempts, p.last_error, p.retry_at, p.created_at,
  'A-' || iif(s.kind = 'sale', s.number,
    (SELECT o.number FROM sales o WHERE o.tenant_id = s.tenant_id AND o.id = s.refund_of)) AS number`);

/** A FROM clause: payments `p` with their sales `s`; for the refund of a sale, `s` is that refund. */
export const fromPayments = sql.raw(
  "FROM payments p CROSS JOIN sales s ON s.tenant_id = p.tenant_id AND s.id = p.sale_id",
);

/** A scalar subquery: the JSON of a payment, for events. */
export const paymentJson = (tenantId: string, id: string): SQL =>
  sql`(SELECT json_object('id', p.id, 'sale_id', p.sale_id, 'refund_of', s.refund_of, 'provider', p.provider,
      'provider_ref', p.provider_ref, 'amount', p.amount, 'currency', p.currency, 'status', p.status,
      'refunded', ${refundedAmount}, 'created_at', p.created_at)
    ${fromPayments} WHERE p.tenant_id = ${tenantId} AND p.id = ${id})`;

/** The payments of the shop, newest first. One round trip. @throws Problem invalid-cursor */
export async function listPayments(ctx: Ctx, query: z.infer<typeof PaymentQuery>) {
  const last = decodeCursor(singleKey, "payments", ctx.tenant.id, query.cursor);
  const payments = await ctx.db.all(
    Payment,
    sql`SELECT ${paymentColumns} FROM payments p ${query.status === undefined ? sql`` : sql`INDEXED BY payments_status`}
      CROSS JOIN sales s ON s.tenant_id = p.tenant_id AND s.id = p.sale_id
      WHERE p.tenant_id = ${ctx.tenant.id} ${query.status === undefined ? sql`` : sql`AND p.status = ${query.status}`}
        ${last ? sql`AND p.id < ${last[0]}` : sql``}
      ORDER BY p.id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(payments, query.limit, (row) => encodeCursor("payments", ctx.tenant.id, [row.id]));
}
