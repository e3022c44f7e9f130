// The logins of an account that live, and how they are ended: one, all others, or by an ADMIN all.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { instantOfId } from "../../values/ids.ts";
import { encodeCursor, decodeCursor, singleKey, pageOf } from "../../platform/cursor.ts";
import { notFound } from "../../platform/problem.ts";
import type { Session } from "./schema.ts";
import { endSessions } from "./sessions.ts";

const liveRow = z.object({
  id: z.string(),
  device: z.string().nullable(),
  last_used_at: z.string(),
  expires_at: z.string(),
});

/** The actor's logins, the latest begun first. A login's id tells when it began. One round trip. */
export async function listSessions(ctx: ActorCtx, query: { limit: number; cursor?: string | undefined }) {
  const list = `sessions:${ctx.actor.id}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    liveRow,
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
export async function endMySession(ctx: ActorCtx, id: string): Promise<void> {
  const results = await ctx.db.batch(
    endSessions(ctx, ctx.actor.id, "user.sessions_ended", sql`family = ${id}`),
  );
  if (!results.at(-1)?.length) throw notFound("login");
}

/** The condition that a login is not the one by which the actor asks. */
export const isOther = (ctx: ActorCtx) => sql`family <> ${ctx.actor.session}`;

/** Ends all logins of the actor but the one that asks. One round trip. */
export async function endMyOtherSessions(ctx: ActorCtx): Promise<void> {
  await ctx.db.batch(endSessions(ctx, ctx.actor.id, "user.sessions_ended", isOther(ctx)));
}

/** Ends all logins of an account. One round trip. @throws Problem not-found */
export async function endSessionsOf(ctx: ActorCtx, userId: string): Promise<void> {
  const [known] = await ctx.db.batch([
    sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${userId}`,
    ...endSessions(ctx, userId, "user.sessions_ended"),
  ]);
  if (!known?.length) throw notFound("user");
}
