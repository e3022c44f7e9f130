// A key names its kind, its environment, its shop and itself, so that its row is found by primary key. Of the secret, the last 43
// characters, only a hash is stored.
import { hashOfSecret } from "../platform/secret-tokens.ts";

type Kind = "secret" | "publishable";

const PREFIXES: Record<Kind, string> = { secret: "mk", publishable: "mp" };

/** What the text of a key says. */
export type NamedKey = { kind: Kind; isOfEnvironment: boolean; tenantId: string; id: string; hash: string };

/** `live` in production and `test` elsewhere, so that a key of the wrong environment is recognised. */
const environmentOf = (env: Pick<Env, "ENVIRONMENT">): string =>
  env.ENVIRONMENT === "production" ? "live" : "test";

const packed = (id: string): string => Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");

const unpacked = (text: string): string =>
  Buffer.from(text, "base64url")
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The text of a key. */
export const keyText = (
  env: Pick<Env, "ENVIRONMENT">,
  kind: Kind,
  tenantId: string,
  id: string,
  secret: string,
): string => `${PREFIXES[kind]}_${environmentOf(env)}_${packed(tenantId)}${packed(id)}${secret}`;

const KEY = /^m([kp])_(live|test)_([\w-]{22})([\w-]{22})([\w-]{43})$/;

/** Whether a bearer token is meant to be an API key; a JWT never begins like this. */
export const isMeantAsKey = (token: string): boolean => /^m[kp]_/.test(token);

/** What the text of a key says; null if it cannot be one. */
export function readKey(env: Pick<Env, "ENVIRONMENT">, text: string): NamedKey | null {
  const [, letter, environment, tenant, id, secret] = KEY.exec(text) ?? [];
  if (tenant === undefined || id === undefined || secret === undefined) return null;
  return {
    kind: letter === "k" ? "secret" : "publishable",
    isOfEnvironment: environment === environmentOf(env),
    tenantId: unpacked(tenant),
    id: unpacked(id),
    hash: hashOfSecret(secret),
  };
}
