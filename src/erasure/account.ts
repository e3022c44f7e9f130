// Erases an account, or a customer without one. One batch ends its sessions and replaces its identity, so its e-mail is free at once. Triggers refuse
// an account with an open shift or a pending purchase, and the last ADMIN. Large data, and rows that a request in flight may
// still write, are left to the sweep a minute later.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { verifyCurrentPassword } from "../auth/login/change-password.ts";
import { endSessions } from "../auth/login/sessions.ts";
import { attempt } from "../platform/attempt.ts";
import type { UserCtx } from "../platform/context.ts";
import { requireThat, returning, sqlBoolean, violates } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { currentCustomer } from "../customers/customers.ts";
import { deleteAccountData } from "./data-inventory.ts";

/** Erases the actor. @throws Problem invalid-credentials, too-many-attempts, last-admin, shift-open, purchase-pending */
export async function eraseMe(ctx: UserCtx, password: string, address: string): Promise<void> {
  const passwordHash = await verifyCurrentPassword(ctx, password, address);
  try {
    // If the password has changed since it was verified, NOT NULL refuses the batch.
    await erase(
      ctx,
      "account",
      ctx.actor.id,
      sql`CASE WHEN password_hash = ${passwordHash} THEN 'erased' END`,
    );
  } catch (error) {
    if (!violates(error, "users.password_hash")) throw error;
    throw new Problem("invalid-credentials", "The password has changed.");
  }
}

/** Erases another account; repeating it changes nothing. @throws Problem not-found, forbidden, last-admin, shift-open, purchase-pending */
export async function eraseUser(ctx: UserCtx, userId: string): Promise<void> {
  if (userId === ctx.actor.id)
    throw new Problem("forbidden", "Erase your own account with DELETE /users/me and your password.");
  await erase(ctx, "account", userId, sql`'erased'`);
}

const recordRow = z.object({ id: z.string(), has_login: sqlBoolean });

/**
 * Erases a customer without an account, with the records that were merged into it; repeating it changes nothing. One round trip, or three
 * if it was merged or cannot be erased.
 * @throws Problem not-found, belongs-to-account, purchase-pending
 */
export async function eraseCustomer(ctx: UserCtx, customerId: string): Promise<void> {
  const tenantId = ctx.tenant.id;
  const isRecord = sql`EXISTS (SELECT 1 FROM users WHERE tenant_id = ${tenantId} AND id = ${customerId} AND has_login = 0)
    AND ${currentCustomer(tenantId, customerId)} = ${customerId}`;
  const erased = await attempt(ctx, async () => {
    await erase(ctx, "customer", customerId, sql`'erased'`, [requireThat("customer_record", isRecord)]);
    return true;
  });
  if (erased) return;
  const [record] = await ctx.db.all(
    recordRow,
    sql`SELECT id, has_login FROM users WHERE tenant_id = ${tenantId} AND id = ${currentCustomer(tenantId, customerId)}`,
  );
  if (!record) throw notFound("customer");
  if (record.has_login)
    throw new Problem(
      "belongs-to-account",
      `The customer has an account: erase that with DELETE /users/${record.id}.`,
    );
  await erase(ctx, "customer", record.id, sql`'erased'`);
}

// Requests in flight have finished by then.
const SWEEP_DELAY_MS = 60_000;

async function erase(
  ctx: UserCtx,
  what: "account" | "customer",
  userId: string,
  passwordHash: SQL,
  conditions: SQL[] = [],
): Promise<void> {
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const dueAt = new Date(ctx.now.getTime() + SWEEP_DELAY_MS).toISOString();
  const isAccount = sql`tenant_id = ${tenantId} AND id = ${userId} AND has_login = ${Number(what === "account")}`;
  const action = what === "account" ? "user.erased" : "customer.erased";
  const account = sql`FROM users WHERE ${isAccount} AND erased_at IS NULL`;
  try {
    const known = returning(z.object({ id: z.string() }), sql`SELECT id FROM users WHERE ${isAccount}`);
    const done = await ctx.db.batch([
      ...conditions,
      known,
      audit(ctx, action, userId, { when: sql`EXISTS (SELECT 1 ${account})` }),
      sql`INSERT INTO erasures (tenant_id, user_id, email, step, after, due_at)
        SELECT u.tenant_id, u.id, iif(u.has_login = 1, u.email, coalesce(c.email, u.email)), 'own', '', ${dueAt}
        FROM (SELECT * ${account}) u LEFT JOIN customers c ON c.tenant_id = u.tenant_id AND c.id = u.id
        UNION ALL SELECT c.tenant_id, c.id, coalesce(c.email, c.id), 'own', '', ${dueAt}
        FROM (SELECT tenant_id, id ${account}) u CROSS JOIN customers c INDEXED BY customers_merged
          ON c.tenant_id = u.tenant_id AND c.merged_into = u.id AND c.merged_into IS NOT NULL WHERE true
        ON CONFLICT DO NOTHING`,
      // Before the records that were merged are erased, because it reads their addresses.
      ...deleteAccountData(
        tenantId,
        userId,
        sql`(SELECT email FROM erasures WHERE tenant_id = ${tenantId} AND user_id = ${userId})`,
      ),
      sql`UPDATE users SET is_active = 0, erased_at = ${at} WHERE tenant_id = ${tenantId} AND erased_at IS NULL AND id IN (
        SELECT c.id FROM (SELECT tenant_id, id ${account}) u CROSS JOIN customers c INDEXED BY customers_merged
          ON c.tenant_id = u.tenant_id AND c.merged_into = u.id AND c.merged_into IS NOT NULL)`,
      ...endSessions(ctx, userId, null),
      // Unguessable, and registration refuses this domain, so the address is free.
      sql`UPDATE users SET email = ${`erased-${newId()}@erased.invalid`}, first_name = 'Erased', last_name = 'account',
          password_hash = ${passwordHash}, preferences = '{}', is_active = 0, erased_at = ${at}
        WHERE ${isAccount} AND erased_at IS NULL`,
    ]);
    if (done.of(known).length === 0) throw notFound(what === "account" ? "user" : "customer");
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

function refusalOf(error: unknown): Problem | null {
  if (violates(error, "last_admin")) return new Problem("last-admin", "Make another account ADMIN first.");
  if (violates(error, "erased_on_shift"))
    return new Problem("shift-open", "End the shift first, or have an ADMIN close it.");
  if (violates(error, "erased_while_buying"))
    return new Problem(
      "purchase-pending",
      "Cancel the purchase first, or wait until it is paid or its hold expires.",
    );
  return null;
}
