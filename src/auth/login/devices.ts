// A device is known to an account once the account has signed in there. Its cookie has an entry for each account: an id and an expiry,
// signed together with the account and the hash of its password, so that a new password and an erasure revoke it. It replaces no
// password: wrong passwords from a known device are counted apart from those of everybody else.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const DEVICE_DAYS = 180;
/** Seconds. */
export const DEVICE_TTL = DEVICE_DAYS * 86_400;
// The accounts of a shared till; beyond it the one that signed in the longest time ago is forgotten.
const MAX_ACCOUNTS = 10;

/** What an account remembers of a device; `expires` is in seconds. */
export type Device = { id: string; expires: number; signature: string };

type Account = { tenant_id: string; id: string; password_hash: string };

const ENTRY = /^([0-9a-z]{1,8})\.([\w-]{22})\.([\w-]{43})$/;
const SEPARATOR = "~";

const sign = (env: Pick<Env, "AUTH_SIGNING_KEY">, id: string, expires: number, account: Account): string =>
  createHmac("sha256", `device:${env.AUTH_SIGNING_KEY}`)
    .update(JSON.stringify([account.tenant_id, account.id, account.password_hash, id, expires]))
    .digest("base64url");

/** The entries of a cookie that have not expired. Their signatures are not verified. */
export function readDevices(cookie: string | undefined, now: Date): Device[] {
  const entries = (cookie ?? "").split(SEPARATOR, MAX_ACCOUNTS).flatMap((text): Device[] => {
    const [, expires, id, signature] = ENTRY.exec(text) ?? [];
    return expires && id && signature ? [{ id, expires: Number.parseInt(expires, 36), signature }] : [];
  });
  return entries.filter(({ expires }) => expires * 1000 > now.getTime());
}

const nobody: Account = { tenant_id: "", id: "", password_hash: "" };

/** The entry by which the account knows the device, if any. Without an account the work is the same. */
export function knownDevice(
  env: Pick<Env, "AUTH_SIGNING_KEY">,
  devices: Device[],
  account: Account | undefined,
): Device | null {
  const matches = devices.filter(({ id, expires, signature }) =>
    timingSafeEqual(Buffer.from(sign(env, id, expires, account ?? nobody)), Buffer.from(signature)),
  );
  return account ? (matches[0] ?? null) : null;
}

/** The cookie of a device that the account knows from now on; `known` is the entry by which it knows it already. */
export function rememberDevice(
  env: Pick<Env, "AUTH_SIGNING_KEY">,
  now: Date,
  devices: Device[],
  known: Device | null,
  account: Account,
): string {
  const id = known?.id ?? randomBytes(16).toString("base64url");
  const expires = Math.floor(now.getTime() / 1000) + DEVICE_TTL;
  const entry = { id, expires, signature: sign(env, id, expires, account) };
  return [entry, ...devices.filter((each) => each !== known)]
    .slice(0, MAX_ACCOUNTS)
    .map((each) => `${each.expires.toString(36)}.${each.id}.${each.signature}`)
    .join(SEPARATOR);
}
