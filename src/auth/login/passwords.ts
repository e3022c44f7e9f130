// scrypt N=2^14 r=8 p=5 (OWASP password storage cheat sheet). The stored text names its parameters (PHC string format),
// so they can be raised while old hashes still verify. It blocks the isolate: callers limit attempts before.
import crypto, { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const CURRENT = { ln: 14, r: 8, p: 5 };
const KEY_BYTES = 32;

const derive = (password: string, salt: Buffer, { ln, r, p }: typeof CURRENT): Buffer =>
  crypto.scryptSync(password.normalize("NFC"), salt, KEY_BYTES, {
    N: 2 ** ln,
    r,
    p,
    maxmem: 256 * 2 ** ln * r,
  });

/** `$scrypt$ln=14,r=8,p=5$SALT$KEY`, both base64url. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  const key = derive(password, salt, CURRENT);
  const { ln, r, p } = CURRENT;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/** Whether the password is the stored one. Without a stored hash the same work is done, and the answer is no. */
export function verifyPassword(password: string, stored: string | null): boolean {
  const [, ln, r, p, salt, key] = PHC.exec(stored ?? "") ?? [];
  if (salt === undefined || key === undefined) {
    derive(password, Buffer.alloc(16), CURRENT);
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

/** A mark by which the same password is known again under an Idempotency-Key; worthless without the signing keys. */
export const passwordMark = (env: Pick<Env, "AUTH_SIGNING_KEY">, password: string): string =>
  createHmac("sha256", env.AUTH_SIGNING_KEY).update(password).digest("base64url");
