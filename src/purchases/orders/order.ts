// An order as staff see it: any online sale of the shop. Those of the web shop are nobody's, and any of the staff may answer the
// telephone, so the rule `employees_see` does not apply to them.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { returning, type Returning } from "../../platform/d1.ts";
import { notFound } from "../../platform/problem.ts";
import { saleJsonOf } from "../../sales/record.ts";
import { Sale } from "../../sales/schema.ts";
import {
  joinDetails,
  paymentTerms,
  purchaseOf,
  requestPayment,
  termsColumns,
} from "../payments/request-payment.ts";
import { Order } from "./schema.ts";

export type OrderBody = z.infer<typeof Order>;

const jsonOf = <T extends z.ZodType>(shape: T) =>
  z.string().transform((text): z.infer<T> => shape.parse(JSON.parse(text)));

const orderRow = paymentTerms.extend({
  sale: jsonOf(Sale),
  version: z.number(),
  note: z.string().nullable(),
  payment_terms: Order.shape.payment_terms,
  customer: jsonOf(Order.shape.customer).nullable(),
});

export type OrderRow = z.infer<typeof orderRow>;

/** A scalar query: the customer of the sale `s` as JSON, or NULL. A record that was merged is shown as the one that replaced it. */
export const customerJson = sql.raw(`(SELECT json_object('id', c.id, 'name', c.name, 'email',
    coalesce(c.email, c.account_email), 'phone', c.phone)
  FROM customers r CROSS JOIN customers c ON c.tenant_id = r.tenant_id AND c.id = coalesce(r.merged_into, r.id)
  WHERE r.tenant_id = s.tenant_id AND r.id = s.customer_id)`);

/** The condition that the sale `s` is this order. */
export const isOrder = (ctx: Ctx, id: string | SQL): SQL =>
  sql`s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.kind = 'sale' AND s.channel = 'online'`;

/** Reads an order, for a batch. */
export const selectOrder = (ctx: Ctx, id: string | SQL): Returning<OrderRow> =>
  returning(
    orderRow,
    sql`SELECT ${saleJsonOf(ctx)} AS sale, s.version, d.note, d.payment AS payment_terms, ${termsColumns}, ${customerJson} AS customer
      FROM sales s ${joinDetails} WHERE ${isOrder(ctx, id)}`,
  );

/** The order on the wire. Of a payment link the provider is asked; the secret of a payment in the buyer's page is the buyer's. */
export async function orderOf(ctx: Ctx, row: OrderRow): Promise<OrderBody> {
  const { sale, version, note, payment_terms, customer, link_expires_at } = row;
  const isLink = link_expires_at !== null;
  const purchase = isLink ? await requestPayment(ctx, sale, row) : purchaseOf(sale);
  const { seller_id, discount_reason, approved_by, reason } = sale;
  const order = { seller_id, discount_reason, approved_by, reason, version, note, payment_terms, customer };
  return { ...purchase, ...order, link_expires_at: purchase.payment.url === null ? null : link_expires_at };
}

/** The row that a batch has read. @throws Problem not-found */
export function orderIn(rows: OrderRow[]): OrderRow {
  const [row] = rows;
  if (!row) throw notFound("order");
  return row;
}

/** An order with its lines. One round trip. @throws Problem not-found */
export async function getOrder(ctx: ActorCtx, id: string): Promise<OrderBody> {
  const order = selectOrder(ctx, id);
  return orderOf(ctx, orderIn((await ctx.db.batch([order])).of(order)));
}
