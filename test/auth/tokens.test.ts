import { env } from "cloudflare:workers";
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openKeys, signAccessToken, verifyAccessToken } from "../../src/auth/tokens.ts";
import { API, call } from "../support/client.ts";
import { newPerson, newShop } from "../support/shops.ts";

const jwkShape = z.object({
  kid: z.string(),
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  d: z.string(),
});
const keySet = (text: string) =>
  z.object({ keys: z.tuple([jwkShape], jwkShape) }).parse(JSON.parse(text)).keys;

const [ours] = keySet(env.AUTH_KEYS);
const ourKey = await importJWK(ours, "EdDSA");

async function newKey(kid: string) {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  return jwkShape.parse({ ...(await exportJWK(privateKey)), kid });
}

const me = (token: string) => call("GET", `${API}/auth/me`, { token });

/** A token of somebody, with other claims or another header. */
async function forge(
  token: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key = ourKey,
) {
  const payload = { ...decodeJwt(token), ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: ours.kid, ...header })
    .sign(key);
}

const seconds = () => Math.floor(Date.now() / 1000);

describe("an access token", () => {
  it("says in header and claims what RFC 9068 asks for, and lives ten minutes", async () => {
    const { tenant, admin } = await newShop();
    expect(decodeProtectedHeader(admin.token)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: ours.kid });
    const claims = decodeJwt(admin.token);
    expect(claims).toMatchObject({
      iss: "mostrador",
      aud: "mostrador-api",
      sub: admin.id,
      tenant: tenant.id,
      role: "ADMIN",
    });
    expect(claims.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims["sid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
    expect(Math.abs(seconds() - (claims.iat ?? 0))).toBeLessThan(60);
  });

  it("is never the same twice", async () => {
    const { tenant, admin } = await newShop();
    const ctx = admin.ctx();
    const again = () => signAccessToken(env, ctx.now, tenant.id, ctx.actor);
    expect(await again()).not.toBe(await again());
  });

  it("made with our key and the same claims is as good as ours", async () => {
    const { admin } = await newShop();
    expect((await me(await forge(admin.token))).status).toBe(200);
  });

  const wrong: Record<string, [Record<string, unknown>, Record<string, unknown>]> = {
    "an ID token's type": [{}, { typ: "JWT" }],
    "no type": [{}, { typ: undefined }],
    "another audience": [{ aud: "another-api" }, {}],
    "another issuer": [{ iss: "another" }, {}],
    "an unknown kid": [{}, { kid: "another" }],
    "no kid": [{}, { kid: undefined }],
    "no expiry": [{ exp: undefined }, {}],
    "no issue time": [{ iat: undefined }, {}],
    "no subject": [{ sub: undefined }, {}],
    "no id of its own": [{ jti: undefined }, {}],
    "an expiry that is over": [{ exp: seconds() - 1 }, {}],
    "a beginning that is to come": [{ nbf: seconds() + 3600 }, {}],
    "no shop": [{ tenant: undefined }, {}],
    "no login": [{ sid: undefined }, {}],
    "the login of nobody": [{ sid: crypto.randomUUID() }, {}],
    "an unknown shop": [{ tenant: crypto.randomUUID() }, {}],
  };

  it.each(Object.entries(wrong))("with %s is refused", async (_, [claims, header]) => {
    const { admin } = await newShop();
    const answer = await me(await forge(admin.token, claims, header));
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe("/problems/invalid-token");
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it("without a signature, or with one made of the public key, is refused", async () => {
    const { admin } = await newShop();
    const payload = decodeJwt(admin.token);
    const header = { typ: "at+jwt", kid: ours.kid };
    const [, body] = new UnsecuredJWT(payload).encode().split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none", ...header })).toString("base64url");
    expect((await me(`${none}.${body}.`)).status).toBe(401);
    const { d: _, ...open } = ours;
    for (const secret of [Buffer.from(ours.x, "base64url"), Buffer.from(JSON.stringify(open))]) {
      const token = await new SignJWT(payload).setProtectedHeader({ alg: "HS256", ...header }).sign(secret);
      expect((await me(token)).status).toBe(401);
    }
  });

  it("signed by another key under our kid is refused", async () => {
    const { admin } = await newShop();
    const other = await importJWK(await newKey(ours.kid), "EdDSA");
    expect((await me(await forge(admin.token, {}, {}, other))).status).toBe(401);
  });

  it("whose payload was edited is refused", async () => {
    const { tenant, admin } = await newShop();
    const customer = await newPerson(tenant, "CUSTOMER");
    const [header, , signature] = customer.token.split(".");
    const [, payload] = (await forge(customer.token, { sub: admin.id, role: "ADMIN" })).split(".");
    expect((await me(`${header}.${payload}.${signature}`)).status).toBe(401);
  });

  it("gives the role that the account has now, not the one that it was signed with", async () => {
    const { tenant } = await newShop();
    const customer = await newPerson(tenant, "CUSTOMER");
    const token = await forge(customer.token, { role: "ADMIN" });
    expect((await call("GET", `${API}/users`, { token })).status).toBe(403);
  });

  it("is refused where the header is not Bearer", async () => {
    const { admin } = await newShop();
    for (const authorization of [
      admin.token,
      `Basic ${admin.token}`,
      `Bearer  ${admin.token}`,
      "Bearer",
      `Bearer ${admin.token} x`,
    ])
      expect((await call("GET", `${API}/auth/me`, { headers: { authorization } })).status).toBe(401);
  });
});

describe("the keys", () => {
  it("are published without their private part", async () => {
    const answer = await call("GET", "/.well-known/jwks.json");
    expect(answer.body.keys).toEqual([
      { kty: "OKP", crv: "Ed25519", x: ours.x, kid: ours.kid, alg: "EdDSA", use: "sig" },
    ]);
    expect(answer.text).not.toContain(ours.d);
  });

  it("are rotated: the first signs, the old one still verifies until it is taken away", async () => {
    const { tenant, admin } = await newShop();
    const { now, actor } = admin.ctx();
    const [before, after] = [await newKey("old"), await newKey("new")];
    const envOf = (...keys: unknown[]) => ({ ...env, AUTH_KEYS: JSON.stringify({ keys }) });
    const earlier = await signAccessToken(envOf(before), now, tenant.id, actor);
    const both = envOf(after, before);
    const later = await signAccessToken(both, now, tenant.id, actor);
    expect(decodeProtectedHeader(later).kid).toBe("new");
    expect((await openKeys(both)).published.map((key) => key.kid)).toEqual(["new", "old"]);
    for (const token of [earlier, later])
      expect(await verifyAccessToken(both, now, token)).toMatchObject({
        userId: admin.id,
        tenantId: tenant.id,
      });
    await expect(verifyAccessToken(envOf(after), now, earlier)).rejects.toThrow("not valid");
  });

  it("verify a token up to its last second", async () => {
    const { tenant, admin } = await newShop();
    const { now, actor } = admin.ctx();
    const token = await signAccessToken(env, now, tenant.id, actor);
    const at = (offset: number) => new Date((Math.floor(now.getTime() / 1000) + offset) * 1000);
    expect(await verifyAccessToken(env, at(599), token)).toMatchObject({ userId: admin.id });
    await expect(verifyAccessToken(env, at(600), token)).rejects.toThrow("expired");
  });

  it("that cannot work are refused with a clear error", async () => {
    const [one, two] = [await newKey("one"), await newKey("two")];
    const { d: _, ...open } = one;
    const bad = {
      empty: "",
      "no JSON": "secret",
      "no keys": { keys: [] },
      "a public key": { keys: [open] },
      "a symmetric key": { keys: [{ kty: "oct", k: "c2VjcmV0", kid: "a" }] },
      "a kid twice": { keys: [one, { ...two, kid: "one" }] },
      "a private part of another key": { keys: [{ ...one, d: two.d }] },
      "no point of the curve": { keys: [{ ...one, x: "-".repeat(43) }] },
    };
    for (const [what, keys] of Object.entries(bad)) {
      const source = typeof keys === "string" ? keys : JSON.stringify(keys);
      await expect(openKeys({ AUTH_KEYS: source }), what).rejects.toThrow("AUTH_KEYS");
    }
  });
});
