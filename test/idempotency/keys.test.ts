import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { deleteExpiredKeys, forgetResponses } from "../../src/idempotency/run-once.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, sellOne, type Shop } from "../support/shops.ts";

const salesOf = ({ tenant }: Shop) => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", tenant.id);
const key = (text: string) => ({ "idempotency-key": text });

describe("one key", () => {
  it("of two people of a shop is two keys", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const { id } = await newProduct(shop);
    const one = await sellOne(shop.admin.token, id, 1, key("same"));
    const two = await sellOne(employee.token, id, 1, key("same"));
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body.id).not.toBe(one.body.id);
    expect(await salesOf(shop)).toBe(2);
  });

  it("replays nothing to another person, nor under another key, where the request itself fails", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const { id } = await newProduct(shop, { stock: 1 });
    expect((await sellOne(shop.admin.token, id, 1, key("same"))).status).toBe(201);
    for (const [token, name] of [
      [employee.token, "same"],
      [shop.admin.token, "other"],
    ] as const) {
      const answer = await sellOne(token, id, 1, key(name));
      expect([answer.status, answer.body.type]).toEqual([409, "/problems/out-of-stock"]);
    }
    expect(await salesOf(shop)).toBe(1);
  });

  it("replays nothing to another shop, where the request itself fails", async () => {
    const [one, two] = [await newShop(), await newShop()];
    const person = { email: "a@example.com", password: PASSWORD, first_name: "A", last_name: "B" };
    const register = (tenant: string, headers: Record<string, string> = {}) =>
      call("POST", `${API}/auth/register`, { headers, json: { ...person, tenant } });
    expect((await register(one.tenant.slug, key("same"))).status).toBe(201);
    expect((await register(two.tenant.slug)).status).toBe(201);
    const answer = await register(two.tenant.slug, key("same"));
    expect([answer.status, answer.body.type]).toEqual([409, "/problems/email-taken"]);
  });

  it("in two shops is two keys", async () => {
    const shops = [await newShop(), await newShop()];
    for (const shop of shops) {
      const json = { sku: "1", title: "A book", price: 100 };
      const answer = await call("POST", `${API}/products`, {
        token: shop.admin.token,
        headers: key("same"),
        json,
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get("idempotent-replayed")).toBeNull();
      const register = {
        tenant: shop.tenant.slug,
        email: "a@example.com",
        password: PASSWORD,
        first_name: "A",
        last_name: "B",
      };
      const user = await call("POST", `${API}/auth/register`, { headers: key("same"), json: register });
      expect(user.body.tenant_id).toBe(shop.tenant.id);
    }
  });

  it("for two operations is a mismatch, not a replay", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    await sellOne(shop.admin.token, id, 1, key("same"));
    const json = { sku: "1", title: "A book", price: 100 };
    const answer = await call("POST", `${API}/products`, {
      token: shop.admin.token,
      headers: key("same"),
      json,
    });
    expect(answer.body.type).toBe("/problems/idempotency-mismatch");
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });

  it("is 1 to 255 visible ASCII characters", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    for (const wrong of ["a".repeat(256), "a b", "", "\u00e9", "a\tb"]) {
      const answer = await sellOne(shop.admin.token, id, 1, key(wrong));
      expect(answer.status, wrong).toBe(422);
      expect(answer.body.errors[0].pointer).toBe("#/headers/idempotency-key");
    }
    expect(await salesOf(shop)).toBe(0);
    for (const right of ["a".repeat(255), "~!{}|", "0"])
      expect((await sellOne(shop.admin.token, id, 1, key(right))).status).toBe(201);
    expect(await salesOf(shop)).toBe(3);
  });

  it("of requests that differ only in their formatting is the same request", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const raws = [
      `{"items":[{"product_id":"${id}","quantity":1}]}`,
      `{ "payment_method": "cash", "items": [ { "quantity": 1, "product_id": "${id}" } ] }`,
    ];
    for (const raw of raws) {
      const headers = { ...key("spelling"), "content-type": "application/json" };
      expect((await call("POST", `${API}/sales`, { token: shop.admin.token, headers, raw })).status).toBe(
        201,
      );
    }
    expect(await salesOf(shop)).toBe(1);
  });
});

describe("a request that failed", () => {
  it("does not use up its key: the retry takes effect once it can", async () => {
    const shop = await newShop();
    const token = shop.admin.token;
    const { id } = await newProduct(shop, { stock: 1 });
    expect((await sellOne(token, id, 2, key("k"))).status).toBe(409);
    await call("POST", `${API}/products/${id}/stock`, { token, json: { delta: 1, reason: "received" } });
    const sold = await sellOne(token, id, 2, key("k"));
    expect(sold.status).toBe(201);
    expect(sold.headers.get("idempotent-replayed")).toBeNull();
    expect((await sellOne(token, id, 2, key("k"))).body).toEqual(sold.body);
    expect(await salesOf(shop)).toBe(1);
  });

  it("does not use up its key for another body either", async () => {
    const shop = await newShop();
    const token = shop.admin.token;
    await newProduct(shop, { sku: "taken" });
    const add = (sku: string) =>
      call("POST", `${API}/products`, { token, headers: key("k"), json: { sku, title: "A", price: 1 } });
    expect((await add("taken")).status).toBe(409);
    expect((await add("free")).status).toBe(201);
    expect((await add("taken")).body.type).toBe("/problems/idempotency-mismatch");
  });

  it("is made anew once the response that has its id was forgotten, and no other", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const { token } = shop.admin;
    const sold = await sellOne(token, id, 1, key("sale"));
    const add = () =>
      call("POST", `${API}/products`, {
        token,
        headers: key("add"),
        json: { sku: "1", title: "A", price: 1 },
      });
    const { body } = await add();
    await base().db.run(forgetResponses(shop.tenant.id, sql`${shop.admin.id}`, body.id));
    expect((await add()).body.type).toBe("/problems/sku-taken");
    expect((await sellOne(token, id, 1, key("sale"))).body).toEqual(sold.body);
  });

  it("that was answered by an earlier version, whose fingerprint nobody knows, is replayed", async () => {
    const { tenant, admin } = await newShop();
    const add = () =>
      call("POST", `${API}/products`, {
        token: admin.token,
        headers: key("k"),
        json: { sku: "1", title: "A", price: 1 },
      });
    const { body } = await add();
    await change("UPDATE idempotency_keys SET fingerprint = '' WHERE tenant_id = ?", tenant.id);
    const again = await add();
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
    expect(again.body).toEqual(body);
  });

  it("that succeeded is replayed even if it could not succeed again", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    const sold = await sellOne(shop.admin.token, id, 1, key("last"));
    const again = await sellOne(shop.admin.token, id, 1, key("last"));
    expect(again.status).toBe(201);
    expect(again.body).toEqual(sold.body);
    expect((await sellOne(shop.admin.token, id, 1, key("new"))).status).toBe(409);
  });
});

describe("the nightly job", () => {
  it("deletes keys that are older than a day, and no others", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const sell = () => sellOne(shop.admin.token, id, 1, key("nightly"));
    const first = await sell();
    await change(
      "UPDATE idempotency_keys SET created_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await deleteExpiredKeys(base(new Date("2020-01-02T00:00:00Z")));
    expect((await sell()).body).toEqual(first.body);
    await deleteExpiredKeys(base(new Date("2020-01-02T00:00:00.001Z")));
    const later = await sell();
    expect(later.headers.get("idempotent-replayed")).toBeNull();
    expect(later.body.id).not.toBe(first.body.id);
  });

  it("stores no password with a key", async () => {
    const { tenant } = await newShop();
    const json = {
      tenant: tenant.slug,
      email: "a@example.com",
      password: "a-secret-of-mine",
      first_name: "A",
      last_name: "B",
    };
    await call("POST", `${API}/auth/register`, { headers: key("secret"), json });
    const stored = await count("SELECT count(*) n FROM idempotency_keys WHERE tenant_id = ?", tenant.id);
    const leaked = await count(
      "SELECT count(*) n FROM idempotency_keys WHERE tenant_id = ? AND (body LIKE '%secret-of%' OR body LIKE '%scrypt%')",
      tenant.id,
    );
    expect([stored, leaked]).toEqual([1, 0]);
  });
});
