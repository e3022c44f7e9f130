type PublicKey = { kty?: string; crv?: string; kid?: string; x?: string };
type KeyVariable = "AUTH_SIGNING_KEY" | "AUTH_VERIFICATION_KEYS";

/** Creates a private Ed25519 JWK with a random key id. */
export function newSigningKey(): Required<PublicKey> & { d: string };

/** Replaces the signing key so that no token is refused meanwhile. */
export function rotate(deployment: {
  readPublished: () => Promise<PublicKey[]>;
  put: (name: KeyVariable, value: string) => Promise<void>;
  waitUntilPublished: (kid: string) => Promise<void>;
  waitForExpiry: () => Promise<void>;
}): Promise<void>;
