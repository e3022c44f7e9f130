// A login is a family of refresh tokens. Each is used once: using it again means that it leaked, and ends the family.
// The token names its row (shop, family, generation) and carries 256 random bits, of which the row has the hash.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Actor, Base } from "../context.ts";
import { unauthenticated } from "../http.ts";
import { newId } from "../ids.ts";
import { rows } from "../db.ts";
import { Problem } from "../problem.ts";
import { userColumns, userRow } from "./users.ts";

const REFRESH_DAYS = 30;

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

/** Begins a login: the first refresh token of a new family. One round trip. */
export async function beginSession(
  ctx: Base,
  tenantId: string,
  userId: string,
  device: string | null,
): Promise<{ session: string; refreshToken: string }> {
  const token = { tenantId, family: newId(), generation: 1, secret: randomBytes(32).toString("base64url") };
  await ctx.db.run(sql`
    INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
    VALUES (${tenantId}, ${token.family}, 1, ${userId}, ${hash(token.secret)}, ${device?.slice(0, 200) ?? null},
      ${ctx.now.toISOString()}, ${expiry(ctx.now)})`);
  return { session: token.family, refreshToken: write(token) };
}

const endFamily = (ctx: Base, tenantId: string, family: string): SQL => sql`
  UPDATE auth_sessions SET revoked_at = ${ctx.now.toISOString()}
  WHERE tenant_id = ${tenantId} AND family = ${family} AND revoked_at IS NULL`;

const tokenRow = z.object({
  token_hash: z.string(),
  used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  expires_at: z.string(),
});

/**
 * Takes a refresh token and answers the next, with its account. The UPDATE is guarded by `used_at IS NULL`, and the next token is only
 * written where it changed a row: of parallel uses one wins. @throws Problem token-reused, invalid-token
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
  const next = { ...token, generation: generation + 1, secret: randomBytes(32).toString("base64url") };
  const [found, , inserted, account] = await ctx.db.batch([
    sql`SELECT token_hash, used_at, revoked_at, expires_at FROM auth_sessions WHERE ${where}`,
    sql`UPDATE auth_sessions SET used_at = ${now} WHERE ${where} AND token_hash = ${hash(token.secret)}
      AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}`,
    sql`INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, device, created_at, expires_at)
      SELECT tenant_id, family, ${next.generation}, user_id, ${hash(next.secret)}, device, ${now}, ${expiry(ctx.now)}
      FROM auth_sessions WHERE ${where} AND changes() = 1 RETURNING user_id`,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${tenantId}
      AND id = (SELECT user_id FROM auth_sessions WHERE ${where})`,
  ]);
  const [row] = rows(tokenRow, found);
  const [user] = rows(userRow, account);
  if (!row || !user || !timingSafeEqual(Buffer.from(row.token_hash), Buffer.from(hash(token.secret))))
    throw unauthenticated("The refresh token is not valid.");
  if (inserted?.length === 1) return { user, session: family, refreshToken: write(next) };
  if (row.used_at !== null) {
    await ctx.db.run(endFamily(ctx, tenantId, family));
    throw new Problem(
      "token-reused",
      "This refresh token was used before: the login is ended. Sign in again.",
    );
  }
  throw unauthenticated("The login has ended. Sign in again.");
}

/** Ends a login: its access tokens stop with the next request. One round trip. */
export async function endSession(ctx: Base, tenantId: string, actor: Actor): Promise<void> {
  await ctx.db.run(endFamily(ctx, tenantId, actor.session));
}

/** Deletes the tokens of all shops that expired; a nightly job. */
export async function forgetOldSessions(ctx: Base): Promise<void> {
  await ctx.db.run(sql`DELETE FROM auth_sessions WHERE expires_at < ${ctx.now.toISOString()}`);
}
