// Access tokens: JWT (RFC 9068), EdDSA, ten minutes. AUTH_SIGNING_KEY is the private key. AUTH_VERIFICATION_KEYS holds the
// public keys that verify besides its own: the previous one while a rotation is under way, and the next one before it signs.
import { createHash } from "node:crypto";
import { importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from "jose";
import { z } from "zod";
import type { Role } from "../../platform/context.ts";
import { unauthenticated } from "../../platform/problem.ts";
import { setBounded } from "../../values/bounded-map.ts";
import { newId } from "../../values/ids.ts";
import { ShopFacts } from "../shop-facts.ts";

const ISSUER = "mostrador";
const AUDIENCE = "mostrador-api";
const TYPE = "at+jwt";
/** Seconds. */
export const ACCESS_TTL = 600;

const publicKeyShape = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  kid: z.string().min(1),
  x: z.string().length(43),
});
const signingKeyShape = publicKeyShape.extend({ d: z.string().length(43) });
// Strict: a private part among the public keys is a mistake that must not pass unnoticed.
const verificationKeysShape = z.object({
  keys: z.array(
    publicKeyShape
      .extend({ alg: z.literal("EdDSA"), use: z.literal("sig") })
      .partial({ alg: true, use: true })
      .strict(),
  ),
});

/** The two variables; AUTH_VERIFICATION_KEYS may be missing. */
type KeyVariables = Pick<Env, "AUTH_SIGNING_KEY"> & Partial<Pick<Env, "AUTH_VERIFICATION_KEYS">>;

type Keys = {
  kid: string;
  sign: CryptoKey;
  verify: Map<string, CryptoKey>;
  /** The public set, for `/.well-known/jwks.json`. */
  published: JWK[];
  /** The tokens that these keys have verified in this isolate, by their SHA-256. */
  verified: Map<string, { identity: TokenIdentity; expires: number }>;
};

/** The user, shop and login of an access token; the role, and the facts of the shop if it has them, are those when it was signed. */
export type TokenIdentity = {
  userId: string;
  tenantId: string;
  session: string;
  role: Role;
  shop: ShopFacts | null;
};

const MAX_VERIFIED = 5000;

let loaded: { sources: KeyVariables; keys: Promise<Keys> } | undefined;

/** The keys of this deployment, checked once per isolate. Throws if a variable is invalid. */
export function loadKeys({ AUTH_SIGNING_KEY, AUTH_VERIFICATION_KEYS = "" }: KeyVariables): Promise<Keys> {
  const sources = { AUTH_SIGNING_KEY, AUTH_VERIFICATION_KEYS };
  if (
    loaded?.sources.AUTH_SIGNING_KEY !== AUTH_SIGNING_KEY ||
    loaded.sources.AUTH_VERIFICATION_KEYS !== AUTH_VERIFICATION_KEYS
  )
    loaded = { sources, keys: readKeys(AUTH_SIGNING_KEY, AUTH_VERIFICATION_KEYS) };
  return loaded.keys;
}

async function readKeys(signingKey: string | undefined, verificationKeys: string): Promise<Keys> {
  const signing = signingKeyShape.safeParse(jsonOrNull(signingKey));
  if (!signing.success)
    throw new Error("AUTH_SIGNING_KEY is not a private Ed25519 JWK: create one with `npm run keys`");
  const others = verificationKeysShape.safeParse(
    verificationKeys === "" ? { keys: [] } : jsonOrNull(verificationKeys),
  );
  if (!others.success) throw new Error("AUTH_VERIFICATION_KEYS is not a JWK set of public Ed25519 keys");
  const { d, ...ours } = signing.data;
  // The list may contain the public part of the signing key, under the same id.
  const jwks = [ours, ...others.data.keys.filter(({ kid, x }) => kid !== ours.kid || x !== ours.x)];
  if (new Set(jwks.map(({ kid }) => kid)).size < jwks.length)
    throw new Error("AUTH_VERIFICATION_KEYS has two keys of the same kid");
  const sign = await importCryptoKey({ ...ours, d });
  const verify = new Map(
    await Promise.all(jwks.map(async (jwk) => [jwk.kid, await importCryptoKey(jwk)] as const)),
  );
  // A private part that does not belong to its public part would sign tokens that nobody can verify.
  const token = await new SignJWT({}).setProtectedHeader({ alg: "EdDSA", kid: ours.kid }).sign(sign);
  await jwtVerify(token, ({ kid = "" }) => verify.get(kid) ?? sign, { algorithms: ["EdDSA"] }).catch(() => {
    throw new Error("AUTH_SIGNING_KEY: its private part does not belong to its public part");
  });
  return {
    kid: ours.kid,
    sign,
    verify,
    verified: new Map(),
    published: jwks.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid, alg: "EdDSA", use: "sig" })),
  };
}

function jsonOrNull(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    // Null is not a key set either, which the caller reports.
    return null;
  }
}

async function importCryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "EdDSA");
  if (key instanceof Uint8Array) throw new Error("a signing key is symmetric");
  return key;
}

/** Signs the access token of a login, valid for ten minutes from `now`. */
export async function signAccessToken(
  env: KeyVariables,
  now: Date,
  { userId, tenantId, session, role, shop }: TokenIdentity,
): Promise<string> {
  const { kid, sign } = await loadKeys(env);
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT({ tenant: tenantId, sid: session, role, ...(shop && { shop }) })
    .setProtectedHeader({ alg: "EdDSA", kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(userId)
    .setJti(newId())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ACCESS_TTL)
    .sign(sign);
}

const claimsShape = z.object({
  sub: z.uuid(),
  tenant: z.uuid(),
  sid: z.uuid(),
  jti: z.uuid(),
  exp: z.number(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  // A token of another version of the Worker has other facts or none: then they are read.
  shop: ShopFacts.nullable().catch(null),
});

/**
 * Verifies an access token; once for each isolate, because that it is genuine does not change. Whether its login is active is for D1.
 * @throws Problem invalid-token
 */
export async function verifyAccessToken(env: KeyVariables, now: Date, token: string): Promise<TokenIdentity> {
  const { verify, verified } = await loadKeys(env);
  const hash = createHash("sha256").update(token).digest("base64url");
  const known = verified.get(hash);
  if (known && known.expires > Math.floor(now.getTime() / 1000)) return known.identity;
  verified.delete(hash);
  try {
    const { payload } = await jwtVerify(
      token,
      ({ alg: _alg, typ: _typ, kid, ...more }) => {
        const key = verify.get(kid ?? "");
        // Our tokens have only these three header parameters. Others might supply a key.
        if (!key || Object.keys(more).length > 0) throw new Error("the header has unexpected parameters");
        return key;
      },
      {
        algorithms: ["EdDSA"],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ["exp", "iat", "sub", "jti"],
        currentDate: now,
      },
    );
    const { sub: userId, tenant: tenantId, sid: session, role, shop, exp } = claimsShape.parse(payload);
    const identity = { userId, tenantId, session, role, shop };
    setBounded(verified, MAX_VERIFIED, hash, { identity, expires: exp });
    return identity;
  } catch {
    // One message for all faults, so that a forger learns nothing.
    throw unauthenticated("The access token is not valid or has expired.");
  }
}
