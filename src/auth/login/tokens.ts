// Access tokens: JWT (RFC 9068), EdDSA, ten minutes. AUTH_KEYS is a JWK set of Ed25519 private keys: the first signs,
// all verify. To rotate, put a new key in front; take the old one away when ten minutes have passed.
import { exportJWK, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from "jose";
import { z } from "zod";
import type { Actor, Role } from "../../platform/context.ts";
import { unauthenticated } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";

const ISSUER = "mostrador";
const AUDIENCE = "mostrador-api";
const TYPE = "at+jwt";
/** Seconds. */
export const ACCESS_TTL = 600;

const keySetShape = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal("OKP"),
        crv: z.literal("Ed25519"),
        kid: z.string().min(1),
        x: z.string().length(43),
        d: z.string().length(43),
      }),
    )
    .min(1),
});

type Keys = {
  kid: string;
  sign: CryptoKey;
  verify: Map<string, CryptoKey>;
  /** The public set, for `/.well-known/jwks.json`. */
  published: JWK[];
};

let opened: { source: string; keys: Promise<Keys> } | undefined;

/** The keys of this deployment, checked once per isolate. Throws where AUTH_KEYS is missing or no such key set. */
export function loadKeys(env: Pick<Env, "AUTH_KEYS">): Promise<Keys> {
  if (opened?.source !== env.AUTH_KEYS) opened = { source: env.AUTH_KEYS, keys: readKeys(env.AUTH_KEYS) };
  return opened.keys;
}

async function readKeys(source: string | undefined): Promise<Keys> {
  const parsed = keySetShape.safeParse(jsonOrNull(source));
  if (!parsed.success)
    throw new Error("AUTH_KEYS is not a JWK set of Ed25519 private keys: make one with `npm run keys`");
  const keys = await Promise.all(
    parsed.data.keys.map(async (jwk) => {
      const { d: _, ...open } = jwk;
      const verify = await importCryptoKey({ ...open, alg: "EdDSA" });
      return { kid: jwk.kid, sign: await importCryptoKey({ ...jwk, alg: "EdDSA" }), verify };
    }),
  );
  const [first] = keys;
  if (!first || new Set(keys.map((key) => key.kid)).size < keys.length)
    throw new Error("AUTH_KEYS names a kid twice");
  // A private part that does not belong to its public part would sign tokens that nobody can verify.
  const token = await new SignJWT({}).setProtectedHeader({ alg: "EdDSA" }).sign(first.sign);
  await jwtVerify(token, first.verify, { algorithms: ["EdDSA"] }).catch(() => {
    throw new Error("AUTH_KEYS: the private part of the first key does not belong to its public part");
  });
  return {
    kid: first.kid,
    sign: first.sign,
    verify: new Map(keys.map((key) => [key.kid, key.verify])),
    published: await Promise.all(
      keys.map(async (key) => ({ ...(await exportJWK(key.verify)), kid: key.kid, alg: "EdDSA", use: "sig" })),
    ),
  };
}

function jsonOrNull(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    // What is no JSON is no key set either: the caller says so.
    return null;
  }
}

async function importCryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "EdDSA", { extractable: true });
  if (key instanceof Uint8Array) throw new Error("AUTH_KEYS holds a symmetric key");
  return key;
}

/** Signs the access token of a login. `now` counts its ten minutes. */
export async function signAccessToken(
  env: Pick<Env, "AUTH_KEYS">,
  now: Date,
  tenantId: string,
  actor: Actor,
): Promise<string> {
  const { kid, sign } = await loadKeys(env);
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT({ tenant: tenantId, sid: actor.session, role: actor.role })
    .setProtectedHeader({ alg: "EdDSA", kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(actor.id)
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
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
});

/** Whose token it is: user, shop, login, and the role that he had when it was signed. @throws Problem invalid-token */
export async function verifyAccessToken(
  env: Env,
  now: Date,
  token: string,
): Promise<{ userId: string; tenantId: string; session: string; role: Role }> {
  const { verify } = await loadKeys(env);
  try {
    const { payload } = await jwtVerify(
      token,
      ({ alg: _alg, typ: _typ, kid, ...more }) => {
        const key = verify.get(kid ?? "");
        // We write no more than these three: a header that brings a key, or says where there is one, is not ours.
        if (!key || Object.keys(more).length > 0) throw new Error("not a header of ours");
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
    const { sub: userId, tenant: tenantId, sid: session, role } = claimsShape.parse(payload);
    return { userId, tenantId, session, role };
  } catch {
    // Whatever is wrong with it, the answer is one: no hint for a forger.
    throw unauthenticated("The access token is not valid or has expired.");
  }
}
