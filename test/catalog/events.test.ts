// The outbox has an event of every change of a product, and none of rejected changes.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const eventsOf = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT id, type, payload, created_at FROM events WHERE tenant_id = ? AND type LIKE 'product.%' AND type <> 'product.stock_changed' ORDER BY id",
      shop.tenant.id,
    )
  ).map(({ type, payload, id, created_at }) => ({
    id: String(id),
    type,
    payload: JSON.parse(String(payload)),
    created_at: String(created_at),
  }));

const typesOf = async (shop: Shop) => (await eventsOf(shop)).map(({ type }) => type);

/** Without the creation of products by the test. */
const changeEventsOf = async (shop: Shop) =>
  (await eventsOf(shop)).filter(({ type }) => type !== "product.created");

const changeTypesOf = async (shop: Shop) => (await changeEventsOf(shop)).map(({ type }) => type);

const move = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("POST", `${API}/products/${id}/stock`, {
    token: shop.admin.token,
    json: { reason: "count", ...json },
  });

describe("the event of a product", () => {
  it("holds the product as clients see it: created, updated, hidden and shown again", async () => {
    const shop = await newShop({ currency: "JPY" });
    const { token } = shop.admin;
    await newProduct(shop, { sku: "0" });
    const json = { sku: "1", title: 'A "book"', price: 100, stock: 3, rating: 4.6, language: "es" };
    const { body: created } = await call("POST", `${API}/products`, { token, json });
    const path = `${API}/products/${created.id}`;
    const { body: changed } = await call("PATCH", path, {
      token,
      json: { price: 90, low_stock_threshold: 2 },
    });
    await call("DELETE", path, { token });
    const { body: hidden } = await call("GET", path, { token });
    const { body: shown } = await call("PATCH", path, { token, json: { is_active: true } });
    const { body: repeated } = await call("PATCH", path, { token, json: { is_active: false } });
    expect((await eventsOf(shop)).slice(1).map(({ type, payload }) => [type, payload])).toEqual([
      ["product.created", created],
      ["product.updated", changed],
      ["product.hidden", hidden],
      ["product.updated", shown],
      ["product.hidden", repeated],
    ]);
  });

  it("is not recorded if the change was rejected or had already been made", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const json = { sku: "1", title: "A book", price: 100 };
    const headers = { "idempotency-key": "k" };
    const { body } = await call("POST", `${API}/products`, { token, json, headers });
    expect((await call("POST", `${API}/products`, { token, json, headers })).body).toEqual(body);
    expect((await call("POST", `${API}/products`, { token, json })).status).toBe(409);
    const path = `${API}/products/${body.id}`;
    const stale = { "if-match": '"v9"' };
    expect((await call("PATCH", path, { token, json: { price: 1 }, headers: stale })).status).toBe(412);
    expect((await call("DELETE", path, { token, headers: stale })).status).toBe(412);
    await newProduct(shop, { sku: "2" });
    expect((await call("PATCH", path, { token, json: { sku: "2" } })).status).toBe(409);
    expect(await typesOf(shop)).toEqual(["product.created", "product.created"]);
  });
});

describe("product.stock_changed", () => {
  const stockEventsOf = async (shop: Shop) =>
    (
      await rowsOf(
        "SELECT payload FROM events WHERE tenant_id = ? AND type = 'product.stock_changed' ORDER BY id",
        shop.tenant.id,
      )
    ).map(({ payload }) => JSON.parse(String(payload)));

  it("has the stock before and after each change by hand, in units", async () => {
    const shop = await newShop();
    await newProduct(shop);
    const { id, sku } = await newProduct(shop, { unit: "kg" });
    const product = { product_id: id, sku };
    await move(shop, id, { count: 1.25 });
    await move(shop, id, { delta: -0.255, reason: "damage", reference: "fell down" });
    await move(shop, id, { count: 3, reason: "correction" });
    expect(await stockEventsOf(shop)).toEqual([
      { ...product, before: null, after: 1.25, delta: 1.25, reason: "count", reference: null },
      { ...product, before: 1.25, after: 0.995, delta: -0.255, reason: "damage", reference: "fell down" },
      { ...product, before: 0.995, after: 3, delta: 2.005, reason: "correction", reference: null },
    ]);
  });

  it("is not recorded for a change that was rejected or repeated, nor for a count that confirms the stock", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    expect((await move(shop, id, { delta: -6 })).status).toBe(409);
    expect((await move(shop, id, { count: 5 })).status).toBe(201);
    expect(await stockEventsOf(shop)).toEqual([]);
    for (let again = 0; again < 2; again += 1)
      await call("POST", `${API}/products/${id}/stock`, {
        token: shop.admin.token,
        headers: { "idempotency-key": "k" },
        json: { count: 0, reason: "count" },
      });
    expect(await stockEventsOf(shop)).toMatchObject([{ before: 5, after: 0, delta: -5 }]);
  });

  it("is recorded for a first count of nothing, and not for a sale", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    await move(shop, id, { count: 0 });
    const sold = await newProduct(shop, { stock: 2 });
    expect((await sellOne(shop.admin.token, sold.id)).status).toBe(201);
    expect(await stockEventsOf(shop)).toMatchObject([{ product_id: id, before: null, after: 0, delta: 0 }]);
  });
});

describe("product.low_stock", () => {
  it("is recorded once when the stock falls to the threshold, and again after it rose above it", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 6, low_stock_threshold: 3, title: "Rare" });
    await sellOne(shop.admin.token, product.id, 2);
    expect(await changeTypesOf(shop)).toEqual([]);
    await sellOne(shop.admin.token, product.id);
    await sellOne(shop.admin.token, product.id);
    await move(shop, product.id, { delta: -1, reason: "damage" });
    const [event, ...others] = await changeEventsOf(shop);
    expect(others).toEqual([]);
    const { id, sku } = product;
    expect(event).toMatchObject({
      type: "product.low_stock",
      payload: { product_id: id, sku, title: "Rare", stock: 3, threshold: 3 },
    });
    await move(shop, id, { count: 10 });
    expect(await changeTypesOf(shop)).toHaveLength(1);
    await move(shop, id, { count: 0 });
    expect((await changeEventsOf(shop)).at(-1)?.payload).toMatchObject({ stock: 0, threshold: 3 });
  });

  it("has an id and a time like any other event", async () => {
    const shop = await newShop();
    for (let at = 0; at < 20; at += 1) {
      const { id } = await newProduct(shop, { stock: 1, low_stock_threshold: 0 });
      await sellOne(shop.admin.token, id);
    }
    const events = await changeEventsOf(shop);
    expect(events).toHaveLength(20);
    for (const { id, created_at } of events) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const created = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
      expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Math.abs(Date.parse(created_at) - created)).toBeLessThanOrEqual(1);
      expect(Math.abs(Date.now() - created)).toBeLessThan(60_000);
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(20);
  });

  it("is not recorded for a rejected sale, for a product without a threshold or tracked stock, or for a raised threshold", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const scarce = await newProduct(shop, { stock: 2, low_stock_threshold: 1 });
    expect((await sellOne(token, scarce.id, 3)).status).toBe(409);
    const plain = await newProduct(shop, { stock: 2 });
    await sellOne(token, plain.id, 2);
    const uncounted = await newProduct(shop, { low_stock_threshold: 5 });
    await sellOne(token, uncounted.id);
    await move(shop, uncounted.id, { count: 1 });
    await call("PATCH", `${API}/products/${scarce.id}`, { token, json: { low_stock_threshold: 2 } });
    expect(await changeTypesOf(shop)).toEqual(["product.updated"]);
    await sellOne(token, scarce.id);
    expect(await changeTypesOf(shop)).toEqual(["product.updated"]);
  });

  it("is recorded for both of two products in one sale", async () => {
    const shop = await newShop();
    const items = [];
    for (const stock of [5, 6, 7]) {
      const { id } = await newProduct(shop, { stock, low_stock_threshold: 2 });
      items.push({ product_id: id, quantity: 4 });
    }
    await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items } });
    const low = new Set((await changeEventsOf(shop)).map(({ payload }) => payload.product_id));
    expect(low).toEqual(new Set(items.slice(0, 2).map(({ product_id }) => product_id)));
  });
});
