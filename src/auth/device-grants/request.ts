// A device asks to be signed in (RFC 8628, 3.1 and 3.2). It names its shop, so that only people of this shop can approve it.
import { sql } from "drizzle-orm";
import { networkHash } from "../../quota/network-hash.ts";
import type { Ctx } from "../../platform/context.ts";
import { newShopToken } from "../../platform/secret-tokens.ts";
import { countAttempt } from "../login/attempts.ts";
import { newUserCode, shownUserCode, userCodeHash } from "./codes.ts";
import type { DeviceAuthorization } from "./schema.ts";
import type { z } from "zod";

/** Seconds. */
const LIFETIME = 600;
/** Seconds between two polls. */
const INTERVAL = 5;

type DeviceRequest = { clientId: string; label: string };

/** The page on which a person types the code. */
const pageOf = (env: Env): string => `${env.PUBLIC_URL.replace(/\/$/, "")}/device`;

/** Stores the request of a device. One round trip. @throws Problem too-many-attempts */
export async function requestDeviceGrant(
  ctx: Ctx,
  { clientId, label }: DeviceRequest,
  address: string,
): Promise<z.infer<typeof DeviceAuthorization>> {
  await countAttempt(ctx, address, "device-request");
  const { token, tokenHash } = newShopToken(ctx.tenant.id);
  const code = newUserCode();
  const expiresAt = new Date(ctx.now.getTime() + LIFETIME * 1000);
  await ctx.db.run(sql`INSERT INTO device_grants
      (tenant_id, device_code_hash, user_code_hash, client_id, label, network_hash, interval_s, created_at, expires_at)
    VALUES (${ctx.tenant.id}, ${tokenHash}, ${userCodeHash(ctx.env, ctx.tenant.id, code)}, ${clientId}, ${label},
      ${networkHash(ctx.env, "device", address)}, CAST(${INTERVAL} AS INTEGER), ${ctx.now.toISOString()},
      ${expiresAt.toISOString()})`);
  const page = pageOf(ctx.env);
  const complete = new URLSearchParams({ tenant: ctx.tenant.slug, code: shownUserCode(code) });
  return {
    device_code: token,
    user_code: shownUserCode(code),
    verification_uri: page,
    verification_uri_complete: `${page}?${complete.toString()}`,
    expires_in: LIFETIME,
    interval: INTERVAL,
  };
}
