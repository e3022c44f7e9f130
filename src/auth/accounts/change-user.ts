// Changes to an account: an ADMIN changes its role and whether it is active, its owner the rest.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { auditUpdate } from "../../audit/log.ts";
import { assignments } from "../../platform/columns.ts";
import type { UserCtx, Ctx } from "../../platform/context.ts";
import { returning, type Statement, violates } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import type { MePatch, User, UserPatch } from "./schema.ts";
import { endSessions } from "../login/sessions.ts";
import { getUser, userColumns, userRow } from "./users.ts";

type UserBody = z.infer<typeof User>;

export const accountErased = (): Problem =>
  new Problem("account-erased", "An erased account cannot be changed.");

/** Changes the columns of `patch` after the statements `before`. One round trip. @throws Problem not-found, account-erased */
async function update(
  ctx: Ctx,
  id: string,
  patch: Record<string, unknown>,
  before: Statement[],
): Promise<UserBody> {
  const changes = assignments(patch);
  if (changes.length === 0) return getUser(ctx, ctx.tenant.id, id);
  const updated = returning(
    userRow,
    sql`UPDATE users SET ${sql.join(changes, sql`, `)} ${isUser(ctx, id)} RETURNING ${userColumns}`,
  );
  try {
    const done = await ctx.db.batch([...before, updated]);
    const [user] = done.of(updated);
    if (!user) throw notFound("user");
    return user;
  } catch (error) {
    throw violates(error, "erased") ? accountErased() : error;
  }
}

const isUser = (ctx: Ctx, id: string): SQL =>
  sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND has_login = 1`;

const fromUser = (ctx: Ctx, id: string): SQL => sql`FROM users ${isUser(ctx, id)}`;

/**
 * Changes the role or whether the account is active, from the next request on. Disabling ends all its logins. One round trip.
 * @throws Problem last-admin, not-found, account-erased
 */
export async function changeUser(
  ctx: UserCtx,
  id: string,
  patch: z.infer<typeof UserPatch>,
): Promise<UserBody> {
  const entry = auditUpdate(ctx, "user.changed", id, patch, fromUser(ctx, id));
  const ended = patch.is_active === false ? endSessions(ctx, id, "user.sessions_ended") : [];
  try {
    return await update(ctx, id, patch, [entry, ...ended]);
  } catch (error) {
    if (violates(error, "last_admin"))
      throw new Problem("last-admin", "Give another account the role ADMIN first.");
    throw error;
  }
}

/** Changes the signed-in user's profile; the audit log names only the fields. One round trip. @throws Problem account-erased, not-found */
export async function changeMe(ctx: UserCtx, patch: z.infer<typeof MePatch>): Promise<UserBody> {
  const { id } = ctx.actor;
  const entry = auditUpdate(ctx, "user.profile_changed", id, patch, fromUser(ctx, id), { namesOnly: true });
  return update(ctx, id, patch, [entry]);
}
