// The customer of an order: named by id, or found by e-mail, or stored in the batch of the order.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { buyerOf, customerByEmail } from "../../customers/customers.ts";
import { insertCustomer } from "../../customers/new-customer.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { returning, type Returning } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import type { NewOrder } from "./schema.ts";

type OrderInput = z.infer<typeof NewOrder>;

const idRow = z.object({ id: z.string() });

/** Reads the id of the customer, for a batch; of a record that was merged that of the one that replaced it. */
export function selectOrderCustomer(
  ctx: ActorCtx,
  { customer_id, customer }: OrderInput,
): Returning<z.infer<typeof idRow>> {
  const tenantId = ctx.tenant.id;
  return returning(
    idRow,
    customer_id === undefined
      ? customerByEmail(tenantId, customer?.email ?? null)
      : sql`SELECT id FROM users WHERE tenant_id = ${tenantId} AND id = ${buyerOf(tenantId, customer_id)} AND erased_at IS NULL`,
  );
}

/** The customer of an order, and the statements that store them if they are new. */
export type OrderCustomer = { id: string | SQL; statements: SQL[] };

/** The customer of an order as it names them, who was not read: by e-mail the batch finds or stores them. */
export function unreadCustomer(ctx: ActorCtx, input: OrderInput): OrderCustomer {
  const { customer_id: id, customer } = input;
  if (id !== undefined || typeof customer?.email !== "string")
    return orderCustomer(ctx, input, id === undefined ? [] : [{ id }]);
  const { name, email, phone = null, language = null } = customer;
  const known = customerByEmail(ctx.tenant.id, email);
  const stored = { id: newId(), name, email, phone, language };
  return {
    id: sql`(${known})`,
    statements: insertCustomer(ctx.now, ctx.tenant.id, stored, sql`NOT EXISTS (${known})`),
  };
}

/** The customer of the rows of `selectOrderCustomer`, or a new one. @throws Problem unknown-customer */
export function orderCustomer(
  ctx: ActorCtx,
  { customer }: OrderInput,
  [found]: z.infer<typeof idRow>[],
): OrderCustomer {
  if (found) return { id: found.id, statements: [] };
  if (!customer)
    throw new Problem("unknown-customer", "This shop has no such customer.", {
      errors: [{ pointer: "#/customer_id", detail: "not a customer of this shop, or erased" }],
    });
  const id = newId();
  const { name, email = null, phone = null, language = null } = customer;
  return {
    id,
    statements: insertCustomer(ctx.now, ctx.tenant.id, { id, name, email, phone, language }),
  };
}

/** A scalar query for `sales.status`: 'pending', or NULL where the customer was erased or merged since they were read. */
export const pendingFor = (ctx: ActorCtx, customerId: string | SQL): SQL =>
  sql`(SELECT 'pending' FROM users u WHERE u.tenant_id = ${ctx.tenant.id} AND u.id = ${customerId} AND u.erased_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.tenant_id = u.tenant_id AND c.id = u.id AND c.merged_into IS NOT NULL))`;
