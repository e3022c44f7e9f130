import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const PRODUCTS = `${API}/products`;

const list = (shop: Shop, query = "") =>
  call("GET", `${PRODUCTS}?${query}`, { headers: { "x-tenant": shop.tenant.slug } });

const skus = (response: { body: { data: { sku: string }[] } }): string[] =>
  response.body.data.map((row) => row.sku).toSorted();

describe("a public reader", () => {
  it("names the shop by X-Tenant or ?tenant=, and sees only that shop", async () => {
    const one = await newShop();
    const other = await newShop();
    const ownProduct = await newProduct(one);
    const otherProduct = await newProduct(other);
    for (const [path, headers] of [
      [PRODUCTS, { "x-tenant": one.tenant.slug }],
      [`${PRODUCTS}?tenant=${one.tenant.slug}`, {}],
    ] as const)
      expect(skus(await call("GET", path, { headers: { ...headers } }))).toEqual([ownProduct.sku]);
    expect((await call("GET", `${PRODUCTS}/${ownProduct.id}?tenant=${one.tenant.slug}`)).body.sku).toBe(
      ownProduct.sku,
    );
    const foreign = await call("GET", `${PRODUCTS}/${otherProduct.id}?tenant=${one.tenant.slug}`);
    expect(foreign.status).toBe(404);
    expect(foreign.body.type).toBe("/problems/not-found");
  });

  it("of an unknown or closed shop gets a 404; without a shop, or with two, one is required", async () => {
    const closed = await newShop();
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", closed.tenant.id);
    for (const slug of ["no-such-shop", closed.tenant.slug, ""]) {
      for (const response of [
        await call("GET", PRODUCTS, { headers: { "x-tenant": slug } }),
        await call("GET", `${PRODUCTS}?tenant=${slug}`),
      ]) {
        expect(response.status).toBe(404);
        expect(response.body.type).toBe("/problems/unknown-tenant");
      }
    }
    const { slug } = (await newShop()).tenant;
    for (const [query, headers] of [
      [`tenant=${closed.tenant.slug}`, { "x-tenant": slug }],
      [`tenant=${slug}&tenant=${closed.tenant.slug}`, {}],
    ] as const) {
      const two = await call("GET", `${PRODUCTS}?${query}`, { headers: { ...headers } });
      expect([two.status, two.body.errors[0].pointer]).toEqual([422, "#/query/tenant"]);
    }
    const none = await call("GET", PRODUCTS);
    expect(none.status).toBe(422);
    expect(none.body.type).toBe("/problems/tenant-required");
  });

  it("who is signed in to one shop and names another reads that one as an anonymous client", async () => {
    const one = await newShop();
    const other = await newShop();
    await newProduct(one);
    const otherProduct = await newProduct(other);
    const response = await call("GET", `${PRODUCTS}?tenant=${other.tenant.slug}`, {
      token: one.admin.token,
      headers: { "x-tenant": other.tenant.slug },
    });
    expect(skus(response)).toEqual([otherProduct.sku]);
    const closed = await call("GET", `${API}/sales`, {
      token: one.admin.token,
      headers: { "x-tenant": other.tenant.slug },
    });
    expect(closed.status).toBe(401);
  });
});

describe("the filters of the catalogue", () => {
  const novel = { category: "Novel", author: "Ana", language: "es" };

  async function stocked(): Promise<Shop> {
    const shop = await newShop();
    await newProduct(shop, { sku: "a", price: 100, stock: 0, ...novel });
    await newProduct(shop, { sku: "b", price: 200, stock: 5, ...novel, author: "Eva" });
    await newProduct(shop, { sku: "c", price: 300, ...novel, language: "en" });
    await newProduct(shop, { sku: "d", price: 400, stock: 1, category: "Poetry" });
    return shop;
  }

  const cases: [string, string[]][] = [
    ["category=Novel", ["a", "b", "c"]],
    ["category=novel", []],
    ["author=Ana", ["a", "c"]],
    ["language=es", ["a", "b"]],
    ["category=Novel&author=Ana&language=es", ["a"]],
    ["price_min=200", ["b", "c", "d"]],
    ["price_max=200", ["a", "b"]],
    ["price_min=200&price_max=300", ["b", "c"]],
    ["price_min=301&price_max=399", []],
    ["in_stock=true", ["b", "c", "d"]],
    ["in_stock=false", ["a"]],
    ["category=Novel&in_stock=true&price_max=200", ["b"]],
    ["category=%27%20OR%201%3D1--", []],
  ];

  it("each return what matches, alone and together", async () => {
    const shop = await stocked();
    for (const [query, expected] of cases) expect(skus(await list(shop, query)), query).toEqual(expected);
  });

  it("are rejected if they are invalid", async () => {
    const shop = await newShop();
    for (const [query, pointer] of [
      ["price_min=1e3", "#/query/price_min"],
      ["price_max=-1", "#/query/price_max"],
      ["in_stock=yes", "#/query/in_stock"],
      ["sort=stock", "#/query/sort"],
      ["sort=price;DROP TABLE products", "#/query/sort"],
      ["colour=red", "#/query/colour"],
    ] as const) {
      const response = await list(shop, query);
      expect(response.status, query).toBe(422);
      expect(response.body.errors[0].pointer).toBe(pointer);
    }
  });
});

describe("a product whose stored values exceed what a request may send", () => {
  it("is still returned, and so is the list that contains it", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1_000_000_000 });
    const token = shop.admin.token;
    const moved = await call("POST", `${PRODUCTS}/${id}/stock`, {
      token,
      json: { delta: 1, reason: "received" },
    });
    expect(moved.body.stock).toBe(1_000_000_001);
    // Imports store names as they are written, here with a soft hyphen.
    await change("UPDATE products SET title = 'Con\u00adcordance' WHERE id = ?", id);
    expect((await call("GET", `${PRODUCTS}/${id}`, { token })).body.title).toBe("Con\u00adcordance");
    expect((await list(shop)).body.data.length).toBe(1);
  });
});
