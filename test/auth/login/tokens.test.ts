import { env } from "cloudflare:workers";
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { rotate } from "../../../scripts/keys/rotation.mjs";
import { loadKeys, signAccessToken, verifyAccessToken } from "../../../src/auth/login/tokens.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { newPerson, newShop } from "../../support/shops.ts";

const jwkShape = z.object({
  kid: z.string(),
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  d: z.string(),
});
const signingJwk = jwkShape.parse(JSON.parse(env.AUTH_SIGNING_KEY));
const signingKey = await importJWK(signingJwk, "EdDSA");

async function newKey(kid: string) {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  return jwkShape.parse({ ...(await exportJWK(privateKey)), kid });
}

const me = (token: string) => call("GET", `${API}/auth/me`, { token });

/** A token with some other claims or header fields. */
async function forge(
  token: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key = signingKey,
) {
  const payload = { ...decodeJwt(token), ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: signingJwk.kid, ...header })
    .sign(key);
}

const seconds = () => Math.floor(Date.now() / 1000);

describe("an access token", () => {
  it("with a further parameter in its header is refused, though its signature is right", async () => {
    const { admin } = await newShop();
    expect((await me(await forge(admin.token, {}, { jku: "https://evil.example" }))).status).toBe(401);
  });

  it("of a closed shop, a disabled account or an ended login is refused until that is undone", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { token, id } = await newPerson(shop.tenant, "EMPLOYEE");
    const statusOf = async (caller: string) => (await me(caller)).status;
    for (const [statement, row, undo, colleague] of [
      ["UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id, "is_active = 1", 401],
      ["UPDATE users SET is_active = 0 WHERE id = ?", id, "is_active = 1", 200],
      ["UPDATE auth_sessions SET revoked_at = 'now' WHERE user_id = ?", id, "revoked_at = NULL", 200],
      ["UPDATE auth_sessions SET used_at = 'now' WHERE user_id = ?", id, "used_at = NULL", 200],
    ] as const) {
      await change(statement, row);
      const answer = await me(token);
      expect([answer.status, answer.body.type], statement).toEqual([401, "/problems/invalid-token"]);
      expect(await statusOf(shop.admin.token), statement).toBe(colleague);
      expect(await statusOf(other.admin.token), statement).toBe(200);
      await change(statement.replace(/SET .* WHERE/, `SET ${undo} WHERE`), row);
      expect(await statusOf(token), undo).toBe(200);
    }
  });

  it("has the header and claims of RFC 9068 and is valid for ten minutes", async () => {
    const { tenant, admin } = await newShop();
    expect(decodeProtectedHeader(admin.token)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: signingJwk.kid });
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
    const { admin } = await newShop();
    const signed = await verifyAccessToken(env, new Date(), admin.token);
    const again = () => signAccessToken(env, new Date(), signed);
    expect(await again()).not.toBe(await again());
  });

  it("signed with our key and the same claims is accepted", async () => {
    const { admin } = await newShop();
    expect((await me(await forge(admin.token))).status).toBe(200);
  });

  it("whose payload was modified is rejected", async () => {
    const { tenant, admin } = await newShop();
    const customer = await newPerson(tenant, "CUSTOMER");
    const [header, , signature] = customer.token.split(".");
    const [, payload] = (await forge(customer.token, { sub: admin.id, role: "ADMIN" })).split(".");
    expect((await me(`${header}.${payload}.${signature}`)).status).toBe(401);
  });

  it("that was verified before is refused if any of its parts is altered", async () => {
    const { tenant, admin } = await newShop();
    const { token } = await newPerson(tenant, "CUSTOMER");
    const [header, payload, signature] = token.split(".");
    const [, asAdmin] = (await forge(token, { sub: admin.id, role: "ADMIN" })).split(".");
    const [, , otherSignature] = admin.token.split(".");
    for (const altered of [
      `${header}.${asAdmin}.${signature}`,
      `${header}.${payload}.${otherSignature}`,
      `${header}.${payload}.`,
    ]) {
      expect((await me(token)).status).toBe(200);
      expect((await me(altered)).status).toBe(401);
    }
  });

  it("grants the current role of the account, not the one in the token", async () => {
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
      { kty: "OKP", crv: "Ed25519", x: signingJwk.x, kid: signingJwk.kid, alg: "EdDSA", use: "sig" },
    ]);
    expect(answer.text).not.toContain(signingJwk.d);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  });

  it("are rotated without a moment in which a token is refused, and the previous key stops verifying at the end", async () => {
    const { tenant, admin } = await newShop();
    const { now } = admin.ctx();
    const signed = await verifyAccessToken(env, now, admin.token);
    const deployed = { ...env };
    let tokens: string[] = [];
    const signAndVerify = async () => {
      tokens.push(await signAccessToken(deployed, now, signed));
      for (const token of tokens)
        expect(await verifyAccessToken(deployed, now, token)).toMatchObject({
          userId: admin.id,
          tenantId: tenant.id,
        });
    };
    const published = async () => (await loadKeys(deployed)).published;
    await signAndVerify();
    await rotate({
      readPublished: published,
      put: async (name, value) => {
        deployed[name] = value;
        await signAndVerify();
      },
      waitUntilPublished: async (kid) => expect((await published()).map((key) => key.kid)).toContain(kid),
      waitForExpiry: async () => {
        expect(await published()).toHaveLength(2);
        tokens = tokens.filter((token) => decodeProtectedHeader(token).kid !== signingJwk.kid);
      },
    });
    const [last = ""] = tokens;
    expect(await published()).toHaveLength(1);
    expect(decodeProtectedHeader(last).kid).not.toBe(signingJwk.kid);
    expect(await verifyAccessToken(deployed, now, last)).toMatchObject({ userId: admin.id });
    await expect(verifyAccessToken(deployed, now, admin.token)).rejects.toThrow("not valid");
  });

  it("verify a token up to its last second", async () => {
    const { admin } = await newShop();
    const { now } = admin.ctx();
    const token = await signAccessToken(env, now, await verifyAccessToken(env, now, admin.token));
    const at = (offset: number) => new Date((Math.floor(now.getTime() / 1000) + offset) * 1000);
    expect(await verifyAccessToken(env, at(599), token)).toMatchObject({ userId: admin.id });
    await expect(verifyAccessToken(env, at(600), token)).rejects.toThrow("expired");
  });

  it("are published and verify under each of their ids, once where the list names the signing key too", async () => {
    const signing = await newKey("now");
    const { d: _, ...open } = signing;
    const others = [
      open,
      { ...open, kid: "before" },
      await newKey("next").then(({ d: _next, ...next }) => next),
    ];
    const { published } = await loadKeys({
      AUTH_SIGNING_KEY: JSON.stringify(signing),
      AUTH_VERIFICATION_KEYS: JSON.stringify({ keys: others }),
    });
    expect(published.map(({ kid }) => kid)).toEqual(["now", "before", "next"]);
  });

  it("that cannot work are refused with a clear error", async () => {
    const [one, two] = [await newKey("one"), await newKey("two")];
    const { d: _, ...open } = one;
    const bad = {
      empty: "",
      "no JSON": "secret",
      "a key set": { keys: [one] },
      "a public key": open,
      "a symmetric key": { kty: "oct", k: "c2VjcmV0", kid: "a" },
      "a private part of another key": { ...one, d: two.d },
      "no point of the curve": { ...one, x: "-".repeat(43) },
    };
    for (const [what, key] of Object.entries(bad)) {
      const AUTH_SIGNING_KEY = typeof key === "string" ? key : JSON.stringify(key);
      await expect(loadKeys({ AUTH_SIGNING_KEY }), what).rejects.toThrow("AUTH_SIGNING_KEY");
    }
    const badSets = {
      "no JSON": "secret",
      "a single key": JSON.stringify(open),
      "a private key": JSON.stringify({ keys: [two] }),
      "a kid twice": JSON.stringify({ keys: [{ ...open, x: two.x }] }),
    };
    for (const [what, AUTH_VERIFICATION_KEYS] of Object.entries(badSets))
      await expect(
        loadKeys({ AUTH_SIGNING_KEY: JSON.stringify(one), AUTH_VERIFICATION_KEYS }),
        what,
      ).rejects.toThrow("AUTH_VERIFICATION_KEYS");
  });
});
