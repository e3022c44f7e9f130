// A new password ends the other logins of the account in the same batch. Changing one's own password requires the current
// one. An ADMIN may set a password only for accounts that an ADMIN created: otherwise they could take over any customer's
// account by making it staff.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { UserCtx } from "../../platform/context.ts";
import { returning, sqlBoolean, violates } from "../../platform/d1.ts";
import { unauthenticated, notFound, Problem } from "../../platform/problem.ts";
import { attemptOnAccount, countAttempt } from "./attempts.ts";
import { isOther } from "./session-list.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { endSessions } from "./sessions.ts";
import { accountErased } from "../accounts/change-user.ts";

const credentialsRow = z.object({ email: z.string(), password_hash: z.string() });

const wrongPassword = (): Problem =>
  new Problem("invalid-credentials", "The current password is not correct.");

/**
 * Verifies the actor's password and returns its hash, for compare and set. Failures count like those of a login. One round
 * trip. @throws Problem invalid-credentials, too-many-attempts
 */
export async function verifyCurrentPassword(
  ctx: UserCtx,
  password: string,
  address: string,
): Promise<string> {
  await countAttempt(ctx, address);
  const [account] = await ctx.db.all(
    credentialsRow,
    sql`SELECT email, password_hash FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`,
  );
  if (!account) throw wrongPassword();
  const isRight = await attemptOnAccount(ctx, ctx.tenant.slug, account.email, () =>
    verifyPassword(password, account.password_hash),
  );
  if (!isRight) throw wrongPassword();
  return account.password_hash;
}

/** Changes the actor's password and ends their other logins. Two round trips. @throws Problem invalid-credentials, too-many-attempts, invalid-token */
export async function changePassword(
  ctx: UserCtx,
  current: string,
  next: string,
  address: string,
): Promise<void> {
  const verifiedHash = await verifyCurrentPassword(ctx, current, address);
  try {
    await ctx.db.batch([
      // If a concurrent request has changed it, NOT NULL aborts the batch.
      sql`UPDATE users SET password_hash = CASE WHEN password_hash = ${verifiedHash} THEN ${hashPassword(next)} END
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`,
      audit(ctx, "user.password_changed", ctx.actor.id),
      ...endSessions(ctx, ctx.actor.id, null, isOther(ctx)),
    ]);
  } catch (error) {
    if (violates(error, "erased")) throw unauthenticated("The account has been erased.");
    throw violates(error, "users.password_hash") ? wrongPassword() : error;
  }
}

const accountRow = z.object({
  role: z.string(),
  self_registered: sqlBoolean,
  erased_at: z.string().nullable(),
});

/**
 * Sets the password of another EMPLOYEE or ADMIN and ends all their logins. One round trip.
 * @throws Problem not-found, forbidden, account-erased, too-many-attempts
 */
export async function setPassword(
  ctx: UserCtx,
  userId: string,
  next: string,
  address: string,
): Promise<void> {
  if (userId === ctx.actor.id)
    throw new Problem("forbidden", "Change your own password with PUT /auth/password.");
  await countAttempt(ctx, address);
  const mayBeSet = sql`tenant_id = ${ctx.tenant.id} AND id = ${userId} AND role <> 'CUSTOMER'
    AND self_registered = 0 AND erased_at IS NULL`;
  const when = sql`EXISTS (SELECT 1 FROM users WHERE ${mayBeSet})`;
  const selected = returning(
    accountRow,
    sql`SELECT role, self_registered, erased_at FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${userId}
      AND has_login = 1`,
  );
  const done = await ctx.db.batch([
    selected,
    audit(ctx, "user.password_set", userId, { when }),
    sql`UPDATE users SET password_hash = ${hashPassword(next)} WHERE ${mayBeSet}`,
    ...endSessions(ctx, userId, null, when),
  ]);
  const [account] = done.of(selected);
  if (!account) throw notFound("user");
  if (account.erased_at !== null) throw accountErased();
  if (account.role === "CUSTOMER" || account.self_registered)
    throw new Problem(
      "forbidden",
      "Only the account's owner can change a password that they chose at registration.",
    );
}
