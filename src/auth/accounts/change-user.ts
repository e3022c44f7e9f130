// Changes of an account, told in the batch that makes them: by an ADMIN its role and whether it is active, by its owner the rest.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { auditUpdate } from "../../audit/log.ts";
import type { ActorCtx, Ctx, Role } from "../../platform/context.ts";
import { violates, rows } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import type { Preferences, User } from "../schema.ts";
import { endSessions } from "../login/sessions.ts";
import { getUser, userColumns, userRow } from "./users.ts";

type UserBody = z.infer<typeof User>;

export const accountErased = (): Problem =>
  new Problem("account-erased", "Nothing is left of this account to change.");

/** Changes these columns, and does `more` before, which tells the log. One round trip. @throws Problem not-found, account-erased */
async function update(ctx: Ctx, id: string, changes: SQL[], ...more: SQL[]): Promise<UserBody> {
  if (changes.length === 0) return getUser(ctx, ctx.tenant.id, id);
  try {
    const results = await ctx.db.batch([
      ...more,
      sql`UPDATE users SET ${sql.join(changes, sql`, `)} ${of(ctx, id)} RETURNING ${userColumns}`,
    ]);
    const [user] = rows(userRow, results.at(-1));
    if (!user) throw notFound("user");
    return user;
  } catch (error) {
    throw violates(error, "erased") ? accountErased() : error;
  }
}

const of = (ctx: Ctx, id: string): SQL => sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;

const row = (ctx: Ctx, id: string): SQL => sql`FROM users ${of(ctx, id)}`;

/** Changes role or activity; both count from the next request, and who is disabled has no login left. @throws Problem last-admin, not-found, account-erased */
export async function changeUser(
  ctx: ActorCtx,
  id: string,
  patch: { role?: Role | undefined; is_active?: boolean | undefined },
): Promise<UserBody> {
  const changes: SQL[] = [];
  if (patch.role !== undefined) changes.push(sql`role = ${patch.role}`);
  if (patch.is_active !== undefined) changes.push(sql`is_active = ${patch.is_active ? 1 : 0}`);
  const told = auditUpdate(ctx, "user.changed", id, patch, row(ctx, id));
  const ended = patch.is_active === false ? endSessions(ctx, id, "user.sessions_ended") : [];
  try {
    return await update(ctx, id, changes, told, ...ended);
  } catch (error) {
    if (violates(error, "last_admin")) throw new Problem("last-admin", "Make somebody else an ADMIN first.");
    throw error;
  }
}

/** Changes the signed-in user's own profile; the log names the fields only. */
export async function changeMe(
  ctx: ActorCtx,
  patch: {
    first_name?: string | undefined;
    last_name?: string | undefined;
    preferences?: z.infer<typeof Preferences> | undefined;
  },
): Promise<UserBody> {
  const { id } = ctx.actor;
  const changes: SQL[] = [];
  if (patch.first_name !== undefined) changes.push(sql`first_name = ${patch.first_name}`);
  if (patch.last_name !== undefined) changes.push(sql`last_name = ${patch.last_name}`);
  if (patch.preferences !== undefined) changes.push(sql`preferences = ${JSON.stringify(patch.preferences)}`);
  const told = auditUpdate(ctx, "user.profile_changed", id, patch, row(ctx, id), { namesOnly: true });
  return update(ctx, id, changes, told);
}
