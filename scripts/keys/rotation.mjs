// Signing keys and their rotation, for any deployment.
import { generateKeyPairSync, randomUUID } from "node:crypto";

/** Creates a private Ed25519 JWK with a random key id. */
export function newSigningKey() {
  const { kty, crv, x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { kty, crv, kid: randomUUID(), x, d };
}

/** The part of a key that may be published. */
export const publicPartOf = ({ kty, crv, kid, x }) => ({ kty, crv, kid, x });

/**
 * Replaces the signing key so that no token is refused meanwhile: the new key verifies before it signs, and the previous one
 * verifies until the last token that it signed has expired.
 */
export async function rotate({ readPublished, put, waitUntilPublished, waitForExpiry }) {
  const next = newSigningKey();
  const keys = [...(await readPublished()).map(publicPartOf), publicPartOf(next)];
  await put("AUTH_VERIFICATION_KEYS", JSON.stringify({ keys }));
  await waitUntilPublished(next.kid);
  await put("AUTH_SIGNING_KEY", JSON.stringify(next));
  await waitForExpiry();
  await retire({ put });
}

/** Lets only the signing key verify: the list holds additional keys, so it becomes empty. */
export const retire = ({ put }) => put("AUTH_VERIFICATION_KEYS", JSON.stringify({ keys: [] }));
