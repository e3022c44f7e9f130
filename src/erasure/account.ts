// Erasing an account. One batch ends its logins and replaces what says who it was, so its e-mail is free at once; who is on
// shift, waits for a purchase or is the last ADMIN is refused by triggers. What is large, or may be written by a request that
// is on its way, is left to the sweep, which comes a minute later.
import { sql, type SQL } from "drizzle-orm";
import { audit } from "../audit/log.ts";
import { verifyCurrentPassword } from "../auth/login/change-password.ts";
import { endSessions } from "../auth/login/sessions.ts";
import type { ActorCtx } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { emptied } from "./account-data.ts";

/** Erases the actor. @throws Problem invalid-credentials, too-many-attempts, last-admin, shift-open, purchase-pending */
export async function eraseMe(ctx: ActorCtx, password: string, address: string): Promise<void> {
  const proved = await verifyCurrentPassword(ctx, password, address);
  try {
    // Where a rival has changed it since, NOT NULL refuses the batch.
    await erase(ctx, ctx.actor.id, sql`CASE WHEN password_hash = ${proved} THEN 'erased' END`);
  } catch (error) {
    if (!violates(error, "users.password_hash")) throw error;
    throw new Problem("invalid-credentials", "The password is another one now.");
  }
}

/** Erases somebody else; who is erased already stays so. @throws Problem not-found, forbidden, last-admin, shift-open, purchase-pending */
export async function eraseUser(ctx: ActorCtx, userId: string): Promise<void> {
  if (userId === ctx.actor.id)
    throw new Problem("forbidden", "Erase yourself by DELETE /users/me, with your password.");
  await erase(ctx, userId, sql`'erased'`);
}

// Requests that are on their way have ended by then.
const SWEPT_AFTER_MS = 60_000;

async function erase(ctx: ActorCtx, userId: string, passwordHash: SQL): Promise<void> {
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const dueAt = new Date(ctx.now.getTime() + SWEPT_AFTER_MS).toISOString();
  const it = sql`tenant_id = ${tenantId} AND id = ${userId}`;
  const account = sql`FROM users WHERE ${it} AND erased_at IS NULL`;
  try {
    const [known] = await ctx.db.batch([
      sql`SELECT id FROM users WHERE ${it}`,
      audit(ctx, "user.erased", userId, { when: sql`EXISTS (SELECT 1 ${account})` }),
      sql`INSERT INTO erasures (tenant_id, user_id, email, step, after, due_at)
        SELECT tenant_id, id, email, 'own', '', ${dueAt} ${account}`,
      ...emptied(tenantId, userId, sql`(SELECT email FROM users WHERE ${it})`),
      ...endSessions(ctx, userId, null),
      // Nobody can have taken it before: it cannot be known, and nobody registers by this domain.
      sql`UPDATE users SET email = ${`erased-${newId()}@erased.invalid`}, first_name = 'Erased', last_name = 'account',
          password_hash = ${passwordHash}, preferences = '{}', is_active = 0, erased_at = ${at}
        WHERE ${it} AND erased_at IS NULL`,
    ]);
    if (!known?.length) throw notFound("user");
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

function refusalOf(error: unknown): Problem | null {
  if (violates(error, "last_admin")) return new Problem("last-admin", "Make somebody else an ADMIN first.");
  if (violates(error, "erased_on_shift"))
    return new Problem("shift-open", "End the shift first, or let an ADMIN close it.");
  if (violates(error, "erased_while_buying"))
    return new Problem(
      "purchase-pending",
      "Cancel it first, or wait until it is paid or its hold has ended.",
    );
  return null;
}
