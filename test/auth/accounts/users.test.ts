import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/auth/login/sessions.ts";
import type { Role } from "../../../src/platform/context.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { base, newPerson, newShop, PASSWORD, type Person } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const USERS = `${API}/users`;

const staff = (fields: Record<string, unknown> = {}) => ({
  email: `staff-${crypto.randomUUID()}@example.com`,
  password: PASSWORD,
  first_name: "Eva",
  last_name: "Luz",
  role: "EMPLOYEE",
  ...fields,
});

const add = (by: Person, fields: Record<string, unknown> = {}) =>
  call("POST", USERS, { token: by.token, json: staff(fields) });

const patch = (by: Person, id: string, json: unknown) =>
  call("PATCH", `${USERS}/${id}`, { token: by.token, json });

const admins = (tenantId: string) =>
  count("SELECT count(*) n FROM users WHERE tenant_id = ? AND role = 'ADMIN' AND is_active = 1", tenantId);

describe("the staff", () => {
  it("is created by an ADMIN and can sign in", async () => {
    const { tenant, admin } = await newShop();
    const created = await add(admin, { email: " Eva@Example.com ", role: "ADMIN" });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      email: "eva@example.com",
      role: "ADMIN",
      tenant_id: tenant.id,
      is_active: true,
      preferences: {},
    });
    const login = await call("POST", `${API}/auth/login`, {
      json: { tenant: tenant.slug, email: "eva@example.com", password: PASSWORD },
    });
    expect(login.body.user).toEqual(created.body);
  });

  it("is created once by an ADMIN under a key, which is not that of another ADMIN", async () => {
    const { tenant, admin } = await newShop();
    const other = await newPerson(tenant, "ADMIN");
    const json = staff();
    const create = ({ token }: Person) =>
      call("POST", USERS, { token, json, headers: { "idempotency-key": "1" } });
    const [first, again, foreign] = [await create(admin), await create(admin), await create(other)];
    expect([first.status, again.status, foreign.status]).toEqual([201, 201, 409]);
    expect(again.body).toEqual(first.body);
  });

  it("cannot be created with the role CUSTOMER", async () => {
    const { admin } = await newShop();
    const answer = await add(admin, { role: "CUSTOMER" });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe("#/role");
  });

  it("is listed newest first, by role, page by page", async () => {
    const { tenant, admin } = await newShop();
    const staff = [];
    for (const role of ["EMPLOYEE", "CUSTOMER", "EMPLOYEE"] as const)
      staff.push(await newPerson(tenant, role));
    const [first, , third] = staff;
    const all = await call("GET", USERS, { token: admin.token });
    expect(all.body.data.map((user: { id: string }) => user.id)).toEqual(
      [...staff.toReversed(), admin].map((user) => user.id),
    );
    const one = await call("GET", `${USERS}?role=EMPLOYEE&limit=1`, { token: admin.token });
    expect(one.body.data[0].id).toBe(third?.id);
    const two = await call("GET", `${USERS}?role=EMPLOYEE&limit=1&cursor=${one.body.next_cursor}`, {
      token: admin.token,
    });
    expect(two.body.data[0].id).toBe(first?.id);
    expect(two.body.next_cursor).toBeNull();
    for (const query of ["", "role=ADMIN&"]) {
      const other = await call("GET", `${USERS}?${query}cursor=${one.body.next_cursor}`, {
        token: admin.token,
      });
      expect([other.status, other.body.type]).toEqual([422, "/problems/invalid-cursor"]);
    }
  });

  it("is hidden from an EMPLOYEE or CUSTOMER, and from everybody outside the shop", async () => {
    const { tenant, admin } = await newShop();
    const outsider = (await newShop()).admin;
    for (const role of ["EMPLOYEE", "CUSTOMER"] as const) {
      const person = await newPerson(tenant, role);
      expect((await call("GET", USERS, { token: person.token })).status).toBe(403);
      expect((await add(person)).status).toBe(403);
      expect((await patch(person, person.id, { role: "ADMIN" })).status).toBe(403);
    }
    expect((await patch(outsider, admin.id, { is_active: false })).status).toBe(404);
    const list = await call("GET", USERS, { token: outsider.token });
    expect(list.body.data.map((user: { id: string }) => user.id)).toEqual([outsider.id]);
  });

  it("loses all logins when disabled, and can sign in again when enabled", async () => {
    const { tenant, admin } = await newShop();
    const person = await newPerson(tenant, "EMPLOYEE");
    const { refreshToken } = await createSession(base(), tenant.id, person.id, "a phone");
    const me = () => call("GET", `${API}/auth/me`, { token: person.token });
    expect((await me()).status).toBe(200);
    expect((await patch(admin, person.id, { is_active: false })).body.is_active).toBe(false);
    expect((await me()).status).toBe(401);
    await patch(admin, person.id, { is_active: true });
    expect((await me()).status).toBe(401);
    const again = await call("POST", `${API}/auth/refresh`, { json: { refresh_token: refreshToken } });
    expect(again.status).toBe(401);
    const ended = `SELECT before ->> 'count' AS n FROM audit_log WHERE entity_id = ? AND action = 'user.sessions_ended'`;
    expect(await rowsOf(ended, person.id)).toEqual([{ n: 2 }]);
    const login = { tenant: tenant.slug, email: person.email, password: PASSWORD };
    expect((await call("POST", `${API}/auth/login`, { json: login })).status).toBe(200);
  });

  it("keeps its logins if disabling is rejected", async () => {
    const { admin } = await newShop();
    expect((await patch(admin, admin.id, { is_active: false })).status).toBe(409);
    expect((await call("GET", `${API}/auth/me`, { token: admin.token })).status).toBe(200);
  });

  it("has the permissions of a new role from the next request on", async () => {
    const { tenant, admin } = await newShop();
    const other = await newPerson(tenant, "ADMIN");
    const statuses = async () => [
      (await call("GET", USERS, { token: other.token })).status,
      (await call("GET", `${API}/sales`, { token: other.token })).status,
    ];
    const become = (role: Role) => patch(admin, other.id, { role });
    expect(await statuses()).toEqual([200, 200]);
    await become("EMPLOYEE");
    expect(await statuses()).toEqual([403, 200]);
    await become("CUSTOMER");
    expect(await statuses()).toEqual([403, 403]);
    await become("ADMIN");
    expect(await statuses()).toEqual([200, 200]);
  });

  it("always has one active ADMIN", async () => {
    const { tenant, admin } = await newShop();
    await newPerson(tenant, "EMPLOYEE");
    for (const json of [{ role: "EMPLOYEE" }, { is_active: false }, { role: "CUSTOMER", is_active: false }]) {
      const answer = await patch(admin, admin.id, json);
      expect(answer.status).toBe(409);
      expect(answer.body.type).toBe("/problems/last-admin");
    }
    const second = await newPerson(tenant, "ADMIN");
    expect((await patch(admin, second.id, { is_active: false })).status).toBe(200);
    expect((await patch(admin, admin.id, { role: "EMPLOYEE" })).status).toBe(409);
    expect(await admins(tenant.id)).toBe(1);
  });

  it("keeps one of two ADMINs who demote each other in parallel", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { tenant, admin } = await newShop();
      const other = await newPerson(tenant, "ADMIN");
      const answers = await Promise.all([
        patch(admin, other.id, { role: "EMPLOYEE" }),
        patch(other, admin.id, { role: "EMPLOYEE" }),
      ]);
      const statuses = answers.map((answer) => answer.status).toSorted((a, b) => a - b);
      expect(statuses[0]).toBe(200);
      expect([403, 409]).toContain(statuses[1]);
      expect(await admins(tenant.id)).toBe(1);
    }
  });
});

describe("an e-mail", () => {
  it("belongs to one account of a shop, whatever its case, and is free in another shop", async () => {
    const one = await newShop();
    const other = await newShop();
    const email = "jos\u00e9@example.com";
    const register = (tenant: string, address: string) =>
      call("POST", `${API}/auth/register`, {
        json: { tenant, email: address, password: PASSWORD, first_name: "A", last_name: "B" },
      });
    expect((await register(one.tenant.slug, email)).body.role).toBe("CUSTOMER");
    for (const again of [
      await register(one.tenant.slug, "JOSE\u0301@example.com"),
      await add(one.admin, { email }),
    ]) {
      expect(again.status).toBe(409);
      expect(again.body.type).toBe("/problems/email-taken");
    }
    expect((await register(other.tenant.slug, email)).status).toBe(201);
  });

  it("belongs to one account if five register in parallel", async () => {
    const { tenant } = await newShop();
    const json = {
      tenant: tenant.slug,
      email: "one@example.com",
      password: PASSWORD,
      first_name: "A",
      last_name: "B",
    };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call("POST", `${API}/auth/register`, { json })),
    );
    expect(countByStatus(answers)).toEqual({ 201: 1, 409: 4 });
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ?", tenant.id)).toBe(2);
  });

  it("can only register in a shop that exists and is open", async () => {
    const closed = await newShop();
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", closed.tenant.id);
    for (const tenant of ["no-such-shop", closed.tenant.slug]) {
      const json = { tenant, email: "a@example.com", password: PASSWORD, first_name: "A", last_name: "B" };
      const answer = await call("POST", `${API}/auth/register`, { json });
      expect(answer.status).toBe(404);
      expect(answer.body.type).toBe("/problems/unknown-tenant");
    }
  });
});

it("a customer of whom the shop has a record only is no account", async () => {
  const { tenant, admin } = await newShop();
  const { id } = await newPerson(tenant, "CUSTOMER");
  await change("UPDATE users SET has_login = 0 WHERE id = ?", id);
  const { token } = admin;
  for (const [method, path, json] of [
    ["PATCH", "", {}],
    ["PATCH", "", { role: "ADMIN" }],
    ["PUT", "/password", { new_password: PASSWORD }],
    ["DELETE", "/sessions", undefined],
  ] as const) {
    const { body } = await call(method, `${USERS}/${id}${path}`, { token, json });
    expect(body.type, `${method} ${path}`).toBe("/problems/not-found");
  }
  const { body } = await call("GET", USERS, { token });
  expect(body.data.map((user: { id: string }) => user.id)).toEqual([admin.id]);
});

describe("my account", () => {
  it("can change its names and preferences; omitted fields are unchanged", async () => {
    const { tenant } = await newShop();
    const person = await newPerson(tenant, "CUSTOMER");
    const change = (json: unknown) => call("PATCH", `${USERS}/me`, { token: person.token, json });
    const preferences = { categories: ["Poetry"], language: "es" };
    expect((await change({ preferences })).body).toMatchObject({ first_name: "First", preferences });
    expect((await change({ first_name: " Ana " })).body).toMatchObject({
      first_name: "Ana",
      last_name: "Last",
      preferences,
    });
    expect((await change({ preferences: {} })).body.preferences).toEqual({});
    expect((await change({})).body.first_name).toBe("Ana");
    expect((await call("GET", `${USERS}/me`, { token: person.token })).body.first_name).toBe("Ana");
  });

  it("cannot change its role, shop, e-mail or status, or set unknown preferences", async () => {
    const { tenant } = await newShop();
    const other = await newShop();
    const person = await newPerson(tenant, "CUSTOMER");
    for (const [field, value] of Object.entries({
      role: "ADMIN",
      tenant_id: other.tenant.id,
      email: "x@example.com",
      is_active: true,
      id: other.admin.id,
      password_hash: "x",
    })) {
      const answer = await call("PATCH", `${USERS}/me`, {
        token: person.token,
        json: { first_name: "Changed", [field]: value },
      });
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toEqual([
        { pointer: `#/${field}`, detail: "unknown field", code: "unknown_field" },
      ]);
    }
    const answer = await call("PATCH", `${USERS}/me`, {
      token: person.token,
      json: { preferences: { role: "ADMIN" } },
    });
    expect(answer.body.errors[0].pointer).toBe("#/preferences/role");
    const me = await call("GET", `${USERS}/me`, { token: person.token });
    expect(me.body).toMatchObject({ role: "CUSTOMER", tenant_id: tenant.id, first_name: "First" });
  });

  it("cannot be registered with a role or a shop id", async () => {
    const { tenant, admin } = await newShop();
    const json = {
      tenant: tenant.slug,
      email: "a@example.com",
      password: PASSWORD,
      first_name: "A",
      last_name: "B",
    };
    for (const field of ["role", "tenant_id"])
      expect(
        (await call("POST", `${API}/auth/register`, { json: { ...json, [field]: "ADMIN" } })).body.errors[0]
          .pointer,
      ).toBe(`#/${field}`);
    expect((await add(admin, { tenant_id: tenant.id })).status).toBe(422);
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ?", tenant.id)).toBe(1);
  });
});
