// What a login depends on, one condition at a time.
import { env } from "cloudflare:workers";
import { importJWK, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { changePassword } from "../../../src/auth/login/change-password.ts";
import { resetPassword } from "../../../src/auth/login/reset-password.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { decide, newDevice, poll } from "../../support/devices.ts";
import { guestShop } from "../../support/guests.ts";
import { mailsTo, tokenIn } from "../../support/mails.ts";
import { until } from "../../support/queues.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

const NEXT = "another horse battery";

const signIn = ({ tenant }: Shop, { email }: Person, headers: Record<string, string> = {}) =>
  call("POST", `${API}/auth/login`, { json: { tenant: tenant.slug, email, password: PASSWORD }, headers });

const refresh = (refresh_token: string) => call("POST", `${API}/auth/refresh`, { json: { refresh_token } });

const me = (token: string, cookie?: string) =>
  call("GET", `${API}/auth/me`, {
    token,
    headers: cookie === undefined ? {} : { cookie: `mostrador_access=${cookie}` },
  });

const hashOf = ({ id }: Person) => rowsOf("SELECT password_hash FROM users WHERE id = ?", id);

describe("a login", () => {
  it("succeeds whatever token is sent with it, and its cookie lives for thirty days", async () => {
    const shop = await newShop();
    const answer = await signIn(shop, shop.admin, { authorization: "Bearer nonsense" });
    expect(answer.status).toBe(200);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.find((each) => each.startsWith("mostrador_refresh="))).toContain("Max-Age=2592000");
  });

  it("is counted once for its address", async () => {
    const shop = await newShop();
    const json = { tenant: shop.tenant.slug, email: shop.admin.email, password: PASSWORD };
    const statuses = [];
    for (let nth = 0; nth < 3; nth += 1) {
      const sent = { json, headers: { "cf-connecting-ip": "203.0.113.77" } };
      const { status } = await callWith(
        { LOGIN_ATTEMPTS_PER_ADDRESS: "2" },
        "POST",
        `${API}/auth/login`,
        sent,
      );
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("may be sent as a token and a cookie, also of different ages, but not with that of another", async () => {
    const shop = await newShop();
    const first = (await signIn(shop, shop.admin)).body;
    const later = (await refresh(first.refresh_token)).body;
    const other = (await signIn(shop, shop.admin)).body;
    expect((await me(first.access_token, later.access_token)).status).toBe(200);
    expect((await me(first.access_token, other.access_token)).body.type).toBe(
      "/problems/ambiguous-credentials",
    );
  });

  it("is that of a token with the header of this service", async () => {
    const shop = await newShop();
    const { access_token: token } = (await signIn(shop, shop.admin)).body;
    const [header = "", payload = ""] = token
      .split(".")
      .slice(0, 2)
      .map((part: string) => Buffer.from(part, "base64url").toString());
    const key = await importJWK(JSON.parse(env.AUTH_SIGNING_KEY), "EdDSA");
    const signed = (more: object) =>
      new SignJWT(JSON.parse(payload)).setProtectedHeader({ ...JSON.parse(header), ...more }).sign(key);
    expect((await me(await signed({}))).status).toBe(200);
    expect((await me(await signed({ jku: "https://keys.example" }))).status).toBe(401);
  });
});

describe("a refresh token", () => {
  it("with another secret ends no login, also where it was exchanged long ago", async () => {
    const shop = await newShop();
    const first = (await signIn(shop, shop.admin)).body.refresh_token;
    const next = (await refresh(first)).body.refresh_token;
    const forged = `${first.slice(0, -4)}${first.endsWith("AAAA") ? "BBBB" : "AAAA"}`;
    expect((await refresh(forged)).body.type).toBe("/problems/invalid-token");
    expect((await refresh(next)).status).toBe(200);
  });

  it("gets nothing again once its login has ended", async () => {
    const shop = await newShop();
    const first = (await signIn(shop, shop.admin)).body.refresh_token;
    expect((await refresh(first)).status).toBe(200);
    await change(
      "UPDATE auth_sessions SET revoked_at = ? WHERE tenant_id = ?",
      new Date().toISOString(),
      shop.tenant.id,
    );
    expect((await refresh(first)).status).toBe(401);
  });
});

describe("a password", () => {
  it("is changed and reset as often as an address may try", async () => {
    const shop = await newShop();
    const few = { LOGIN_ATTEMPTS_PER_ADDRESS: "1" };
    const headers = { "cf-connecting-ip": "203.0.113.78" };
    const json = { current_password: PASSWORD, new_password: NEXT };
    const put = () =>
      callWith(few, "PUT", `${API}/auth/password`, { token: shop.admin.token, json, headers });
    expect((await put()).status).toBe(204);
    const before = await hashOf(shop.admin);
    const again = { ...json, current_password: NEXT };
    const refused = await callWith(few, "PUT", `${API}/auth/password`, {
      token: shop.admin.token,
      json: again,
      headers,
    });
    expect(refused.status).toBe(429);
    const reset = await callWith(few, "POST", `${API}/auth/password/reset`, {
      json: { token: "x", password: NEXT },
      headers,
    });
    expect(reset.status).toBe(429);
    expect(await hashOf(shop.admin)).toEqual(before);
  });

  it("is not changed if it has been changed since it was verified", async () => {
    const shop = await newShop();
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) await change("UPDATE users SET password_hash = 'other' WHERE id = ?", shop.admin.id);
      },
    });
    expect(await failureOf(changePassword(ctx, PASSWORD, NEXT, "203.0.113.79"))).toMatchObject({
      slug: "invalid-credentials",
    });
    expect(await hashOf(shop.admin)).toEqual([{ password_hash: "other" }]);
  });

  it("is not reset by a link that has just been used", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await call("POST", `${API}/auth/password/forgot`, {
      json: { tenant: shop.tenant.slug, email: ana.email },
    });
    await until(
      async () => (await count("SELECT count(*) n FROM mails WHERE tenant_id = ?", shop.tenant.id)) === 1,
    );
    const [mail] = await mailsTo(shop, ana.email);
    const before = await hashOf(ana);
    const ctx = between(base(), {
      before: async (nth) => {
        if (nth === 1) await change("DELETE FROM link_tokens WHERE tenant_id = ?", shop.tenant.id);
      },
    });
    const reset = resetPassword(ctx, tokenIn(mail ?? { text: "" }), NEXT, "203.0.113.80");
    expect(await failureOf(reset)).toMatchObject({ slug: "invalid-link" });
    expect(await hashOf(ana)).toEqual(before);
  });

  it("is not set for an account that is erased", async () => {
    const shop = await newShop();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    await call("DELETE", `${API}/users/${clerk.id}`, { token: shop.admin.token });
    const before = await hashOf(clerk);
    const { status } = await call("PUT", `${API}/users/${clerk.id}/password`, {
      token: shop.admin.token,
      json: { new_password: NEXT },
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await hashOf(clerk)).toEqual(before);
  });
});

it("a guest who registers keeps the cart", async () => {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id, 2);
  const json = {
    tenant: shop.tenant.slug,
    email: "new@example.com",
    password: PASSWORD,
    first_name: "Ana",
    last_name: "Sol",
  };
  const registered = await call("POST", `${API}/auth/register`, { json, headers: { "x-cart": guest.cart } });
  expect(registered.status).toBe(201);
  const { access_token } = (await signIn(shop, { ...shop.admin, email: "new@example.com" })).body;
  const { body } = await call("GET", `${API}/cart`, { token: access_token });
  expect(body.items).toMatchObject([{ product_id: book.id, quantity: 2 }]);
});

describe("a device", () => {
  it("is that of the client that asked, and collects only its own login", async () => {
    const shop = await newShop();
    const [till, other] = [await newDevice(shop), await newDevice(shop)];
    await decide(till, "approve", shop.admin);
    expect((await poll(till, "another")).body.error).toBe("invalid_grant");
    expect((await poll(till)).status).toBe(200);
    expect(
      await count(
        "SELECT count(*) n FROM device_grants WHERE tenant_id = ? AND collected_at IS NOT NULL",
        shop.tenant.id,
      ),
    ).toBe(1);
    await decide(other, "approve", shop.admin);
    expect((await poll(other)).status).toBe(200);
  });

  it("is decided about once, which the audit log tells once", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    for (let nth = 0; nth < 2; nth += 1) await decide(device, "approve", shop.admin);
    expect(
      await count(
        "SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action LIKE '%device%'",
        shop.tenant.id,
      ),
    ).toBe(1);
  });

  it("costs as much to look for by text that is no code", async () => {
    const shop = await newShop();
    const cost = async (code: string) =>
      costOf(await call("GET", `${API}/auth/device-grants/${code}`, { token: shop.admin.token })).queries;
    expect(await cost("NOCODE")).toBe(await cost("BCDF-GHJK"));
  });
});
