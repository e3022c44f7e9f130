// A new password ends the logins that the old one has begun, in its batch. Whoever changes his own proves the old one and
// keeps the login by which he asks; an ADMIN sets one for staff who forgot theirs. Of who registered himself it
// is his own, though he was made staff: else an ADMIN had any customer's account for the time of a promotion.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { sqlBoolean, violates, rows } from "../../platform/d1.ts";
import { unauthenticated, notFound, Problem } from "../../platform/problem.ts";
import { attemptOnAccount, countAttempt } from "./attempts.ts";
import { isOther } from "./session-list.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { endSessions } from "./sessions.ts";
import { accountErased } from "../accounts/change-user.ts";

const ownRow = z.object({ email: z.string(), password_hash: z.string() });

const wrong = (): Problem => new Problem("invalid-credentials", "The current password is another one.");

/**
 * Makes sure that the actor knows his password, by attempts that count as those of a login; answers its hash, for compare and
 * set. One round trip. @throws Problem invalid-credentials, too-many-attempts
 */
export async function verifyCurrentPassword(
  ctx: ActorCtx,
  password: string,
  address: string,
): Promise<string> {
  await countAttempt(ctx, address);
  const [own] = await ctx.db.all(
    ownRow,
    sql`SELECT email, password_hash FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`,
  );
  if (!own) throw wrong();
  const isRight = await attemptOnAccount(ctx, ctx.tenant.slug, own.email, () =>
    verifyPassword(password, own.password_hash),
  );
  if (!isRight) throw wrong();
  return own.password_hash;
}

/** Changes the actor's password and ends his other logins. Two round trips. @throws Problem invalid-credentials, too-many-attempts */
export async function changePassword(
  ctx: ActorCtx,
  current: string,
  next: string,
  address: string,
): Promise<void> {
  const proved = await verifyCurrentPassword(ctx, current, address);
  try {
    await ctx.db.batch([
      // Where a rival has changed it since, NOT NULL refuses the batch.
      sql`UPDATE users SET password_hash = CASE WHEN password_hash = ${proved} THEN ${hashPassword(next)} END
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`,
      audit(ctx, "user.password_changed", ctx.actor.id),
      ...endSessions(ctx, ctx.actor.id, null, isOther(ctx)),
    ]);
  } catch (error) {
    if (violates(error, "erased")) throw unauthenticated("The account has been erased.");
    throw violates(error, "users.password_hash") ? wrong() : error;
  }
}

const otherRow = z.object({
  role: z.string(),
  self_registered: sqlBoolean,
  erased_at: z.string().nullable(),
});

/**
 * Sets the password of somebody else of the staff and ends all his logins. One round trip.
 * @throws Problem not-found, forbidden, account-erased, too-many-attempts
 */
export async function setPassword(
  ctx: ActorCtx,
  userId: string,
  next: string,
  address: string,
): Promise<void> {
  if (userId === ctx.actor.id)
    throw new Problem("forbidden", "Change your own by PUT /auth/password, with the current one.");
  await countAttempt(ctx, address);
  const isStaff = sql`tenant_id = ${ctx.tenant.id} AND id = ${userId} AND role <> 'CUSTOMER'
    AND self_registered = 0 AND erased_at IS NULL`;
  const when = sql`EXISTS (SELECT 1 FROM users WHERE ${isStaff})`;
  const [found] = await ctx.db.batch([
    sql`SELECT role, self_registered, erased_at FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${userId}`,
    audit(ctx, "user.password_set", userId, { when }),
    sql`UPDATE users SET password_hash = ${hashPassword(next)} WHERE ${isStaff}`,
    ...endSessions(ctx, userId, null, when),
  ]);
  const [other] = rows(otherRow, found);
  if (!other) throw notFound("user");
  if (other.erased_at !== null) throw accountErased();
  if (other.role === "CUSTOMER" || other.self_registered)
    throw new Problem("forbidden", "The password of who has registered himself is his own.");
}
