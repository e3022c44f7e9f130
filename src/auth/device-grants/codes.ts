// The two codes of a device grant (RFC 8628). The device code is a token of 256 random bits; the user code is short, because a person
// types it, so its hash has a key: without the key, nobody finds the code of a stored hash by trying them all.
import { randomInt } from "node:crypto";
import { keyedHash } from "../../platform/secret-tokens.ts";

// RFC 8628, 6.1: no vowels, so that no words appear, and no digits that look like letters.
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 8;
const USER_CODE = new RegExp(`^[${LETTERS}]{${LENGTH}}$`);

/** A new user code, without its hyphen. */
export const newUserCode = (): string =>
  Array.from({ length: LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join("");

/** The code as people read it: `WDJB-MJHT`. */
export const shownUserCode = (code: string): string =>
  `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;

/** The code that a person typed, in any case and with any spaces or hyphens; null if it cannot be one. */
export function readUserCode(typed: string): string | null {
  const code = typed.replace(/[\s\p{Dash}]/gu, "").toUpperCase();
  return USER_CODE.test(code) ? code : null;
}

type KeyVariable = Pick<Env, "AUTH_SIGNING_KEY">;

/** What is stored of a user code. */
export const userCodeHash = (env: KeyVariable, tenantId: string, code: string): string =>
  keyedHash(env, "user-code", `${tenantId}\n${code}`);

/**
 * The secret of the first refresh token of the login that a device is granted. It follows from the login, so it need not be stored until
 * the device collects it, and a device whose answer was lost gets the same one again.
 */
export const firstSecretOf = (env: KeyVariable, session: string): string =>
  keyedHash(env, "device-login", session);
