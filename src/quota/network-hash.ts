import { createHmac } from "node:crypto";
import { networkOf } from "../values/network.ts";

/** Identifies the network of an address for one purpose; useless without the signing key. */
export const networkHash = (env: Pick<Env, "AUTH_SIGNING_KEY">, purpose: string, address: string): string =>
  createHmac("sha256", env.AUTH_SIGNING_KEY)
    .update(`${purpose}\n${networkOf(address)}`)
    .digest("base64url");
