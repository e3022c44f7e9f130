import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { expectRefused } from "../attack/refused.ts";
import { entryOf, withResource } from "../http/operations/registry.ts";
import { scopeOf } from "../http/operations/scopes.ts";
import { SCOPES } from "../../src/platform/scopes.ts";
import { newApiKey, newPublishableKey, newSecretKey, STOREFRONT } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call, costOf, ORIGIN } from "../support/client.ts";
import { fill, nameOf } from "../support/contract.ts";
import { rowsOf } from "../support/d1.ts";
import { advanceClock, quotaState, quotasOf } from "../support/quotas.ts";
import { recordedDb } from "../support/recorded-bindings.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("a request by key", () => {
  it("costs as many round trips as one by token", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 100 });
    const { key } = await newSecretKey(shop, "sales:read", "sales:write", "products:read");
    const json = { items: [{ product_id: id, quantity: 1 }] };
    for (const [method, path, sent] of [
      ["GET", "/sales", {}],
      ["GET", `/products/${id}`, {}],
      ["POST", "/sales", { json }],
    ] as const) {
      const cost = async (token: string) =>
        costOf(await call(method, `${API}${path}`, { token, ...sent })).queries;
      // The first sale of a product reads what the next ones remember.
      await cost(key);
      expect(await cost(key), path).toBe(await cost(shop.admin.token));
    }
  });

  it("has its quota, and no other key's or person's", async () => {
    const shop = await newShop();
    const [one, other] = [await newSecretKey(shop, "sales:read"), await newSecretKey(shop, "sales:read")];
    const send = (token: string) => callWith(quotasOf(100, 2), "GET", `${API}/sales`, { token });
    expect(quotaState(await send(one.key), "key")).toMatchObject({ quota: 2, remaining: 1 });
    await send(one.key);
    const refused = await send(one.key);
    expectRefused(refused, 429, "quota-exceeded");
    expect(refused.text).toContain("the API key");
    expect(costOf(await send(one.key)).queries).toBe(0);
    const { token: person } = await newPerson(shop.tenant, "EMPLOYEE");
    for (const token of [other.key, person]) expect((await send(token)).status).toBe(200);
  });

  it("is in the audit log with the id and the name of the key", async () => {
    const shop = await newShop();
    const { id, key } = await newApiKey(shop, { name: "Stock sync", scopes: ["products:write"] });
    const json = { sku: "A", title: "A book", price: 1 };
    await call("POST", `${API}/products`, { token: key, json });
    const path = `${API}/audit?actor_id=${id}`;
    const { body } = await call("GET", path, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ action: "product.added", actor_id: id, key_name: "Stock sync" }]);
    const byPerson = await call("GET", `${API}/audit?entity_id=${id}`, { token: shop.admin.token });
    expect(byPerson.body.data).toMatchObject([{ action: "api_key.added", key_name: null }]);
  });

  it("has idempotency keys apart from those of other keys", async () => {
    const shop = await newShop();
    const [one, other] = [
      await newSecretKey(shop, "customers:write"),
      await newSecretKey(shop, "customers:write"),
    ];
    const send = (token: string) =>
      call("POST", `${API}/customers`, { token, json: { name: "Ana" }, headers: { "idempotency-key": "1" } });
    const first = await send(one.key);
    const again = await send(one.key);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
    expect((await send(other.key)).body.id).not.toBe(first.body.id);
  });

  it("records the use of the key at most once an hour, after the response", async () => {
    const shop = await newShop();
    const { id, key } = await newSecretKey(shop, "sales:read");
    const other = await newSecretKey(shop, "sales:read");
    const lastUse = async (of = id) =>
      (await rowsOf("SELECT last_used_at FROM api_keys WHERE id = ?", of))[0]?.["last_used_at"];
    const read = () => callWith({}, "GET", `${API}/sales`, { token: key });
    advanceClock(0);
    expect(costOf(await read()).written).toBe(0);
    const first = await lastUse();
    expect(first).toMatch(/^20/);
    expect(await lastUse(other.id)).toBeNull();
    const starts: unknown[] = [];
    await callWith({ DB: recordedDb(starts) }, "GET", `${API}/sales`, { token: key });
    expect(starts).toEqual(["first-unconstrained"]);
    expect(await lastUse()).toBe(first);
    advanceClock(3600);
    await read();
    expect(Date.parse(String(await lastUse())) - Date.parse(String(first))).toBe(3_600_000);
    await callWith({ DB: recordedDb(starts) }, "GET", `${API}/sales`, { token: key });
    expect(starts.length).toBe(2);
    // Another isolate has recorded a use since.
    const another = new Date(Date.now() + 1_800_000).toISOString();
    await change("UPDATE api_keys SET last_used_at = ? WHERE id = ?", another, id);
    advanceClock(3600);
    await read();
    expect(await lastUse()).toBe(another);
  });

  it("does not disclose which rows its key cost, when it is read and when it is confirmed", async () => {
    const { key } = await newSecretKey(await newShop(), "sales:read");
    const read = async () => costOf(await call("GET", `${API}/sales`, { token: key })).read;
    const first = await read();
    expect(await read()).toBe(first);
  });

  it("to another shop is that of a stranger", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { key } = await newApiKey(shop, { scopes: SCOPES });
    const headers = { "x-tenant": other.tenant.slug };
    const products = await call("GET", `${API}/products`, { token: key, headers });
    expect(products.headers.get("ratelimit-policy")).toContain('"public"');
    expectRefused(await call("GET", `${API}/sales`, { token: key, headers }), 401, "invalid-token");
  });

  it("with the cookie of a login is ambiguous", async () => {
    const shop = await newShop();
    const { key } = await newSecretKey(shop, "sales:read");
    const headers = { cookie: `mostrador_access=${shop.admin.token}`, origin: ORIGIN };
    expectRefused(await call("GET", `${API}/sales`, { token: key, headers }), 400, "ambiguous-credentials");
    const { key: publishable } = await newPublishableKey(shop);
    const ofPage = { ...headers, origin: STOREFRONT };
    const read = await call("GET", `${API}/products`, { token: publishable, headers: ofPage });
    expectRefused(read, 400, "ambiguous-credentials");
  });
});

describe("a key that is wrong", () => {
  it("is refused in the same words at the same cost, whatever is wrong", async () => {
    const shop = await newShop();
    const { id, key } = await newApiKey(shop, { scopes: ["sales:read"], allowed_ips: ["192.0.2.1"] });
    const publishable = await newPublishableKey(shop);
    const revoked = await newSecretKey(shop, "sales:read");
    await call("DELETE", `${API}/api-keys/${revoked.id}`, { token: shop.admin.token });
    const expired = await newSecretKey(shop, "sales:read");
    await change("UPDATE api_keys SET expires_at = '2026-01-01T00:00:00.000Z' WHERE id = ?", expired.id);
    const secret = "A".repeat(43);
    const unknown = [
      key.slice(0, -43) + secret,
      `${key.slice(0, 30)}${"B".repeat(22)}${secret}`,
      `${key.slice(0, 8)}${"B".repeat(44)}${secret}`,
      publishable.key.replace("mp_", "mk_"),
      key.replace("mk_", "mp_"),
    ];
    const answers = [];
    for (const token of [key, revoked.key, expired.key, ...unknown])
      answers.push(await call("GET", `${API}/sales`, { token, headers: { origin: STOREFRONT } }));
    const seen = answers.map(({ status, body, headers }) =>
      JSON.stringify([status, body.type, body.detail, headers.get("server-timing")?.replace(/dur=.*/, "")]),
    );
    expect(new Set(seen)).toEqual(
      new Set([
        JSON.stringify([
          401,
          "/problems/invalid-token",
          "The API key is not valid: it is unknown, revoked or expired, or this address may not use it.",
          'd1;desc="queries=1 read=0 written=0";',
        ]),
      ]),
    );
    expect(
      (await rowsOf("SELECT last_used_at FROM api_keys WHERE id = ?", id))[0]?.["last_used_at"],
    ).toBeNull();
  });

  it("costs no round trip if it cannot be one, or is of another environment", async () => {
    const { key } = await newSecretKey(await newShop(), "sales:read");
    for (const token of [key.slice(1, -1), `${key}A`, "mk_", "mp_test_x", key.replace("test", "live")]) {
      const answer = await call("GET", `${API}/sales`, { token });
      expectRefused(answer, 401, "invalid-token", token);
      expect(costOf(answer).queries).toBe(0);
    }
  });

  it("counts against the address, as a wrong token does", async () => {
    const { key } = await newSecretKey(await newShop(), "sales:read");
    const headers = { "cf-connecting-ip": "192.0.2.44" };
    const send = () =>
      callWith({ QUOTA_PER_ADDRESS: "3" }, "GET", `${API}/sales`, {
        token: key.slice(0, -43) + "A".repeat(43),
        headers,
      });
    for (let tries = 0; tries < 3; tries += 1) expectRefused(await send(), 401, "invalid-token");
    expectRefused(await send(), 429, "quota-exceeded");
  });

  it("is never in the log, nor is a valid one", async () => {
    const { key } = await newSecretKey(await newShop(), "sales:read");
    const lines: string[] = [];
    for (const level of ["log", "error", "warn"] as const)
      vi.spyOn(console, level).mockImplementation(
        (...parts: unknown[]) => void lines.push(parts.map(String).join(" ")),
      );
    await call("GET", `${API}/sales`, { token: key });
    await call("GET", `${API}/sales`, { token: `${key}A` });
    await call("GET", `${API}/users`, { token: key });
    vi.restoreAllMocks();
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join("\n")).not.toContain(key.slice(-43));
  });
});

describe("a key of another shop", () => {
  const ofKeys = withResource.filter(
    ({ operation }) =>
      scopeOf.get(operation.operationId ?? "") !== "none" &&
      !operation.security?.some((scheme) => "cart" in scheme || "order" in scheme),
  );

  it("finds nothing of this shop: each id is the same 404 as a random one", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { key } = await newApiKey(shop, { scopes: SCOPES });
    // From its second request on, a key costs no round trip.
    await call("GET", `${API}/sales`, { token: key });
    for (const { operation, resource } of ofKeys) {
      const { content } = entryOf(operation);
      const send = async (id: string) => {
        const answer = await call(operation.method, fill(operation.path, id), { token: key, ...content });
        const { detail, type } = answer.body;
        return JSON.stringify([answer.status, type, String(detail).replaceAll(id, "ID"), costOf(answer)]);
      };
      const foreign = await send(await resource(other));
      expect(foreign, nameOf(operation)).toMatch(/^\[404/);
      expect(foreign, nameOf(operation)).toBe(await send(newId()));
    }
  });
});
