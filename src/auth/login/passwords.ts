// scrypt N=2^14 r=8 p=5 (OWASP password storage cheat sheet). Hashes include their parameters (PHC string format), so
// these can be raised while older hashes still verify. scrypt blocks the isolate, so callers limit attempts first.
import crypto, { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const PARAMETERS = { ln: 14, r: 8, p: 5 };
const KEY_BYTES = 32;

const derive = (password: string, salt: Buffer, { ln, r, p }: typeof PARAMETERS): Buffer =>
  crypto.scryptSync(password.normalize("NFC"), salt, KEY_BYTES, {
    N: 2 ** ln,
    r,
    p,
    maxmem: 256 * 2 ** ln * r,
  });

/** Hashes a password: `$scrypt$ln=14,r=8,p=5$SALT$KEY`, with salt and key in base64url. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  const key = derive(password, salt, PARAMETERS);
  const { ln, r, p } = PARAMETERS;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/** Whether the password matches the hash. Without a hash it takes the same time and returns false. */
export function verifyPassword(password: string, stored: string | null): boolean {
  const [, ln, r, p, salt, key] = PHC.exec(stored ?? "") ?? [];
  if (salt === undefined || key === undefined) {
    derive(password, Buffer.alloc(16), PARAMETERS);
    return false;
  }
  const expected = Buffer.from(key, "base64url");
  const actual = derive(password, Buffer.from(salt, "base64url"), {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(actual, expected);
}

/** Identifies a password in the fingerprint of an idempotent request; useless without the signing key. */
export const passwordFingerprint = (env: Pick<Env, "AUTH_SIGNING_KEY">, password: string): string =>
  createHmac("sha256", env.AUTH_SIGNING_KEY).update(password).digest("base64url");
