import { describe, expect, it } from "vitest";
import { changePassword } from "../../../src/auth/login/change-password.ts";
import { login } from "../../../src/auth/login/login.ts";
import { eraseUser } from "../../../src/erasure/account.ts";
import { API, call } from "../../support/client.ts";
import { change } from "../../support/change.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const NEXT = "another horse battery";

const me = (token: string) => call("GET", `${API}/auth/me`, { token });

const signIn = ({ tenant }: Shop, { email }: Person, password: string) =>
  call("POST", `${API}/auth/login`, { json: { tenant: tenant.slug, email, password } });

const put = (token: string, current_password = PASSWORD, new_password = NEXT) =>
  call("PUT", `${API}/auth/password`, { token, json: { current_password, new_password } });

const set = (token: string, id: string, new_password = NEXT) =>
  call("PUT", `${API}/users/${id}/password`, { token, json: { new_password } });

async function newAccount(role: "CUSTOMER" | "EMPLOYEE" | "ADMIN" = "CUSTOMER") {
  const shop = await newShop();
  return { shop, person: await newPerson(shop.tenant, role) };
}

describe("changing my password", () => {
  it("replaces it and ends all logins except the current one", async () => {
    const { shop, person } = await newAccount();
    const other = await signIn(shop, person, PASSWORD);
    expect((await put(person.token)).status).toBe(204);
    expect((await signIn(shop, person, PASSWORD)).status).toBe(401);
    expect((await signIn(shop, person, NEXT)).status).toBe(200);
    expect((await me(other.body.access_token)).status).toBe(401);
    const { refresh_token } = other.body;
    expect((await call("POST", `${API}/auth/refresh`, { json: { refresh_token } })).status).toBe(401);
    expect((await me(person.token)).status).toBe(200);
  });

  it("requires the current one, without which nothing changes", async () => {
    const { shop, person } = await newAccount();
    const other = await signIn(shop, person, PASSWORD);
    const answer = await put(person.token, "wrong");
    expect([answer.status, answer.body.type]).toEqual([401, "/problems/invalid-credentials"]);
    expect((await me(other.body.access_token)).status).toBe(200);
    expect((await signIn(shop, person, PASSWORD)).status).toBe(200);
  });

  it("with a wrong current one counts as a failed login: the sixth attempt in a minute is rejected, and so is a login", async () => {
    const { shop, person } = await newAccount();
    const wrong = await Promise.all(Array.from({ length: 5 }, () => put(person.token, "wrong")));
    expect(countByStatus(wrong)).toEqual({ 401: 5 });
    const answer = await put(person.token);
    expect([answer.status, answer.body.type]).toEqual([429, "/problems/too-many-attempts"]);
    expect((await signIn(shop, person, PASSWORD)).status).toBe(429);
  });

  it("validates the new one", async () => {
    const { person } = await newAccount();
    for (const bad of ["short", "x".repeat(257)])
      expect((await put(person.token, PASSWORD, bad)).status).toBe(422);
  });

  it("twice in parallel succeeds once", async () => {
    const { shop, person } = await newAccount();
    const ctx = between(person.ctx(), {
      before: () => changePassword(person.ctx(), PASSWORD, "the first new one", "a"),
    });
    expect(await failureOf(changePassword(ctx, PASSWORD, NEXT, "a"))).toMatchObject({
      slug: "invalid-credentials",
    });
    expect((await signIn(shop, person, "the first new one")).status).toBe(200);
  });

  it("during an erasure fails like a login that has ended", async () => {
    const { shop, person } = await newAccount();
    const ctx = between(person.ctx(), { before: () => eraseUser(shop.admin.ctx(), person.id) });
    expect(await failureOf(changePassword(ctx, PASSWORD, NEXT, "a"))).toMatchObject({
      slug: "invalid-token",
    });
  });

  it("prevents a concurrent login with the old one", async () => {
    const { shop, person } = await newAccount();
    const ctx = between(base(), {
      before: () => changePassword(person.ctx(), PASSWORD, NEXT, "a"),
    });
    const credentials = { tenant: shop.tenant.slug, email: person.email, password: PASSWORD };
    expect(await failureOf(login(ctx, credentials, "a", "a thief's", undefined))).toMatchObject({
      slug: "invalid-credentials",
    });
    expect(await count("SELECT count(*) n FROM auth_sessions WHERE device = ?", "a thief's")).toBe(0);
  });
});

describe("setting the password of another account", () => {
  it("is allowed to an ADMIN for staff, and ends all logins of the account", async () => {
    const { shop, person } = await newAccount("EMPLOYEE");
    expect((await set(shop.admin.token, person.id)).status).toBe(204);
    expect((await me(person.token)).status).toBe(401);
    expect((await signIn(shop, person, NEXT)).status).toBe(200);
    expect((await me(shop.admin.token)).status).toBe(200);
  });

  it("is forbidden for accounts that registered themselves, whatever their role now", async () => {
    const { shop } = await newAccount();
    const json = { tenant: shop.tenant.slug, email: "eva@example.com", password: PASSWORD };
    const { body: eva } = await call("POST", `${API}/auth/register`, {
      json: { ...json, first_name: "Eva", last_name: "Luz" },
    });
    const { token } = shop.admin;
    for (const role of ["EMPLOYEE", "ADMIN"]) {
      expect((await call("PATCH", `${API}/users/${eva.id}`, { token, json: { role } })).status).toBe(200);
      const answer = await set(token, eva.id);
      expect([answer.status, answer.body.type]).toEqual([403, "/problems/forbidden"]);
    }
    expect((await call("POST", `${API}/auth/login`, { json })).status).toBe(200);
  });

  it("is forbidden for customers, for oneself and to everybody else, and changes nothing", async () => {
    const { shop, person } = await newAccount();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const stranger = await newShop();
    const answers = [
      await set(shop.admin.token, person.id),
      await set(shop.admin.token, shop.admin.id),
      await set(seller.token, shop.admin.id),
      await set(stranger.admin.token, seller.id),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 404]);
    for (const each of [person, seller, shop.admin]) {
      expect((await me(each.token)).status).toBe(200);
      expect((await signIn(shop, each, PASSWORD)).status).toBe(200);
    }
  });
});

describe("a password", () => {
  const hashOf = ({ id }: Person) => rowsOf("SELECT password_hash FROM users WHERE id = ?", id);

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

  it("is not set for an account that is erased", async () => {
    const shop = await newShop();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    await call("DELETE", `${API}/users/${clerk.id}`, { token: shop.admin.token });
    const before = await hashOf(clerk);
    const { status } = await set(shop.admin.token, clerk.id);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await hashOf(clerk)).toEqual(before);
  });
});
