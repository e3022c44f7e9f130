import { afterEach, describe, expect, it, vi } from "vitest";
import { addKey, listKeys } from "../../src/api-keys/keys.ts";
import { expectRefused, pointersOf } from "../attack/refused.ts";
import { newApiKey, newPublishableKey, newSecretKey, STOREFRONT } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
import { advanceClock } from "../support/quotas.ts";
import { newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => {
  vi.useRealTimers();
});

const read = (key: string, headers: Record<string, string> = {}) =>
  call("GET", `${API}/sales`, { token: key, headers });

const rotate = ({ admin }: Shop, id: string, grace_seconds: number) =>
  call("POST", `${API}/api-keys/${id}/rotate`, { token: admin.token, json: { grace_seconds } });

const revoke = ({ admin }: Shop, id: string) =>
  call("DELETE", `${API}/api-keys/${id}`, { token: admin.token });

describe("a new key", () => {
  it("is shown once, and only a hash of its secret is stored anywhere", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read", "sales:read");
    expect(key).toMatch(/^mk_test_[\w-]{87}$/);
    const { body, text } = await call("GET", `${API}/api-keys`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { id, last_four: key.slice(-4), scopes: ["sales:read"], created_by: shop.admin.id, last_used_at: null },
    ]);
    expect(text).not.toContain(key.slice(-43));
    for (const table of ["api_keys", "audit_log", "idempotency_keys", "events"]) {
      const rows = await rowsOf(`SELECT * FROM ${table} WHERE tenant_id = ?`, shop.tenant.id);
      expect(JSON.stringify(rows)).not.toContain(key.slice(-43));
    }
  });

  it.each([
    [{ kind: "secret" }, ["#/scopes"]],
    [{ kind: "secret", scopes: ["sales:erase"] }, ["#/scopes/0"]],
    [{ kind: "secret", scopes: ["sales:read"], origins: [STOREFRONT] }, ["#/origins"]],
    [{ kind: "publishable", allowed_ips: ["192.0.2.1"] }, ["#/allowed_ips"]],
    [{ kind: "publishable", origins: [STOREFRONT], scopes: ["sales:read"] }, ["#/scopes"]],
    [
      { kind: "publishable", origins: [`${STOREFRONT}/`, "http://a.example", "*"] },
      ["#/origins/0", "#/origins/1", "#/origins/2"],
    ],
    [
      {
        kind: "publishable",
        origins: [
          "http://localhost.a.example",
          "http://127.0.0.10",
          "http://localhost:5173a",
          "https://a.example:443",
        ],
      },
      ["#/origins/0", "#/origins/1", "#/origins/2", "#/origins/3"],
    ],
    [
      { kind: "publishable", origins: Array.from({ length: 21 }, (_, nth) => `https://${nth}.example`) },
      ["#/origins"],
    ],
    [
      {
        kind: "secret",
        scopes: ["sales:read"],
        allowed_ips: Array.from({ length: 51 }, (_, nth) => `192.0.2.${nth}`),
      },
      ["#/allowed_ips"],
    ],
    [
      { kind: "secret", scopes: ["sales:read"], allowed_ips: ["10.0.0.0/33", "a"] },
      ["#/allowed_ips/0", "#/allowed_ips/1"],
    ],
    [{ kind: "secret", scopes: ["sales:read"], expires_at: "2020-01-01T00:00:00Z" }, ["#/expires_at"]],
  ])("with %o is refused", async (fields, pointers) => {
    const { admin } = await newShop();
    const json = { name: "Test", ...fields };
    const answer = await call("POST", `${API}/api-keys`, { token: admin.token, json });
    expectRefused(answer, 422, "invalid");
    expect(pointersOf(answer)).toEqual(pointers);
  });

  it("is the fiftieth at most that is not revoked, also of several at the same moment", async () => {
    const shop = await newShop();
    const first = await newSecretKey(shop, "sales:read");
    for (let count = 1; count < 48; count += 1) await newSecretKey(shop, "sales:read");
    const json = { name: "Test", kind: "secret", scopes: ["sales:read"] };
    const create = () => call("POST", `${API}/api-keys`, { token: shop.admin.token, json });
    const statuses = (await Promise.all([create(), create(), create(), create()])).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 201, 409, 409]);
    expectRefused(await create(), 409, "too-many-api-keys");
    await revoke(shop, first.id);
    expect((await create()).status).toBe(201);
    const entries = "SELECT action FROM audit_log WHERE tenant_id = ? AND action = 'api_key.added'";
    expect(await rowsOf(entries, shop.tenant.id)).toHaveLength(51);
  });

  it("expires at a later instant than it is made", async () => {
    const { admin } = await newShop();
    const now = new Date();
    const expiring = (ms: number) =>
      addKey(admin.ctx(now), {
        name: "Test",
        kind: "secret",
        scopes: ["sales:read"],
        expires_at: new Date(now.getTime() + ms).toISOString(),
      });
    expect(await failureOf(expiring(0))).toMatchObject({ extra: { errors: [{ pointer: "#/expires_at" }] } });
    expect(await expiring(1)).toMatchObject({ expires_at: new Date(now.getTime() + 1).toISOString() });
  });
});

it("the keys of a shop are listed page by page, newest first", async () => {
  const shop = await newShop();
  const ids: string[] = [];
  for (let nth = 0; nth < 3; nth += 1) ids.push((await newSecretKey(shop, "sales:read")).id);
  const ctx = shop.admin.ctx();
  const first = await listKeys(ctx, { limit: 2 });
  const second = await listKeys(ctx, { limit: 2, cursor: first.next_cursor ?? undefined });
  expect([first, second].map(({ data }) => data.map(({ id }) => id))).toEqual([[ids[2], ids[1]], [ids[0]]]);
  expect(second.next_cursor).toBeNull();
});

describe("a key", () => {
  it("that is revoked is refused from the next request, stays in the list and cannot be rotated", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    expect((await read(key)).status).toBe(200);
    expect((await revoke(shop, id)).status).toBe(204);
    expectRefused(await read(key), 401, "invalid-token");
    expect((await revoke(shop, id)).status).toBe(204);
    expectRefused(await rotate(shop, id, 0), 404, "not-found");
    const { body } = await call("GET", `${API}/api-keys`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ id, revoked_at: expect.any(String) }]);
    const entries = await rowsOf(
      "SELECT action FROM audit_log WHERE tenant_id = ? AND entity_id = ? ORDER BY id",
      shop.tenant.id,
      id,
    );
    expect(entries.map(({ action }) => action)).toEqual(["api_key.added", "api_key.revoked"]);
  });

  it("that is revoked while its requests run serves none that begins afterwards", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    const running = Array.from({ length: 10 }, () => read(key));
    await revoke(shop, id);
    const after = await Promise.all(Array.from({ length: 5 }, () => read(key)));
    expect(after.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    for (const { status } of await Promise.all(running)) expect([200, 401]).toContain(status);
  });

  it("expires", async () => {
    const shop = await newShop();
    const expires_at = "2099-01-01T00:00:00+01:00";
    const { id, key } = await newApiKey(shop, { scopes: ["sales:read"], expires_at });
    expect((await read(key)).status).toBe(200);
    await change("UPDATE api_keys SET expires_at = '2026-01-01T00:00:00.000Z' WHERE id = ?", id);
    expectRefused(await read(key), 401, "invalid-token");
  });

  it("is refused from the instant at which it expires", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    advanceClock(0);
    await change("UPDATE api_keys SET expires_at = ? WHERE id = ?", new Date().toISOString(), id);
    expectRefused(await callWith({}, "GET", `${API}/sales`, { token: key }), 401, "invalid-token");
  });

  it("of a closed shop is refused, remembered or not", async () => {
    const shop = await newShop();
    const [used, unused] = [await newSecretKey(shop, "sales:read"), await newSecretKey(shop, "sales:read")];
    expect((await read(used.key)).status).toBe(200);
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    for (const { key } of [used, unused]) expectRefused(await read(key), 401, "invalid-token");
  });

  it("with an allowlist works from its addresses only", async () => {
    const allowed_ips = ["192.0.2.0/24", "2001:db8:1::/48"];
    const { key } = await newApiKey(await newShop(), { scopes: ["sales:read"], allowed_ips });
    const from = async (address: string) => (await read(key, { "cf-connecting-ip": address })).status;
    for (const address of ["192.0.2.7", "::ffff:192.0.2.255", "2001:db8:1:2::3"])
      expect(await from(address), address).toBe(200);
    for (const address of ["192.0.3.7", "2001:db8:2::1", "::c000:207"])
      expect(await from(address), address).toBe(401);
    expect((await read(key)).status).toBe(401);
  });
});

describe("a change of a key", () => {
  const patch = ({ admin }: Shop, id: string, json: unknown) =>
    call("PATCH", `${API}/api-keys/${id}`, { token: admin.token, json });

  it("counts from the next request, with the same secret, and GET and the list show it", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "products:read");
    expectRefused(await read(key), 403, "insufficient-scope");
    const fields = {
      name: "Till",
      scopes: ["products:read", "sales:read"],
      expires_at: "2099-01-01T00:00:00.000Z",
    };
    const changed = await patch(shop, id, {
      ...fields,
      scopes: ["sales:read", "products:read", "sales:read"],
    });
    expect(changed.body).toMatchObject(fields);
    expect((await read(key)).status).toBe(200);
    expect((await call("GET", `${API}/api-keys/${id}`, { token: shop.admin.token })).body).toEqual(
      changed.body,
    );
    expect(
      (await patch(shop, id, { allowed_ips: ["192.0.2.1"], expires_at: null })).body.expires_at,
    ).toBeNull();
    expectRefused(await read(key), 401, "invalid-token");
    expect((await patch(shop, id, {})).status).toBe(200);
  });

  it("is refused as a whole where a field is not of its kind, or leaves it without use", async () => {
    const shop = await newShop();
    const [secret, publishable] = [await newSecretKey(shop, "sales:read"), await newPublishableKey(shop)];
    for (const [id, json, pointer] of [
      [secret.id, { name: "New", origins: [STOREFRONT] }, "#/origins"],
      [publishable.id, { name: "New", scopes: ["sales:read"] }, "#/scopes"],
      [publishable.id, { name: "New", allowed_ips: ["192.0.2.1"] }, "#/allowed_ips"],
      [publishable.id, { name: "New", origins: [] }, "#/origins"],
      [secret.id, { name: "New", scopes: [] }, "#/scopes"],
      [secret.id, { name: "New", expires_at: "2020-01-01T00:00:00Z" }, "#/expires_at"],
    ] as const) {
      const answer = await patch(shop, id, json);
      expectRefused(answer, 422, "invalid");
      expect(pointersOf(answer)).toEqual([pointer]);
    }
    const { body } = await call("GET", `${API}/api-keys`, { token: shop.admin.token });
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(["Test", "Test"]);
    const entries = "SELECT action FROM audit_log WHERE tenant_id = ? AND action = 'api_key.changed'";
    expect(await rowsOf(entries, shop.tenant.id)).toEqual([]);
    await revoke(shop, secret.id);
    expectRefused(await patch(shop, secret.id, { name: "New" }), 404, "not-found");
  });
});

describe("a rotation", () => {
  it("gives a new secret, and the old one works for the grace period", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    const { body } = await rotate(shop, id, 3600);
    expect(body.key.slice(0, 52)).toBe(key.slice(0, 52));
    expect(body.last_four).toBe(body.key.slice(-4));
    const entries = "SELECT entity_id, after FROM audit_log WHERE tenant_id = ? AND action = ?";
    expect(await rowsOf(entries, shop.tenant.id, "api_key.secret_rotated")).toEqual([
      { entity_id: id, after: JSON.stringify({ old_until: body.old_until }) },
    ]);
    for (const each of [key, body.key]) expect((await read(each)).status).toBe(200);
    await change(
      "UPDATE api_keys SET old_secrets = json_set(old_secrets, '$[0].until', '2026-01-01T00:00:00.000Z') WHERE id = ?",
      id,
    );
    expectRefused(await read(key), 401, "invalid-token");
    expect((await read(body.key)).status).toBe(200);
  });

  it("has a grace period of seven days at most, from the rotation on", async () => {
    const shop = await newShop();
    const { id } = await newSecretKey(shop, "sales:read");
    for (const seconds of [604_801, -1, 1.5]) expectRefused(await rotate(shop, id, seconds), 422, "invalid");
    const before = Date.now();
    const { body } = await rotate(shop, id, 604_800);
    const from = Date.parse(body.old_until) - 604_800_000;
    expect(from).toBeGreaterThanOrEqual(before);
    expect(from).toBeLessThanOrEqual(Date.now());
  });

  it("lets in five old secrets, and none from the instant at which its grace period ends", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    const keys = [key];
    for (let nth = 0; nth < 6; nth += 1) keys.push((await rotate(shop, id, 3600)).body.key);
    const statuses = [];
    for (const each of keys) statuses.push((await read(each)).status);
    expect(statuses).toEqual([401, 200, 200, 200, 200, 200, 200]);
    advanceClock(0);
    await change(
      "UPDATE api_keys SET old_secrets = json_set(old_secrets, '$[0].until', ?) WHERE id = ?",
      new Date().toISOString(),
      id,
    );
    expectRefused(await callWith({}, "GET", `${API}/sales`, { token: keys[5] }), 401, "invalid-token");
  });

  it("lets in no secret that the key never had", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    await rotate(shop, id, 3600);
    expectRefused(await read(key.slice(0, -43) + "A".repeat(43)), 401, "invalid-token");
  });

  it("leaves each old secret its own grace period", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    for (let nth = 0; nth < 2; nth += 1) await rotate(shop, id, 3600);
    expect((await read(key)).status).toBe(200);
    await change(
      "UPDATE api_keys SET old_secrets = json_set(old_secrets, '$[1].until', '2026-01-01T00:00:00.000Z') WHERE id = ?",
      id,
    );
    expectRefused(await read(key), 401, "invalid-token");
  });

  it("at the same moment as another one leaves both new secrets and the old one working", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    const [one, two] = await Promise.all([rotate(shop, id, 60), rotate(shop, id, 60)]);
    for (const each of [key, one.body.key, two.body.key]) expect((await read(each)).status).toBe(200);
  });

  it("without a grace period ends all earlier secrets at once", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    const first = (await rotate(shop, id, 3600)).body.key;
    const second = (await rotate(shop, id, 0)).body.key;
    for (const each of [key, first]) expectRefused(await read(each), 401, "invalid-token");
    expect((await read(second)).status).toBe(200);
  });
});
