// A login is a family of refresh tokens, each of which is exchanged once: using one again means that it leaked, and ends the login. Only
// right after its exchange does it get the same next token again, because the response may have been lost. A token names its row (shop,
// family, generation) and has a secret of 256 bits, whose hash is stored. A login is active while one row is neither used nor revoked.
import { timingSafeEqual } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, type AuditContext } from "../../audit/log.ts";
import type { Action } from "../../audit/schema.ts";
import type { UserCtx, Base } from "../../platform/context.ts";
import { sweepRows } from "../../platform/sweep-rows.ts";
import { unauthenticated, Problem } from "../../platform/problem.ts";
import { hashOfSecret, keyedHash, newSecret } from "../../platform/secret-tokens.ts";
import { newId } from "../../values/ids.ts";
import { MINUTE_MS } from "../../platform/minute.ts";
import { returning, type Returning, sqlBoolean, type Statement } from "../../platform/d1.ts";
import { signInColumns, signInRow } from "./sign-in-row.ts";

const REFRESH_DAYS = 30;
// A refresh writes rows and counts only against the quota of its address, because its account is known only in its batch.
const REFRESHES_PER_MINUTE = 10;
// Longer than clients wait for a response before they send the request again.
const EXCHANGED_AGAIN_MS = 60_000;

type Token = { tenantId: string; family: string; generation: number; secret: string };

/** The first refresh token of a login with this secret. */
export const firstRefreshToken = (tenantId: string, family: string, secret: string): string =>
  encodeToken({ tenantId, family, generation: 1, secret });

const encodeToken = (token: Token): string =>
  `${token.tenantId}.${token.family}.${token.generation}.${token.secret}`;

const TOKEN = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/;

function decodeToken(text: string): Token | null {
  const [, tenantId, family, generation, secret] = TOKEN.exec(text) ?? [];
  if (!tenantId || !family || !generation || !secret) return null;
  return { tenantId, family, generation: Number(generation), secret };
}

/** The end of a refresh token that is issued now. */
export const expiry = (now: Date): string =>
  new Date(now.getTime() + REFRESH_DAYS * 86_400_000).toISOString();

export const wrongCredentials = (): Problem =>
  new Problem("invalid-credentials", "Check the shop, the e-mail and the password.");

const userIdRow = z.object({ user_id: z.string() });

type NewSession = {
  /** On the account; `family` is the id of the login. */
  condition: SQL;
  /** The secret of the first refresh token. */
  secretOf?: (session: string) => string;
  /** The end of the first refresh token, or SQL that yields it; by default in 30 days. */
  expiresAt?: string | SQL;
};

/** A login that a batch begins if the account satisfies `condition`; `inserted` then has a row. `device` may be SQL that yields it. */
export function newSession(
  ctx: Base,
  tenantId: string,
  userId: string,
  device: string | SQL | null,
  { condition, secretOf = newSecret, expiresAt = expiry(ctx.now) }: NewSession,
): {
  session: string;
  refreshToken: string;
  inserted: Returning<z.infer<typeof userIdRow>>;
  statements: Statement[];
} {
  const family = newId();
  const token = { tenantId, family, generation: 1, secret: secretOf(family) };
  const auditContext = { requestId: ctx.requestId, tenant: { id: tenantId }, actor: { id: userId } };
  const inserted = returning(
    userIdRow,
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, family, 1, id, ${hashOfSecret(token.secret)}, ${typeof device === "string" ? device.slice(0, 200) : device},
        ${ctx.now.toISOString()}, ${expiresAt}
      FROM users CROSS JOIN (SELECT ${family} AS family)
      WHERE tenant_id = ${tenantId} AND id = ${userId} AND ${condition} RETURNING user_id`,
  );
  const entry = audit(auditContext, "user.signed_in", userId, {
    after: sql`json_object('session', ${family})`,
    when: sql`changes() = 1`,
  });
  return { session: family, refreshToken: encodeToken(token), inserted, statements: [inserted, entry] };
}

/** Begins a login if the account satisfies `condition`. One round trip. @throws Problem invalid-credentials */
export async function createSession(
  ctx: Base,
  tenantId: string,
  userId: string,
  device: string | null,
  condition: SQL = sql`true`,
): Promise<{ session: string; refreshToken: string }> {
  const { session, refreshToken, inserted, statements } = newSession(ctx, tenantId, userId, device, {
    condition,
  });
  const done = await ctx.db.batch(statements);
  if (done.of(inserted).length === 0) throw wrongCredentials();
  return { session, refreshToken };
}

const tokenRow = z.object({
  user_id: z.string(),
  token_hash: z.string(),
  used_at: z.string().nullable(),
  is_too_frequent: sqlBoolean,
});

const nextRow = z.object({ token_hash: z.string() });

/**
 * The next refresh token of a login. It follows from the one that is exchanged, so it need not be stored for a client that has lost the
 * response; without the signing key, nobody who has the earlier token can compute it.
 */
const nextToken = (env: Env, token: Token): Token => {
  const generation = token.generation + 1;
  const { family, secret } = token;
  return {
    ...token,
    generation,
    secret: keyedHash(env, "refresh-token", `${family}\n${generation}\n${secret}`),
  };
};

const isHashOf = (hash: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hash), Buffer.from(hashOfSecret(secret)));

/**
 * Exchanges a refresh token for the next one. Both writes require `used_at IS NULL`, so parallel uses make one next token, and all get it:
 * for a minute, while it is unused and the account is active. A refresh that comes too soon does not use up its token.
 * @throws Problem token-reused, invalid-token, too-many-attempts
 */
export async function rotateSession(
  ctx: Base,
  refreshToken: string,
): Promise<{ user: z.infer<typeof signInRow>; session: string; refreshToken: string }> {
  const token = decodeToken(refreshToken);
  if (!token) throw unauthenticated("The refresh token is not valid.");
  const { tenantId, family, generation } = token;
  ctx.db.enterShop(tenantId);
  const isToken = sql`tenant_id = ${tenantId} AND family = ${family} AND generation = ${generation}`;
  const now = ctx.now.toISOString();
  const minuteAgo = new Date(ctx.now.getTime() - MINUTE_MS).toISOString();
  const isTooFrequent = sql`EXISTS (SELECT 1 FROM auth_sessions WHERE tenant_id = ${tenantId} AND family = ${family}
    AND generation = ${generation - REFRESHES_PER_MINUTE + 1} AND created_at > ${minuteAgo})`;
  const isUsable = sql`used_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}
    AND EXISTS (SELECT 1 FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE u.tenant_id = ${tenantId} AND u.id = user_id AND u.is_active = 1)`;
  // The token of a disabled account is not used up, since the account may be enabled again.
  const isValid = sql`${isToken} AND NOT ${isTooFrequent} AND token_hash = ${hashOfSecret(token.secret)} AND ${isUsable}`;
  const next = nextToken(ctx.env, token);
  const selected = returning(
    tokenRow,
    sql`SELECT user_id, token_hash, used_at, ${isTooFrequent} AS is_too_frequent FROM auth_sessions WHERE ${isToken}`,
  );
  const exchanged = returning(
    nextRow,
    sql`SELECT token_hash FROM auth_sessions WHERE tenant_id = ${tenantId} AND family = ${family}
      AND generation = ${next.generation} AND ${isUsable}`,
  );
  const inserted = returning(
    userIdRow,
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, family, ${next.generation}, user_id, ${hashOfSecret(next.secret)}, device, ${now}, ${expiry(ctx.now)}
      FROM auth_sessions WHERE ${isValid} RETURNING user_id`,
  );
  const account = returning(
    signInRow,
    sql`SELECT ${signInColumns} FROM users WHERE tenant_id = ${tenantId}
      AND id = (SELECT user_id FROM auth_sessions WHERE ${isToken})`,
  );
  const done = await ctx.db.batch([
    selected,
    exchanged,
    inserted,
    sql`UPDATE auth_sessions SET used_at = ${now}, device = NULL WHERE ${isValid}`,
    account,
  ]);
  const [row] = done.of(selected);
  const [user] = done.of(account);
  if (!row || !user || !isHashOf(row.token_hash, token.secret))
    throw unauthenticated("The refresh token is not valid.");
  const granted = { user, session: family, refreshToken: encodeToken(next) };
  if (done.of(inserted).length === 1) return granted;
  if (row.used_at !== null) {
    const [following] = done.of(exchanged);
    const isRecent = ctx.now.getTime() - Date.parse(row.used_at) <= EXCHANGED_AGAIN_MS;
    if (isRecent && following && isHashOf(following.token_hash, next.secret)) return granted;
    const nobody = { ...ctx, tenant: { id: tenantId }, actor: null };
    await ctx.db.batch(endSessions(nobody, row.user_id, "user.sessions_ended", sql`family = ${family}`));
    throw new Problem(
      "token-reused",
      "This refresh token was exchanged before, so the login has been ended. Sign in again.",
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
export async function endSession(ctx: UserCtx): Promise<void> {
  await ctx.db.batch(endSessions(ctx, ctx.actor.id, "user.signed_out", sql`family = ${ctx.actor.session}`));
}

/** Deletes the expired refresh tokens of all shops; a page of a sweep. */
export async function deleteExpiredSessions(ctx: Base, after = ""): Promise<string | null> {
  const isExpired = sql`expires_at < ${ctx.now.toISOString()}`;
  return sweepRows(ctx, after, "auth_sessions", ["tenant_id", "family", "generation"], isExpired);
}
