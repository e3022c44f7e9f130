// Secrets of 256 bits, random or derived, of which only a hash is stored.
import { createHash, createHmac, randomBytes } from "node:crypto";

export const newSecret = (): string => randomBytes(32).toString("base64url");

/** What is stored of a secret. A fast hash is enough, because nobody guesses 256 random bits. */
export const hashOfSecret = (secret: string): string =>
  createHash("sha256").update(secret).digest("base64url");

/** What follows from a text and the signing key: nobody without the key can compute it. Each use has its own `purpose`. */
export const keyedHash = (
  { AUTH_SIGNING_KEY }: Pick<Env, "AUTH_SIGNING_KEY">,
  purpose: "user-code" | "device-login" | "refresh-token",
  text: string,
): string => createHmac("sha256", `${purpose}:${AUTH_SIGNING_KEY}`).update(text).digest("base64url");

/** A token as it is stored: its shop, and the hash of its secret. */
export type ShopToken = { tenantId: string; tokenHash: string };

/** A new token that names its shop, and the hash to store. */
export function newShopToken(tenantId: string): { token: string; tokenHash: string } {
  const secret = newSecret();
  return { token: `${tenantId}.${secret}`, tokenHash: hashOfSecret(secret) };
}

const SHOP_TOKEN = /^([0-9a-f-]{36})\.([\w-]{43})$/;

/** The shop and the hash of a token; null if the text cannot be one. */
export function readShopToken(text: string): ShopToken | null {
  const [, tenantId, secret] = SHOP_TOKEN.exec(text) ?? [];
  return tenantId === undefined || secret === undefined
    ? null
    : { tenantId, tokenHash: hashOfSecret(secret) };
}
