// A login is a family of refresh tokens. Each is used once: using it again means that it leaked, and ends the family.
// The token names its row (shop, family, generation) and carries 256 random bits, of which the row has the hash.
// The login lives while one row of it is neither used nor revoked: to end it is to revoke that row.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, type AuditContext } from "../../audit/log.ts";
import type { Action } from "../../audit/schema.ts";
import type { ActorCtx, Base } from "../../platform/context.ts";
import { sweepRows } from "../../platform/sweep-rows.ts";
import { unauthenticated, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { MINUTE_MS } from "../../platform/minute.ts";
import { sqlBoolean, rows } from "../../platform/d1.ts";
import { userColumns, userRow } from "../accounts/users.ts";

const REFRESH_DAYS = 30;
// Each refresh writes rows, and counts for no quota but its address's: who it is, its batch finds out.
const REFRESHES_A_MINUTE = 10;

type Token = { tenantId: string; family: string; generation: number; secret: string };

const hash = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

const write = (token: Token): string =>
  `${token.tenantId}.${token.family}.${token.generation}.${token.secret}`;

const TOKEN = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/;

function read(text: string): Token | null {
  const [, tenantId, family, generation, secret] = TOKEN.exec(text) ?? [];
  if (!tenantId || !family || !generation || !secret) return null;
  return { tenantId, family, generation: Number(generation), secret };
}

const expiry = (now: Date): string => new Date(now.getTime() + REFRESH_DAYS * 86_400_000).toISOString();

export const wrongCredentials = (): Problem =>
  new Problem("invalid-credentials", "Check the shop, the e-mail and the password.");

/**
 * Begins a login: the first refresh token of a new family, if the account is still `as` it was when its password was looked
 * at. One round trip. @throws Problem invalid-credentials
 */
export async function createSession(
  ctx: Base,
  tenantId: string,
  userId: string,
  device: string | null,
  as: SQL = sql`true`,
): Promise<{ session: string; refreshToken: string }> {
  const token = { tenantId, family: newId(), generation: 1, secret: randomBytes(32).toString("base64url") };
  const who = { requestId: ctx.requestId, tenant: { id: tenantId }, actor: { id: userId } };
  const [begun] = await ctx.db.batch([
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, ${token.family}, 1, id, ${hash(token.secret)}, ${device?.slice(0, 200) ?? null},
        ${ctx.now.toISOString()}, ${expiry(ctx.now)}
      FROM users WHERE tenant_id = ${tenantId} AND id = ${userId} AND ${as} RETURNING user_id`,
    audit(who, "user.signed_in", userId, {
      after: sql`json_object('session', ${token.family})`,
      when: sql`changes() = 1`,
    }),
  ]);
  if (begun?.length !== 1) throw wrongCredentials();
  return { session: token.family, refreshToken: write(token) };
}

const tokenRow = z.object({
  user_id: z.string(),
  token_hash: z.string(),
  used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  expires_at: z.string(),
  is_hasty: sqlBoolean,
});

/**
 * Takes a refresh token and answers the next, with its account. Both writes are guarded by `used_at IS NULL`: of parallel
 * uses one wins. Who is refused for haste has not used it up. @throws Problem token-reused, invalid-token, too-many-attempts
 */
export async function rotateSession(
  ctx: Base,
  refreshToken: string,
): Promise<{ user: z.infer<typeof userRow>; session: string; refreshToken: string }> {
  const token = read(refreshToken);
  if (!token) throw unauthenticated("The refresh token is not valid.");
  const { tenantId, family, generation } = token;
  const where = sql`tenant_id = ${tenantId} AND family = ${family} AND generation = ${generation}`;
  const now = ctx.now.toISOString();
  const minuteAgo = new Date(ctx.now.getTime() - MINUTE_MS).toISOString();
  const isHasty = sql`EXISTS (SELECT 1 FROM auth_sessions WHERE tenant_id = ${tenantId} AND family = ${family}
    AND generation = ${generation - REFRESHES_A_MINUTE + 1} AND created_at > ${minuteAgo})`;
  // Who is disabled for a while does not use his token up.
  const isGood = sql`${where} AND NOT ${isHasty} AND token_hash = ${hash(token.secret)}
    AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}
    AND EXISTS (SELECT 1 FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE u.tenant_id = ${tenantId} AND u.id = user_id AND u.is_active = 1)`;
  const next = { ...token, generation: generation + 1, secret: randomBytes(32).toString("base64url") };
  const [found, inserted, , account] = await ctx.db.batch([
    sql`SELECT user_id, token_hash, used_at, revoked_at, expires_at, ${isHasty} AS is_hasty FROM auth_sessions WHERE ${where}`,
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, family, ${next.generation}, user_id, ${hash(next.secret)}, device, ${now}, ${expiry(ctx.now)}
      FROM auth_sessions WHERE ${isGood} RETURNING user_id`,
    sql`UPDATE auth_sessions SET used_at = ${now}, device = NULL WHERE ${isGood}`,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${tenantId}
      AND id = (SELECT user_id FROM auth_sessions WHERE ${where})`,
  ]);
  const [row] = rows(tokenRow, found);
  const [user] = rows(userRow, account);
  if (!row || !user || !timingSafeEqual(Buffer.from(row.token_hash), Buffer.from(hash(token.secret))))
    throw unauthenticated("The refresh token is not valid.");
  if (inserted?.length === 1) return { user, session: family, refreshToken: write(next) };
  if (row.used_at !== null) {
    const nobody = { ...ctx, tenant: { id: tenantId }, actor: null };
    await ctx.db.batch(endSessions(nobody, row.user_id, "user.sessions_ended", sql`family = ${family}`));
    throw new Problem(
      "token-reused",
      "This refresh token was used before: the login is ended. Sign in again.",
    );
  }
  if (row.is_hasty)
    throw new Problem(
      "too-many-attempts",
      `A login is refreshed ${REFRESHES_A_MINUTE} times a minute at most. Keep the access token for its time.`,
      {},
      { "retry-after": String(MINUTE_MS / 1000) },
    );
  throw unauthenticated("The login has ended, or the account is disabled. Sign in again.");
}

/**
 * The statements that end logins of an account, all or those of which `which` says so, and tell the log how many and which (a hundred at most); their
 * access tokens stop with the next request. The last one returns a row for each.
 */
export function endSessions(
  who: AuditContext & Pick<Base, "now">,
  userId: string,
  action: Action | null,
  which: SQL = sql`true`,
): SQL[] {
  const live = sql`INDEXED BY auth_sessions_live WHERE tenant_id = ${who.tenant.id} AND user_id = ${userId}
    AND used_at IS NULL AND revoked_at IS NULL AND ${which}`;
  // A value has 2 MB at most, and an account any number of logins.
  const families = sql`(SELECT json_object('count', count(*), 'sessions',
    json((SELECT json_group_array(family) FROM (SELECT family FROM auth_sessions ${live} ORDER BY family LIMIT 100))))
    FROM auth_sessions ${live})`;
  const isSome = sql`EXISTS (SELECT 1 FROM auth_sessions ${live})`;
  return [
    ...(action === null ? [] : [audit(who, action, userId, { before: families, when: isSome })]),
    sql`UPDATE auth_sessions SET revoked_at = ${who.now.toISOString()}, device = NULL
      WHERE (tenant_id, family, generation) IN (SELECT tenant_id, family, generation FROM auth_sessions ${live})
      RETURNING user_id`,
  ];
}

/** Ends the login of the actor: its access tokens stop with the next request. One round trip. */
export async function endSession(ctx: ActorCtx): Promise<void> {
  await ctx.db.batch(endSessions(ctx, ctx.actor.id, "user.signed_out", sql`family = ${ctx.actor.session}`));
}

/** Deletes the tokens of all shops that expired; a nightly job. */
export async function deleteExpiredSessions(ctx: Base): Promise<void> {
  const isOld = sql`expires_at < ${ctx.now.toISOString()}`;
  await sweepRows(ctx, "auth_sessions", ["tenant_id", "family", "generation"], isOld);
}
