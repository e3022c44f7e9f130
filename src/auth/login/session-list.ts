// The active logins of an account. A user ends one or all others of their own, an ADMIN all of an account.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { instantOfId } from "../../values/ids.ts";
import { encodeCursor, decodeCursor, singleKey, pageOf } from "../../platform/cursor.ts";
import { notFound } from "../../platform/problem.ts";
import type { Session } from "./schema.ts";
import { auditEndedSessions, endSessions, revokeSessions } from "./sessions.ts";

const sessionRow = z.object({
  id: z.string(),
  device: z.string().nullable(),
  last_used_at: z.string(),
  expires_at: z.string(),
});

/** The actor's active logins, newest first. One round trip. @throws Problem invalid-cursor */
export async function listSessions(ctx: UserCtx, query: { limit: number; cursor?: string | undefined }) {
  const list = `sessions:${ctx.actor.id}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    sessionRow,
    sql`SELECT family AS id, device, created_at AS last_used_at, expires_at
      FROM auth_sessions INDEXED BY auth_sessions_live
      WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id} AND used_at IS NULL AND revoked_at IS NULL
        AND expires_at > ${ctx.now.toISOString()} ${after === undefined ? sql`` : sql`AND family < ${after}`}
      ORDER BY family DESC LIMIT ${query.limit + 1}`,
  );
  const sessions = found.map((row): z.infer<typeof Session> => {
    const created_at = instantOfId(row.id).toISOString();
    return { ...row, created_at, current: row.id === ctx.actor.session };
  });
  return pageOf(sessions, query.limit, (last) => encodeCursor(list, ctx.tenant.id, [last.id]));
}

/** Ends one login of the actor. One round trip. @throws Problem not-found */
export async function endMySession(ctx: UserCtx, id: string): Promise<void> {
  const isSession = sql`family = ${id}`;
  const revoked = revokeSessions(ctx, ctx.actor.id, isSession);
  const done = await ctx.db.batch([
    auditEndedSessions(ctx, ctx.actor.id, "user.sessions_ended", isSession),
    revoked,
  ]);
  if (done.of(revoked).length === 0) throw notFound("login");
}

/** The condition that a login is not the one that the actor uses. */
export const isOther = (ctx: UserCtx) => sql`family <> ${ctx.actor.session}`;

/** Ends all logins of the actor except the current one. One round trip. */
export async function endMyOtherSessions(ctx: UserCtx): Promise<void> {
  await ctx.db.batch(endSessions(ctx, ctx.actor.id, "user.sessions_ended", isOther(ctx)));
}

const idRow = z.object({ id: z.string() });

/** Ends all logins of an account. One round trip. @throws Problem not-found */
export async function endSessionsOf(ctx: UserCtx, userId: string): Promise<void> {
  const selected = returning(
    idRow,
    sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${userId} AND has_login = 1`,
  );
  const done = await ctx.db.batch([selected, ...endSessions(ctx, userId, "user.sessions_ended")]);
  if (done.of(selected).length === 0) throw notFound("user");
}
