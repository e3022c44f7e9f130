import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { listSessions } from "../../../src/auth/login/session-list.ts";
import { createSession } from "../../../src/auth/login/sessions.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, failureOf, rowsOf } from "../../support/d1.ts";
import { base, newPerson, newShop, PASSWORD, type Person } from "../../support/shops.ts";

const me = (token: string) => call("GET", `${API}/auth/me`, { token });
const listed = (token: string, query = "") => call("GET", `${API}/auth/sessions?${query}`, { token });
const refresh = (refresh_token: string) => call("POST", `${API}/auth/refresh`, { json: { refresh_token } });

/** A customer with two logins: the one of their token, and one on a phone with a refresh token. */
async function onTwoDevices() {
  const shop = await newShop();
  const person = await newPerson(shop.tenant, "CUSTOMER");
  const { body } = await call("POST", `${API}/auth/login`, {
    headers: { "user-agent": "phone" },
    json: { tenant: shop.tenant.slug, email: person.email, password: PASSWORD },
  });
  return { shop, person, phone: String(body.access_token), phoneRefresh: String(body.refresh_token) };
}

const sessionOf = (person: Person): string => person.ctx().actor.session;

describe("the list of my logins", () => {
  it("contains the active ones, newest first, and marks the current one", async () => {
    const { person, phone } = await onTwoDevices();
    const { body } = await listed(phone);
    expect(body.data).toMatchObject([
      { device: "phone", current: true },
      { id: sessionOf(person), device: "test", current: false },
    ]);
    const [{ created_at, last_used_at, expires_at }] = body.data;
    expect(Math.abs(Date.parse(created_at) - Date.now())).toBeLessThan(60_000);
    expect(last_used_at >= created_at.slice(0, 16)).toBe(true);
    expect(Date.parse(expires_at) - Date.parse(last_used_at)).toBe(30 * 86_400_000);
    const first = await listed(phone, "limit=1");
    const next = await listed(phone, `limit=1&cursor=${first.body.next_cursor}`);
    expect([next.body.data[0].id, next.body.next_cursor]).toEqual([sessionOf(person), null]);
  });

  it("contains a login once, with the same id and device however often it was refreshed", async () => {
    const { person, phoneRefresh } = await onTwoDevices();
    const before = (await listed(person.token)).body.data;
    const next = await refresh((await refresh(phoneRefresh)).body.refresh_token);
    const { body } = await listed(next.body.access_token);
    expect(body.data).toMatchObject([{ id: before[0].id, device: "phone" }, { id: before[1].id }]);
    expect(body.data[0].created_at).toBe(before[0].created_at);
    expect(body.data[0].last_used_at > before[0].last_used_at).toBe(true);
    const devices = await rowsOf(
      "SELECT device FROM auth_sessions WHERE family = ? ORDER BY generation",
      before[0].id,
    );
    expect(devices.map(({ device }) => device)).toEqual([null, null, "phone"]);
  });

  it("contains none that expired, was ended, or belongs to somebody else", async () => {
    const { shop, person, phone } = await onTwoDevices();
    await createSession(base(new Date(Date.now() - 31 * 86_400_000)), shop.tenant.id, person.id, "long ago");
    await call("POST", `${API}/auth/logout`, { token: phone });
    const { body } = await listed(person.token);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([sessionOf(person)]);
    expect((await listed(shop.admin.token)).body.data).toHaveLength(1);
  });

  it("reads no more rows after logins were refreshed and ended a thousand times", async () => {
    const { shop, person } = await onTwoDevices();
    const before = costOf(await listed(person.token)).read;
    for (const [column, from] of [
      ["used_at", 1],
      ["revoked_at", 2000],
    ] as const)
      await change(
        `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at, ${column})
          SELECT ?1, ?2, value, ?3, '', '', '9999', 'then' FROM (
            WITH RECURSIVE n(value) AS (SELECT CAST(?4 AS INTEGER) UNION ALL SELECT value + 1 FROM n LIMIT 1000) SELECT value FROM n)`,
        shop.tenant.id,
        crypto.randomUUID(),
        person.id,
        from,
      );
    expect(costOf(await listed(person.token)).read).toBe(before);
  });
});

describe("ending logins", () => {
  it("by id ends only that one and deletes its device", async () => {
    const { person, phone, phoneRefresh } = await onTwoDevices();
    const [{ id }] = (await listed(phone)).body.data;
    const end = () => call("DELETE", `${API}/auth/sessions/${id}`, { token: person.token });
    expect((await end()).status).toBe(204);
    expect([(await me(phone)).status, (await me(person.token)).status]).toEqual([401, 200]);
    expect((await refresh(phoneRefresh)).status).toBe(401);
    expect((await end()).status).toBe(404);
    expect(await count("SELECT count(device) n FROM auth_sessions WHERE family = ?", id)).toBe(0);
  });

  it("of an account with very many records their number and the first hundred ids", async () => {
    const { shop, person } = await onTwoDevices();
    await change(
      `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at)
        SELECT ?1, printf('%036d', value), 1, ?2, '', '', '9999' FROM (
          WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 60000) SELECT value FROM n)`,
      shop.tenant.id,
      person.id,
    );
    const path = `${API}/users/${person.id}/sessions`;
    expect((await call("DELETE", path, { token: shop.admin.token })).status).toBe(204);
    expect((await me(person.token)).status).toBe(401);
    const [entry] = await rowsOf(
      `SELECT before ->> 'count' AS n, json_array_length(before, '$.sessions') AS ids, before ->> '$.sessions[0]' AS first
        FROM audit_log WHERE tenant_id = ? AND action = 'user.sessions_ended'`,
      shop.tenant.id,
    );
    expect(entry).toEqual({ n: 60_002, ids: 100, first: "1".padStart(36, "0") });
  });

  it("by id is limited to one's own", async () => {
    const { person, phone } = await onTwoDevices();
    const other = await onTwoDevices();
    for (const { token } of [other.person, other.shop.admin]) {
      const answer = await call("DELETE", `${API}/auth/sessions/${sessionOf(person)}`, { token });
      expect(answer.status).toBe(404);
    }
    expect((await me(phone)).status).toBe(200);
  });

  it("except the current one leaves the current one active", async () => {
    const { person, phone, phoneRefresh } = await onTwoDevices();
    expect((await call("DELETE", `${API}/auth/sessions`, { token: person.token })).status).toBe(204);
    expect([(await me(phone)).status, (await refresh(phoneRefresh)).status]).toEqual([401, 401]);
    expect((await me(person.token)).status).toBe(200);
  });

  it("of an account is allowed to an ADMIN of the shop, and ends all", async () => {
    const { shop, person, phone } = await onTwoDevices();
    const end = (token: string) => call("DELETE", `${API}/users/${person.id}/sessions`, { token });
    expect((await end((await newShop()).admin.token)).status).toBe(404);
    expect((await end((await newPerson(shop.tenant, "EMPLOYEE")).token)).status).toBe(403);
    expect((await me(phone)).status).toBe(200);
    expect((await end(shop.admin.token)).status).toBe(204);
    expect([(await me(phone)).status, (await me(person.token)).status]).toEqual([401, 401]);
    expect((await me(shop.admin.token)).status).toBe(200);
  });
});

it("the end of logins is in the audit log with their number, and nothing where none is active", async () => {
  const { shop, person, phone, phoneRefresh } = await onTwoDevices();
  await refresh(phoneRefresh);
  const [{ id }] = (await listed(phone)).body.data;
  const entries = () =>
    rowsOf(
      `SELECT before ->> 'count' AS n, before ->> '$.sessions' AS sessions FROM audit_log
        WHERE tenant_id = ? AND entity_id = ? AND action = 'user.sessions_ended' ORDER BY id`,
      shop.tenant.id,
      person.id,
    );
  const end = (path: string, token: string) => call("DELETE", `${API}${path}`, { token });
  for (const status of [204, 404])
    expect((await end(`/auth/sessions/${id}`, person.token)).status).toBe(status);
  const one = { n: 1, sessions: JSON.stringify([id]) };
  expect(await entries()).toEqual([one]);
  for (let nth = 0; nth < 2; nth += 1) await end(`/users/${person.id}/sessions`, shop.admin.token);
  expect(await entries()).toEqual([one, { n: 1, sessions: JSON.stringify([sessionOf(person)]) }]);
  expect((await end(`/users/${newId()}/sessions`, shop.admin.token)).status).toBe(404);
});

it("the list of logins is read page by page, up to the instant at which they expire", async () => {
  const { person } = await onTwoDevices();
  const ctx = person.ctx();
  const first = await listSessions(ctx, { limit: 1 });
  const second = await listSessions(ctx, { limit: 1, cursor: first.next_cursor ?? undefined });
  expect([first, second].map(({ data }) => data.map(({ current }) => current))).toEqual([[false], [true]]);
  expect(second.next_cursor).toBeNull();
  const [last] = second.data;
  const at = (ms: number) =>
    listSessions({ ...ctx, now: new Date(Date.parse(last?.expires_at ?? "") + ms) }, { limit: 9 });
  expect((await at(-1)).data.map(({ id }) => id)).toContain(sessionOf(person));
  expect((await at(0)).data.map(({ id }) => id)).not.toContain(sessionOf(person));
});

it("no login begins for an account that has just been disabled", async () => {
  const shop = await newShop();
  const person = await newPerson(shop.tenant, "EMPLOYEE");
  await change("UPDATE users SET is_active = 0 WHERE id = ?", person.id);
  const failed = await failureOf(
    createSession(base(), shop.tenant.id, person.id, "phone", sql`is_active = 1`),
  );
  expect(failed).toMatchObject({ slug: "invalid-credentials" });
  const entries =
    "SELECT after ->> 'session' AS session FROM audit_log WHERE tenant_id = ? AND entity_id = ?";
  expect(await rowsOf(entries, shop.tenant.id, person.id)).toEqual([{ session: sessionOf(person) }]);
});
