// A login is a family of refresh tokens, each of which is used once: reuse means that it leaked, and ends the login. A token
// names its row (shop, family, generation) and has 256 random bits, whose hash is stored. A login is active while one of its
// rows is neither used nor revoked.
import { timingSafeEqual } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, type AuditContext } from "../../audit/log.ts";
import type { Action } from "../../audit/schema.ts";
import type { ActorCtx, Base } from "../../platform/context.ts";
import { sweepRows } from "../../platform/sweep-rows.ts";
import { unauthenticated, Problem } from "../../platform/problem.ts";
import { hashOfSecret, newSecret } from "../../platform/secret-tokens.ts";
import { newId } from "../../values/ids.ts";
import { MINUTE_MS } from "../../platform/minute.ts";
import { returning, type Returning, sqlBoolean, type Statement } from "../../platform/d1.ts";
import { userColumns, userRow } from "../accounts/users.ts";

const REFRESH_DAYS = 30;
// A refresh writes rows and counts only against the quota of its address, because its account is known only in its batch.
const REFRESHES_PER_MINUTE = 10;

type Token = { tenantId: string; family: string; generation: number; secret: string };

const encodeToken = (token: Token): string =>
  `${token.tenantId}.${token.family}.${token.generation}.${token.secret}`;

const TOKEN = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/;

function decodeToken(text: string): Token | null {
  const [, tenantId, family, generation, secret] = TOKEN.exec(text) ?? [];
  if (!tenantId || !family || !generation || !secret) return null;
  return { tenantId, family, generation: Number(generation), secret };
}

const expiry = (now: Date): string => new Date(now.getTime() + REFRESH_DAYS * 86_400_000).toISOString();

export const wrongCredentials = (): Problem =>
  new Problem("invalid-credentials", "Check the shop, the e-mail and the password.");

const userIdRow = z.object({ user_id: z.string() });

/** A login that a batch begins if the account satisfies `condition`; `inserted` then has a row. */
export function newSession(
  ctx: Base,
  tenantId: string,
  userId: string,
  device: string | null,
  condition: SQL,
): {
  session: string;
  refreshToken: string;
  inserted: Returning<z.infer<typeof userIdRow>>;
  statements: Statement[];
} {
  const token = { tenantId, family: newId(), generation: 1, secret: newSecret() };
  const auditContext = { requestId: ctx.requestId, tenant: { id: tenantId }, actor: { id: userId } };
  const inserted = returning(
    userIdRow,
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, ${token.family}, 1, id, ${hashOfSecret(token.secret)}, ${device?.slice(0, 200) ?? null},
        ${ctx.now.toISOString()}, ${expiry(ctx.now)}
      FROM users WHERE tenant_id = ${tenantId} AND id = ${userId} AND ${condition} RETURNING user_id`,
  );
  const entry = audit(auditContext, "user.signed_in", userId, {
    after: sql`json_object('session', ${token.family})`,
    when: sql`changes() = 1`,
  });
  return { session: token.family, refreshToken: encodeToken(token), inserted, statements: [inserted, entry] };
}

/** Begins a login if the account satisfies `condition`. One round trip. @throws Problem invalid-credentials */
export async function createSession(
  ctx: Base,
  tenantId: string,
  userId: string,
  device: string | null,
  condition: SQL = sql`true`,
): Promise<{ session: string; refreshToken: string }> {
  const { session, refreshToken, inserted, statements } = newSession(
    ctx,
    tenantId,
    userId,
    device,
    condition,
  );
  const done = await ctx.db.batch(statements);
  if (done.of(inserted).length === 0) throw wrongCredentials();
  return { session, refreshToken };
}

const tokenRow = z.object({
  user_id: z.string(),
  token_hash: z.string(),
  used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  expires_at: z.string(),
  is_too_frequent: sqlBoolean,
});

/**
 * Exchanges a refresh token for the next one. Both writes require `used_at IS NULL`, so of parallel uses one succeeds. A
 * refresh that comes too soon does not use up its token. @throws Problem token-reused, invalid-token, too-many-attempts
 */
export async function rotateSession(
  ctx: Base,
  refreshToken: string,
): Promise<{ user: z.infer<typeof userRow>; session: string; refreshToken: string }> {
  const token = decodeToken(refreshToken);
  if (!token) throw unauthenticated("The refresh token is not valid.");
  const { tenantId, family, generation } = token;
  const isToken = sql`tenant_id = ${tenantId} AND family = ${family} AND generation = ${generation}`;
  const now = ctx.now.toISOString();
  const minuteAgo = new Date(ctx.now.getTime() - MINUTE_MS).toISOString();
  const isTooFrequent = sql`EXISTS (SELECT 1 FROM auth_sessions WHERE tenant_id = ${tenantId} AND family = ${family}
    AND generation = ${generation - REFRESHES_PER_MINUTE + 1} AND created_at > ${minuteAgo})`;
  // The token of a disabled account is not used up, since the account may be enabled again.
  const isValid = sql`${isToken} AND NOT ${isTooFrequent} AND token_hash = ${hashOfSecret(token.secret)}
    AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}
    AND EXISTS (SELECT 1 FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE u.tenant_id = ${tenantId} AND u.id = user_id AND u.is_active = 1)`;
  const next = { ...token, generation: generation + 1, secret: newSecret() };
  const selected = returning(
    tokenRow,
    sql`SELECT user_id, token_hash, used_at, revoked_at, expires_at, ${isTooFrequent} AS is_too_frequent
      FROM auth_sessions WHERE ${isToken}`,
  );
  const inserted = returning(
    userIdRow,
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, family, ${next.generation}, user_id, ${hashOfSecret(next.secret)}, device, ${now}, ${expiry(ctx.now)}
      FROM auth_sessions WHERE ${isValid} RETURNING user_id`,
  );
  const account = returning(
    userRow,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${tenantId}
      AND id = (SELECT user_id FROM auth_sessions WHERE ${isToken})`,
  );
  const done = await ctx.db.batch([
    selected,
    inserted,
    sql`UPDATE auth_sessions SET used_at = ${now}, device = NULL WHERE ${isValid}`,
    account,
  ]);
  const [row] = done.of(selected);
  const [user] = done.of(account);
  if (!row || !user || !timingSafeEqual(Buffer.from(row.token_hash), Buffer.from(hashOfSecret(token.secret))))
    throw unauthenticated("The refresh token is not valid.");
  if (done.of(inserted).length === 1) return { user, session: family, refreshToken: encodeToken(next) };
  if (row.used_at !== null) {
    const nobody = { ...ctx, tenant: { id: tenantId }, actor: null };
    await ctx.db.batch(endSessions(nobody, row.user_id, "user.sessions_ended", sql`family = ${family}`));
    throw new Problem(
      "token-reused",
      "This refresh token was used before, so the login has been ended. Sign in again.",
    );
  }
  if (row.is_too_frequent)
    throw new Problem(
      "too-many-attempts",
      `A login can be refreshed at most ${REFRESHES_PER_MINUTE} times per minute. Use the access token until it expires.`,
      {},
      { "retry-after": String(MINUTE_MS / 1000) },
    );
  throw unauthenticated("The login has ended, or the account is disabled. Sign in again.");
}

const activeSessions = (ctx: AuditContext, userId: string, condition: SQL): SQL =>
  sql`INDEXED BY auth_sessions_live WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${userId}
    AND used_at IS NULL AND revoked_at IS NULL AND ${condition}`;

/** The statement that records which active logins `revokeSessions` will end: their number and the first hundred ids. */
export function auditEndedSessions(ctx: AuditContext, userId: string, action: Action, condition: SQL): SQL {
  const active = activeSessions(ctx, userId, condition);
  // Bounded, because a value has at most 2 MB and an account any number of logins.
  const before = sql`(SELECT json_object('count', count(*), 'sessions',
    json((SELECT json_group_array(family) FROM (SELECT family FROM auth_sessions ${active} ORDER BY family LIMIT 100))))
    FROM auth_sessions ${active})`;
  const when = sql`EXISTS (SELECT 1 FROM auth_sessions ${active})`;
  return audit(ctx, action, userId, { before, when });
}

/** The statement that ends the active logins that satisfy `condition`, from the next request on. It returns a row for each. */
export const revokeSessions = (
  ctx: AuditContext & Pick<Base, "now">,
  userId: string,
  condition: SQL,
): Returning<z.infer<typeof userIdRow>> =>
  returning(
    userIdRow,
    sql`UPDATE auth_sessions SET revoked_at = ${ctx.now.toISOString()}, device = NULL
      WHERE (tenant_id, family, generation) IN (SELECT tenant_id, family, generation
        FROM auth_sessions ${activeSessions(ctx, userId, condition)})
      RETURNING user_id`,
  );

/** The statements that end all logins of an account, or those that satisfy `condition`, and record it unless `action` is null. */
export const endSessions = (
  ctx: AuditContext & Pick<Base, "now">,
  userId: string,
  action: Action | null,
  condition: SQL = sql`true`,
): Statement[] => [
  ...(action === null ? [] : [auditEndedSessions(ctx, userId, action, condition)]),
  revokeSessions(ctx, userId, condition),
];

/** Ends the actor's login; its access tokens are invalid from the next request on. One round trip. */
export async function endSession(ctx: ActorCtx): Promise<void> {
  await ctx.db.batch(endSessions(ctx, ctx.actor.id, "user.signed_out", sql`family = ${ctx.actor.session}`));
}

/** Deletes the expired refresh tokens of all shops; a page of a sweep. */
export async function deleteExpiredSessions(ctx: Base, after = ""): Promise<string | null> {
  const isExpired = sql`expires_at < ${ctx.now.toISOString()}`;
  return sweepRows(ctx, after, "auth_sessions", ["tenant_id", "family", "generation"], isExpired);
}
