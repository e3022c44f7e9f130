// Prints a new AUTH_KEYS: a JWK set with one Ed25519 private key. To rotate, put the new key in front of the old set's.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";

export function newAuthKeys() {
  const { privateKey } = generateKeyPairSync("ed25519");
  return JSON.stringify({ keys: [{ kid: randomUUID(), ...privateKey.export({ format: "jwk" }) }] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(newAuthKeys());
