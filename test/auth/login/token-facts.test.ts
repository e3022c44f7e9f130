// What an access token says of its shop, so that an isolate that has never seen the login need not read it.
import { env } from "cloudflare:workers";
import { decodeJwt, importJWK, SignJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { forgetIdentities } from "../../../src/auth/recollection.ts";
import { withoutFacts } from "../../support/access-tokens.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf, ORIGIN } from "../../support/client.ts";
import { decide, newDevice, poll } from "../../support/devices.ts";
import { mailsTo, tokenIn } from "../../support/mails.ts";
import { newPerson, newProduct, newShop, PASSWORD, sellOne, type Shop } from "../../support/shops.ts";

beforeEach(forgetIdentities);

const FACTS = (slug: string) => [slug, "Test shop", "EUR", "Europe/Madrid", "standard", 1, "own"];

const sales = async (token: string) => call("GET", `${API}/sales`, { token });
const tripsOf = async (token: string) => costOf(await sales(token)).queries;

const rename = ({ tenant }: Shop, name: string) =>
  change("UPDATE tenants SET name = ? WHERE id = ?", name, tenant.id);

/** A token of the same login whose facts are these. */
async function saying(token: string, shop: unknown): Promise<string> {
  const jwk = JSON.parse(env.AUTH_SIGNING_KEY);
  return new SignJWT({ ...decodeJwt(token), shop })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: jwk.kid })
    .sign(await importJWK(jwk, "EdDSA"));
}

describe("a login that the isolate has never seen", () => {
  it("sells and lists in one round trip each", async () => {
    const shop = await newShop();
    await change("UPDATE tenants SET require_shift_to_sell = 0 WHERE id = ?", shop.tenant.id);
    const book = await newProduct(shop);
    const [seller, reader] = [
      await newPerson(shop.tenant, "EMPLOYEE"),
      await newPerson(shop.tenant, "EMPLOYEE"),
    ];
    // What the shop offers is remembered from the sale of somebody else.
    expect((await sellOne(shop.admin.token, book.id)).status).toBe(201);
    const sale = await sellOne(seller.token, book.id);
    expect([sale.status, costOf(sale).queries]).toEqual([201, 1]);
    const list = await sales(reader.token);
    expect([list.status, costOf(list).queries]).toEqual([200, 1]);
  });

  it("costs one round trip whichever way its token is sent", async () => {
    const { tenant, admin } = await newShop();
    const { token } = admin;
    const cookie = `mostrador_access=${token}`;
    const own = { "x-tenant": tenant.slug };
    for (const sent of [
      { token, headers: { origin: "https://elsewhere.example" } },
      { token, headers: { cookie } },
      { token, headers: own },
      { headers: { cookie } },
      { headers: { cookie, ...own } },
    ]) {
      forgetIdentities();
      const answer = await call("GET", `${API}/sales`, sent);
      expect([answer.status, costOf(answer).queries], JSON.stringify(sent)).toEqual([200, 1]);
    }
    for (const sent of [{ token }, { headers: { cookie, origin: ORIGIN } }]) {
      forgetIdentities();
      const answer = await call("POST", `${API}/customers`, { ...sent, json: { name: "Ana" } });
      expect([answer.status, costOf(answer).queries], JSON.stringify(sent)).toEqual([201, 1]);
    }
  });

  it("of a shop that has changed costs two round trips more, once for each isolate", async () => {
    const shop = await newShop();
    await rename(shop, "Renamed");
    expect(await tripsOf(shop.admin.token)).toBe(3);
    expect(await tripsOf(shop.admin.token)).toBe(1);
    await rename(shop, "Renamed again");
    expect(await tripsOf(shop.admin.token)).toBe(3);
    expect(await tripsOf(shop.admin.token)).toBe(1);
    forgetIdentities();
    expect(await tripsOf(shop.admin.token)).toBe(3);
  });

  it("and that has ended costs one round trip a request, but for the first", async () => {
    const { tenant, admin } = await newShop();
    await change("UPDATE auth_sessions SET revoked_at = 'now' WHERE tenant_id = ?", tenant.id);
    for (const queries of [2, 1, 1]) {
      const answer = await sales(admin.token);
      expect([answer.status, costOf(answer).queries]).toEqual([401, queries]);
    }
    await change("UPDATE auth_sessions SET revoked_at = NULL WHERE tenant_id = ?", tenant.id);
    expect((await sales(admin.token)).status).toBe(200);
  });

  it("is read if its token says nothing of the shop, or not what this version of the Worker asks for", async () => {
    const { admin } = await newShop();
    const { token } = admin;
    for (const other of [
      await withoutFacts(token),
      await saying(token, null),
      await saying(token, { slug: "shop" }),
      await saying(token, ["shop"]),
      await saying(token, [...FACTS("shop"), "a later fact"]),
    ]) {
      forgetIdentities();
      const answer = await sales(other);
      expect([answer.status, costOf(answer).queries]).toEqual([200, 2]);
    }
  });
});

describe("an access token", () => {
  it("says the facts of its shop, whichever way somebody signs in", async () => {
    const shop = await newShop();
    const { tenant, admin } = shop;
    const login = await call("POST", `${API}/auth/login`, {
      json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
    });
    const refreshed = await call("POST", `${API}/auth/refresh`, {
      json: { refresh_token: login.body.refresh_token },
    });
    const person = { email: "ana@example.com", role: "EMPLOYEE", first_name: "Ana", last_name: "Sol" };
    await call("POST", `${API}/users/invitations`, { token: admin.token, json: person });
    const [invitation] = await mailsTo(shop, person.email);
    const accepted = await call("POST", `${API}/invitations/accept`, {
      json: { token: tokenIn(invitation ?? { text: "" }), password: PASSWORD },
    });
    const device = await newDevice(shop);
    await decide(device, "approve", admin);
    const granted = await poll(device);
    for (const { body } of [login, refreshed, accepted, granted]) {
      expect(decodeJwt(body.access_token)["shop"]).toEqual(FACTS(tenant.slug));
      forgetIdentities();
      expect(await tripsOf(body.access_token)).toBe(1);
      expect(JSON.stringify(decodeJwt(body.access_token))).not.toMatch(/ana|sol|first|last|@/i);
    }
  });

  it("fits in a cookie, whatever the name of its shop", async () => {
    for (const name of ["ñ".repeat(200), "店".repeat(200), "📚".repeat(100), '"\\'.repeat(100)]) {
      const { admin } = await newShop({ name });
      expect(await tripsOf(admin.token)).toBe(1);
      expect(admin.token.length).toBeLessThan(2000);
    }
  });
});
