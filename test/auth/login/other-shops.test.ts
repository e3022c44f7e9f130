import { describe, expect, it } from "vitest";
import { resetPassword } from "../../../src/auth/login/reset-password.ts";
import { createSession } from "../../../src/auth/login/sessions.ts";
import { createToken } from "../../../src/auth/links/tokens.ts";
import { signAccessToken, verifyAccessToken } from "../../../src/auth/login/tokens.ts";
import { env } from "cloudflare:workers";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, failureOf, rowsOf } from "../../support/d1.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

const refresh = (refresh_token: string) => call("POST", `${API}/auth/refresh`, { json: { refresh_token } });

const signIn = ({ tenant }: Shop, { email }: Person, password = PASSWORD) =>
  call("POST", `${API}/auth/login`, { json: { tenant: tenant.slug, email, password } });

const NEW_PASSWORD = "a new good password";

const reset = (token: string) =>
  call("POST", `${API}/auth/password/reset`, { json: { token, password: NEW_PASSWORD } });

const newLink = ({ tenant }: Shop, { id, email }: Person) =>
  createToken(base(), tenant.id, "password", id, email);

async function newLogin(shop: Shop): Promise<{ person: Person; first: string }> {
  const person = await newPerson(shop.tenant, "EMPLOYEE");
  const { refreshToken } = await createSession(base(), shop.tenant.id, person.id, "test");
  return { person, first: refreshToken };
}

async function exchange(token: string, times = 1): Promise<string> {
  let latest = token;
  for (let nth = 1; nth <= times; nth += 1) latest = (await refresh(latest)).body.refresh_token;
  return latest;
}

describe("beside shops whose people and logins have the same ids", () => {
  it("signing in begins a login in this shop", async () => {
    const shop = await newShop();
    const person = await newPerson(shop.tenant, "EMPLOYEE");
    await addTwins(shop.tenant);
    await changeTwins("users", "password_hash = substr(password_hash, 6)");
    const before = await twinRows();
    expect((await signIn(shop, person)).status).toBe(200);
    expect(await twinRows()).toEqual(before);
  });

  it("a token of theirs is not one of this login", async () => {
    const { tenant, admin } = await newShop();
    await addTwins(tenant);
    const [twin] = await rowsOf(
      "SELECT tenant_id FROM users WHERE id = ? AND tenant_id <> ?",
      admin.id,
      tenant.id,
    );
    const signed = await verifyAccessToken(env, new Date(), admin.token);
    const theirs = { ...signed, tenantId: String(twin?.["tenant_id"]), shop: null };
    const headers = { cookie: `mostrador_access=${await signAccessToken(env, new Date(), theirs)}` };
    const answer = await call("GET", `${API}/auth/me`, { token: admin.token, headers });
    expect([answer.status, answer.body.type]).toEqual([400, "/problems/ambiguous-credentials"]);
  });

  it("a login is refreshed for the account of this shop", async () => {
    const shop = await newShop();
    const { first } = await newLogin(shop);
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect((await refresh(first)).body.user).toMatchObject({ first_name: "First", last_name: "Last" });
    expect(await twinRows()).toEqual(before);
  });

  it("a login is refreshed, though theirs was refreshed too often", async () => {
    const shop = await newShop();
    const latest = await exchange((await newLogin(shop)).first, 9);
    await addTwins(shop.tenant);
    await change("UPDATE auth_sessions SET created_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    expect((await refresh(latest)).status).toBe(200);
  });

  it("the login of an inactive account is not refreshed, though theirs is active", async () => {
    const shop = await newShop();
    const { person, first } = await newLogin(shop);
    await addTwins(shop.tenant);
    await change("UPDATE users SET is_active = 0 WHERE tenant_id = ? AND id = ?", shop.tenant.id, person.id);
    expect((await refresh(first)).status).toBe(401);
  });

  it("a token is not exchanged again once the next one was used, though theirs was not", async () => {
    const shop = await newShop();
    const { first } = await newLogin(shop);
    const next = await exchange(first);
    await addTwins(shop.tenant);
    await exchange(next);
    expect((await refresh(first)).body.type).toBe("/problems/token-reused");
  });

  it("an expired link sets no password, though theirs is valid", async () => {
    const shop = await newShop();
    const person = await newPerson(shop.tenant, "CUSTOMER");
    const token = await newLink(shop, person);
    await addTwins(shop.tenant);
    await change("UPDATE link_tokens SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    expect((await reset(token)).body.type).toBe("/problems/invalid-link");
    expect((await signIn(shop, person)).status).toBe(200);
  });
});

describe("beside others of the shop", () => {
  it("a token is exchanged again, though the login of another was exchanged too", async () => {
    const shop = await newShop();
    await exchange((await newLogin(shop)).first);
    const { first } = await newLogin(shop);
    const next = await exchange(first);
    const repeated = await refresh(first);
    expect([repeated.status, repeated.body.refresh_token]).toEqual([200, next]);
  });

  it("a link sets the password of its account", async () => {
    const shop = await newShop();
    const [ana, eva, luz] = [
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    for (const [person, hash] of [
      [ana, "!"],
      [luz, "~"],
    ] as const) {
      await newLink(shop, person);
      await change("UPDATE link_tokens SET token_hash = ? WHERE subject_id = ?", hash, person.id);
    }
    expect((await reset(await newLink(shop, eva))).status).toBe(204);
    const statuses = [];
    for (const person of [ana, eva, luz]) statuses.push((await signIn(shop, person, NEW_PASSWORD)).status);
    expect(statuses).toEqual([401, 200, 401]);
  });

  it("a link that was used just now sets no password, though another has a link", async () => {
    const shop = await newShop();
    const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const token = await newLink(shop, ana);
    await newLink(shop, eva);
    const used = between(base(), {
      before: () => change("DELETE FROM link_tokens WHERE subject_id = ?", ana.id),
    });
    await failureOf(resetPassword(used, token, NEW_PASSWORD, "192.0.2.7"));
    expect((await signIn(shop, ana)).status).toBe(200);
  });

  it("a token that names the login of another has no access", async () => {
    const shop = await newShop();
    const [ana, eva] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
    const token = await signAccessToken(env, new Date(), {
      userId: ana.id,
      tenantId: shop.tenant.id,
      session: eva.ctx().actor.session,
      role: "EMPLOYEE",
      shop: null,
    });
    expect((await call("GET", `${API}/auth/me`, { token })).status).toBe(401);
  });
});
