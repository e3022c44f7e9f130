/** A new AUTH_KEYS: JSON of a JWK set with one Ed25519 private key. */
export function newAuthKeys(): string;
