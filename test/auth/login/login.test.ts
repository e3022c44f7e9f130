import { describe, expect, it } from "vitest";
import { login } from "../../../src/auth/login/login.ts";
import type { Base } from "../../../src/platform/context.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, failureOf } from "../../support/d1.ts";
import { oauth } from "../../support/devices.ts";
import { base, newPerson, newShop, PASSWORD, type Person } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

const PATH = `${API}/auth/login`;

describe("a login", () => {
  it("returns a valid access token, a refresh token and the account", async () => {
    const { tenant, admin } = await newShop();
    const answer = await call("POST", PATH, {
      json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      token_type: "Bearer",
      expires_in: 600,
      user: { id: admin.id, role: "ADMIN" },
    });
    const me = await call("GET", `${API}/auth/me`, { token: answer.body.access_token });
    const { shop, ...account } = me.body;
    expect(account).toEqual(answer.body.user);
    expect(shop.slug).toBe(tenant.slug);
    const next = await call("POST", `${API}/auth/refresh`, {
      json: { refresh_token: answer.body.refresh_token },
    });
    expect(next.status).toBe(200);
  });

  it("returns no trace of the password", async () => {
    const { tenant, admin } = await newShop();
    const answer = await call("POST", PATH, {
      json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
    });
    expect(answer.text).not.toContain("scrypt");
    expect(answer.text).not.toContain(PASSWORD);
  });

  it("sets its cookies as HttpOnly and SameSite", async () => {
    const { tenant, admin } = await newShop();
    const answer = await call("POST", PATH, {
      json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
    });
    const [access = "", refresh = "", hint = "", device = "", ...more] = answer.headers.getSetCookie();
    expect(more).toEqual([]);
    // Readable by scripts, and without a secret.
    expect(hint).toBe("mostrador_signed_in=1; Max-Age=2592000; Path=/; SameSite=Lax");
    expect(access.split("; ")).toEqual(
      expect.arrayContaining([
        `mostrador_access=${answer.body.access_token}`,
        "Path=/",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=600",
      ]),
    );
    expect(refresh.split("; ")).toEqual(
      expect.arrayContaining([
        `mostrador_refresh=${answer.body.refresh_token}`,
        "Path=/api/v1/auth",
        "HttpOnly",
        "SameSite=Lax",
      ]),
    );
    expect(device.split("; ")).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^mostrador_device=[\w.-]{70,80}$/),
        "Path=/api/v1/auth/login",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=15552000",
      ]),
    );
    expect(access + refresh + device).not.toMatch(/secure|domain/i);
  });

  it("sets Secure cookies outside local development", async () => {
    const { tenant, admin } = await newShop();
    const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
    for (const ENVIRONMENT of ["staging", "production"]) {
      const answer = await callWith({ ENVIRONMENT }, "POST", PATH, { json });
      const cookies = answer.headers.getSetCookie();
      expect(cookies.length).toBe(4);
      for (const cookie of cookies) expect(cookie.split("; ")).toContain("Secure");
    }
  });

  it("rejects accounts of another shop", async () => {
    const one = await newShop();
    const other = await newShop();
    const json = { tenant: other.tenant.slug, email: one.admin.email, password: PASSWORD };
    expect((await call("POST", PATH, { json })).status).toBe(401);
  });

  it("costs the same for an address without an account as with a wrong password", async () => {
    const { tenant, admin } = await newShop();
    const costs = [];
    for (const email of [admin.email, "nobody@example.com"]) {
      const json = { tenant: tenant.slug, email, password: "wrong password" };
      costs.push(costOf(await call("POST", PATH, { json })));
    }
    expect(costs[1]).toEqual(costs[0]);
  });

  it("ignores case, Unicode composition and surrounding spaces of the e-mail", async () => {
    const { tenant } = await newShop();
    const jose = await newPerson(tenant, "CUSTOMER", "jos\u00e9@example.com");
    for (const email of ["JOS\u00c9@EXAMPLE.COM", "JOSE\u0301@example.com", " Jose\u0301@Example.com "]) {
      const answer = await call("POST", PATH, { json: { tenant: tenant.slug, email, password: PASSWORD } });
      expect(answer.body.user?.id).toBe(jose.id);
    }
  });

  it("is kept in cookies for thirty days, and does not fail because of a stale token", async () => {
    const { tenant, admin } = await newShop();
    const answer = await call("POST", PATH, {
      token: "stale",
      json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
    });
    expect(answer.status).toBe(200);
    const kept = answer.headers.getSetCookie().filter((cookie) => cookie.includes("Max-Age=2592000"));
    expect(kept.map((cookie) => cookie.split("=")[0])).toEqual(["mostrador_refresh", "mostrador_signed_in"]);
  });

  it("does not fail because of a stale token where it begins with a registration, or is refreshed", async () => {
    const { tenant } = await newShop();
    const account = { tenant: tenant.slug, email: "ana@example.com", password: PASSWORD };
    const person = { ...account, first_name: "Ana", last_name: "Sol" };
    const registered = await call("POST", `${API}/auth/register`, { token: "stale", json: person });
    expect(registered.status).toBe(201);
    const { refresh_token } = (await call("POST", PATH, { json: account })).body;
    const next = await call("POST", `${API}/auth/refresh`, { token: "stale", json: { refresh_token } });
    expect(next.status).toBe(200);
    const fields = { grant_type: "refresh_token", refresh_token: next.body.refresh_token };
    expect((await oauth("token", fields, { authorization: "Bearer stale" })).status).toBe(200);
  });

  it("may be sent as a token and, from before a refresh, as a cookie", async () => {
    const { tenant, admin } = await newShop();
    const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
    const { body: first } = await call("POST", PATH, { json });
    const { refresh_token } = first;
    const { body: next } = await call("POST", `${API}/auth/refresh`, { json: { refresh_token } });
    const statusWith = async (cookie: string) =>
      (
        await call("GET", `${API}/auth/me`, {
          token: next.access_token,
          headers: { cookie: `mostrador_access=${cookie}` },
        })
      ).status;
    expect(await statusWith(first.access_token)).toBe(200);
    expect(await statusWith(admin.token)).toBe(400);
  });

  it("ignores the Unicode composition of the password, but not its case", async () => {
    const { tenant } = await newShop();
    const account = { tenant: tenant.slug, email: "ana@example.com" };
    const registered = await call("POST", `${API}/auth/register`, {
      json: { ...account, password: "contrase\u00f1a", first_name: "Ana", last_name: "Sol" },
    });
    expect(registered.status).toBe(201);
    const signIn = (password: string) => call("POST", PATH, { json: { ...account, password } });
    expect((await signIn("contrasen\u0303a")).status).toBe(200);
    expect((await signIn("Contrase\u00f1a")).status).toBe(401);
  });

  it("is for active accounts of open shops, of which the password answers as a wrong one elsewhere", async () => {
    const { tenant } = await newShop();
    const ana = await newPerson(tenant, "EMPLOYEE");
    const attempt = () => failureOf(signIn(base(), ana));
    const signIn = (ctx: Base, { email }: Person) =>
      login(ctx, { tenant: tenant.slug, email, password: PASSWORD }, "192.0.2.8", null, undefined);
    const disable = () => change("UPDATE users SET is_active = 0 WHERE id = ?", ana.id);
    const disabled = between(base(), { before: (nth) => (nth === 2 ? disable() : undefined) });
    expect(await failureOf(signIn(disabled, ana))).toMatchObject({ slug: "invalid-credentials" });
    // They count as wrong, so that nobody learns that the password is right.
    for (let nth = 0; nth < 5; nth += 1)
      expect(await attempt()).toMatchObject({ slug: "invalid-credentials" });
    expect(await attempt()).toMatchObject({ slug: "too-many-attempts" });
    const eva = await newPerson(tenant, "EMPLOYEE");
    expect(await signIn(base(), eva)).toMatchObject({ body: { user: { id: eva.id } } });
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", tenant.id);
    expect(await failureOf(signIn(base(), eva))).toMatchObject({ slug: "invalid-credentials" });
  });
});

it("a login does not begin if the password changes at that moment", async () => {
  const { tenant, admin } = await newShop();
  const ctx = between(base(), {
    // The first batch reads the account, the second begins the login.
    before: async (nth) => {
      if (nth === 2) await change("UPDATE users SET password_hash = 'another' WHERE id = ?", admin.id);
    },
  });
  const sent = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
  expect(await failureOf(login(ctx, sent, "203.0.113.9", null, undefined))).toMatchObject({
    slug: "invalid-credentials",
  });
});
