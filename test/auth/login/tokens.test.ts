import { env } from "cloudflare:workers";
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { loadKeys, signAccessToken, verifyAccessToken } from "../../../src/auth/login/tokens.ts";
import { API, call } from "../../support/client.ts";
import { newPerson, newShop } from "../../support/shops.ts";

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
    expect((await loadKeys(both)).published.map((key) => key.kid)).toEqual(["new", "old"]);
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
      await expect(loadKeys({ AUTH_KEYS: source }), what).rejects.toThrow("AUTH_KEYS");
    }
  });
});
