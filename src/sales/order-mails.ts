// The mails about an online order, to its customer: each is stored in the batch of the change that it tells.
import { sql, type SQL } from "drizzle-orm";
import { mailsInLastHour, storeMail } from "../mail/outbox.ts";
import { type Ctx, isStaff } from "../platform/context.ts";

type OrderMailKind = "order.placed" | "order.paid" | "order.cancelled" | "order.refunded";

/**
 * SQL for the address of the customer of the sale `s`, and a FROM clause that joins it: that of the record, also of the one into
 * which it was merged, or of its account. NULL if there is none or the customer was erased.
 */
export const customerAddress = {
  address: sql.raw("coalesce(c.email, iif(u.has_login = 1 AND u.erased_at IS NULL, u.email, NULL))"),
  joins: sql.raw(`LEFT JOIN customers k ON k.tenant_id = s.tenant_id AND k.id = s.customer_id
    LEFT JOIN customers c ON c.tenant_id = k.tenant_id AND c.id = coalesce(k.merged_into, k.id)
    LEFT JOIN users u ON u.tenant_id = s.tenant_id AND u.id = coalesce(c.id, s.customer_id)`),
};

// A guest types any address, and an account may not have confirmed its own: nobody may flood it with orders.
const ORDERS_PER_HOUR = 10;

const isNotFlooded = (ctx: Ctx, kind: OrderMailKind): SQL =>
  kind === "order.placed" && !isStaff(ctx)
    ? sql`${mailsInLastHour(ctx, ctx.tenant.id, kind, customerAddress.address)} < ${ORDERS_PER_HOUR}`
    : sql`true`;

/**
 * The statement that stores a mail about an order, after the statement that changes it: to its customer, if they have an address,
 * the order is online and the shop has not turned such mails off. An address gets at most ten mails an hour about orders that buyers place.
 * `causeId` is the event, or the refund.
 */
export const storeOrderMail = (ctx: Ctx, kind: OrderMailKind, orderId: string, causeId: string): SQL =>
  storeMail(ctx, ctx.tenant.id, {
    kind,
    subjectId: orderId,
    causeId,
    recipient: customerAddress.address,
    from: sql`sales s CROSS JOIN tenants t ON t.id = s.tenant_id ${customerAddress.joins}`,
    when: sql`s.tenant_id = ${ctx.tenant.id} AND s.id = ${orderId} AND s.channel = 'online' AND t.order_mails = 1
      AND ${customerAddress.address} IS NOT NULL AND ${isNotFlooded(ctx, kind)}`,
  });
