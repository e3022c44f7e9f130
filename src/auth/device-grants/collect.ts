// A device polls for its login (RFC 8628, 3.4). A poll that finds an approval writes only that it was collected: two polls at once, and
// one whose answer was lost, get the same tokens, for a minute and until the refresh token is used.
import { timingSafeEqual } from "node:crypto";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { hashOfSecret, readShopToken } from "../../platform/secret-tokens.ts";
import { sweepRows } from "../../platform/sweep-rows.ts";
import { loginBody } from "../login/login.ts";
import type { Login } from "../login/schema.ts";
import { expiry, firstRefreshToken } from "../login/sessions.ts";
import { signInColumns, signInRow } from "../login/sign-in-row.ts";
import { firstSecretOf } from "./codes.ts";
import { OAuthFailure } from "./oauth-error.ts";

/** Seconds that a poll may come early. */
const TOLERANCE = 1;
const SLOW_DOWN = 5;
const MAX_INTERVAL = 60;
const COLLECTED_AGAIN_MS = 60_000;

const pollRow = z.object({
  status: z.enum(["pending", "approved", "denied"]),
  session_id: z.string().nullable(),
  collected_at: z.string().nullable(),
  expires_at: z.string(),
  is_too_fast: sqlBoolean,
  /** Of the login's first refresh token, while it is unused. */
  token_hash: z.string().nullable(),
});

const invalidGrant = (): OAuthFailure =>
  new OAuthFailure(
    "invalid_grant",
    "The device code is not valid, or its login has been collected or ended.",
  );

/** The login of a device, once a person has approved it. One round trip. @throws OAuthFailure */
export async function collectLogin(
  ctx: Base,
  deviceCode: string,
  clientId: string,
): Promise<z.infer<typeof Login>> {
  const token = readShopToken(deviceCode);
  if (!token) throw invalidGrant();
  const { tenantId, tokenHash } = token;
  ctx.db.enterShop(tenantId);
  const now = ctx.now.toISOString();
  const isGrant = sql`tenant_id = ${tenantId} AND device_code_hash = ${tokenHash} AND client_id = ${clientId}`;
  const isTooFast = sql`coalesce(unixepoch(${now}, 'subsec') - unixepoch(polled_at, 'subsec') < interval_s - ${TOLERANCE}, 0)`;
  const isCollectable = sql`${isGrant} AND status = 'approved' AND expires_at > ${now}`;
  const selected = returning(
    pollRow,
    sql`SELECT g.status, g.session_id, g.collected_at, g.expires_at, ${isTooFast} AS is_too_fast,
        (SELECT s.token_hash FROM auth_sessions s WHERE s.tenant_id = g.tenant_id AND s.family = g.session_id
          AND s.generation = 1 AND s.used_at IS NULL AND s.revoked_at IS NULL) AS token_hash
      FROM device_grants g WHERE ${isGrant}`,
  );
  const account = returning(
    signInRow,
    sql`SELECT ${signInColumns} FROM users WHERE tenant_id = ${tenantId} AND is_active = 1
      AND EXISTS (SELECT 1 FROM tenants t WHERE t.id = ${tenantId} AND t.is_active = 1)
      AND id = (SELECT user_id FROM device_grants WHERE ${isCollectable})`,
  );
  const done = await ctx.db.batch([
    selected,
    account,
    sql`UPDATE device_grants SET polled_at = ${now},
        interval_s = iif(${isTooFast}, min(interval_s + ${sql.raw(String(SLOW_DOWN))}, ${sql.raw(String(MAX_INTERVAL))}), interval_s)
      WHERE ${isGrant} AND status = 'pending' AND expires_at > ${now}`,
    // From now on the login lives as long as any other.
    sql`UPDATE auth_sessions SET expires_at = ${expiry(ctx.now)} WHERE tenant_id = ${tenantId}
      AND family = (SELECT session_id FROM device_grants WHERE ${isCollectable} AND collected_at IS NULL)
      AND generation = 1 AND used_at IS NULL AND revoked_at IS NULL`,
    sql`UPDATE device_grants SET collected_at = ${now} WHERE ${isCollectable} AND collected_at IS NULL`,
  ]);
  const [grant] = done.of(selected);
  const [user] = done.of(account);
  if (!grant) throw invalidGrant();
  requireApproval(grant, ctx.now);
  const { session_id: session, token_hash } = grant;
  if (!user || session === null || token_hash === null) throw invalidGrant();
  const secret = firstSecretOf(ctx.env, session);
  // The signing key may have been rotated since the approval.
  if (!timingSafeEqual(Buffer.from(token_hash), Buffer.from(hashOfSecret(secret)))) throw invalidGrant();
  return loginBody(ctx, user, session, firstRefreshToken(tenantId, session, secret));
}

function requireApproval(
  { status, expires_at, collected_at, is_too_fast }: z.infer<typeof pollRow>,
  now: Date,
): void {
  if (status === "denied") throw new OAuthFailure("access_denied", "The person has denied the device.");
  if (collected_at !== null && now.getTime() - Date.parse(collected_at) > COLLECTED_AGAIN_MS)
    throw invalidGrant();
  if (expires_at <= now.toISOString())
    throw new OAuthFailure("expired_token", "The codes have expired. Request new ones.");
  if (status === "approved") return;
  if (is_too_fast)
    throw new OAuthFailure("slow_down", `Wait ${SLOW_DOWN} seconds more between polls from now on.`);
  throw new OAuthFailure("authorization_pending", "Nobody has approved the device yet. Poll again.");
}

const DAY_MS = 86_400_000;

/** Deletes the requests of devices of all shops that expired a day ago; a page of a sweep. */
export const deleteExpiredGrants = (ctx: Base, after = ""): Promise<string | null> =>
  sweepRows(
    ctx,
    after,
    "device_grants",
    ["tenant_id", "device_code_hash"],
    sql`expires_at < ${new Date(ctx.now.getTime() - DAY_MS).toISOString()}`,
  );
