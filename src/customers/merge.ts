// Merges two records of one person. Triggers do what belongs to it, so that it is the same when an account takes over the record of
// its e-mail; a sweep moves the sales (src/sales/merged-customers.ts).
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { queueMerges } from "../auth/accounts/take-over.ts";
import type { ActorCtx } from "../platform/context.ts";
import { returning, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import type { CustomerBody } from "./columns.ts";
import { currentCustomer, selectCustomer } from "./customers.ts";

const mergedRow = z.object({ merged_into: z.string().nullable() });

/**
 * Merges a customer into another one; repeating it changes nothing. One round trip.
 * @throws Problem not-found, unknown-customer, merged-account, conflict
 */
export async function mergeCustomer(ctx: ActorCtx, id: string, into: string): Promise<CustomerBody> {
  const tenantId = ctx.tenant.id;
  const target = currentCustomer(tenantId, into);
  const from = sql`tenant_id = ${tenantId} AND id = ${id} AND erased_at IS NULL`;
  const mayMerge = sql`EXISTS (SELECT 1 FROM customers WHERE ${from} AND merged_into IS NULL AND id IS NOT ${target})
    AND EXISTS (SELECT 1 FROM customers WHERE tenant_id = ${tenantId} AND id = ${target} AND erased_at IS NULL)`;
  const merged = returning(mergedRow, sql`SELECT merged_into FROM customers WHERE ${from}`);
  const remaining = selectCustomer(ctx, into);
  try {
    const done = await ctx.db.batch([
      audit(ctx, "customer.merged", id, { after: sql`json_object('into', ${target})`, when: mayMerge }),
      sql`UPDATE customers SET merged_into = ${target}, version = version + 1, updated_at = ${ctx.now.toISOString()}
        WHERE ${from} AND ${mayMerge}`,
      merged,
      remaining,
    ]);
    const [record] = done.of(merged);
    if (!record) throw notFound("customer");
    const [customer] = done.of(remaining);
    if (!customer)
      throw new Problem(
        "unknown-customer",
        "This shop has no such customer.",
        { errors: [{ pointer: "#/into", detail: "not a customer of this shop, or erased" }] },
        {},
        409,
      );
    if (record.merged_into !== customer.id)
      throw new Problem(
        "conflict",
        record.merged_into === null
          ? "A customer cannot be merged into itself."
          : `The record was merged into the customer ${record.merged_into}.`,
      );
    queueMerges(ctx);
    return customer;
  } catch (error) {
    if (!violates(error, "merged_account")) throw error;
    throw new Problem(
      "merged-account",
      "The customer has an account and cannot be merged into another one. Merge the other one into it, unless it has an account too.",
    );
  }
}
