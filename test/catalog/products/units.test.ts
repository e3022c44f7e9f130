// Products that are weighed or measured, and the tax rate of a product.
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

const send = (shop: Shop, method: string, path: string, json: Record<string, unknown>, headers = {}) =>
  call(method, `${API}${path}`, { token: shop.admin.token, json, headers });

const cheese = { sku: "CHEESE", title: "Queso de oveja", price: 1890, unit: "kg" };

const rejected = (pointer: string) => ({ status: 422, body: { errors: [{ pointer }] } });

/** Adds a tax rate to the shop. */
async function newTaxRate(shop: Shop): Promise<string> {
  const id = newId();
  await change(
    "INSERT INTO tax_rates (tenant_id, id, name, rate, created_at) VALUES (?, ?, ?, 21000, '')",
    shop.tenant.id,
    id,
    `Rate ${id}`,
  );
  return id;
}

describe("a product by weight", () => {
  it("has its stock and threshold with three decimals, stored as thousandths, wherever it is shown", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const json = { ...cheese, stock: 1.25, low_stock_threshold: 0.5, barcodes: ["96385074"] };
    const added = await send(shop, "POST", "/products", json);
    expect(added).toMatchObject({ status: 201, body: { unit: "kg", stock: 1.25, low_stock_threshold: 0.5 } });
    expect(
      await rowsOf("SELECT stock, low_stock_threshold FROM products WHERE id = ?", added.body.id),
    ).toEqual([{ stock: 1250, low_stock_threshold: 500 }]);
    const shown = { id: added.body.id, unit: "kg", stock: 1.25, low_stock_threshold: 0.5 };
    const get = async (path: string) => (await call("GET", `${API}${path}`, { token })).body;
    expect(await get(`/products/${added.body.id}`)).toMatchObject(shown);
    expect(await get("/products/lookup?code=96385074")).toMatchObject(shown);
    for (const path of [
      "/products",
      "/products?updated_since=2020-01-01T00:00:00Z",
      "/products/search?q=queso",
    ])
      expect((await get(path)).data, path).toMatchObject([shown]);
    await call("PUT", `${API}/wishlist/${added.body.id}`, { token, json: { priority: 1 } });
    expect((await get("/wishlist")).data).toMatchObject([{ product: shown }]);
    expect(
      await rowsOf(
        "SELECT payload ->> 'stock' AS stock FROM events WHERE tenant_id = ? AND type = 'product.created'",
        shop.tenant.id,
      ),
    ).toEqual([{ stock: 1.25 }]);
  });

  it("is moved by thousandths, and its moves and its audit entries are in units", async () => {
    const shop = await newShop();
    const { body: product } = await send(shop, "POST", "/products", { ...cheese, stock: 1.25 });
    const stock = `/products/${product.id}/stock`;
    const headers = { "idempotency-key": "one" };
    const loss = { delta: -0.335, reason: "damage" };
    const moved = await send(shop, "POST", stock, loss, headers);
    expect(moved).toMatchObject({ status: 201, body: { delta: -0.335, stock: 0.915 } });
    expect((await send(shop, "POST", stock, loss, headers)).body).toEqual(moved.body);
    const counted = await send(shop, "POST", stock, { count: 0.9, reason: "count" });
    expect(counted.body).toMatchObject({ delta: -0.015, stock: 0.9 });
    const { token } = shop.admin;
    const { data: moves } = (await call("GET", `${API}/products/${product.id}/stock-moves`, { token })).body;
    expect(moves.map(({ delta }: { delta: number }) => delta)).toEqual([-0.015, -0.335, 1.25]);
    const { data: entries } = (await call("GET", `${API}/audit?action=product.stock_moved`, { token })).body;
    expect(entries).toMatchObject([
      { before: { stock: 0.915 }, after: { stock: 0.9 } },
      { before: { stock: 1.25 }, after: { stock: 0.915 } },
    ]);
  });

  it("cannot lose more than there is, and the problem names what there is", async () => {
    const shop = await newShop();
    const { body: product } = await send(shop, "POST", "/products", { ...cheese, stock: 1.25 });
    const loss = { delta: -1.251, reason: "damage" };
    expect(await send(shop, "POST", `/products/${product.id}/stock`, loss)).toMatchObject({
      status: 409,
      body: {
        detail: "Only 1.25 kg are in stock.",
        items: [{ product_id: product.id, requested: 1.251, available: 1.25 }],
      },
    });
  });

  it("falls to its threshold with an event in units", async () => {
    const shop = await newShop();
    const json = { ...cheese, stock: 1.25, low_stock_threshold: 0.25 };
    const { body: product } = await send(shop, "POST", "/products", json);
    const lose = (delta: number) =>
      send(shop, "POST", `/products/${product.id}/stock`, { delta, reason: "damage" });
    const events = () =>
      rowsOf("SELECT payload FROM events WHERE tenant_id = ? AND type = 'product.low_stock'", shop.tenant.id);
    await lose(-0.999);
    expect(await events()).toEqual([]);
    await lose(-0.001);
    expect((await events()).map(({ payload }) => JSON.parse(String(payload)))).toMatchObject([
      { product_id: product.id, stock: 0.25, threshold: 0.25 },
    ]);
  });

  it("is audited with the threshold before and after in units", async () => {
    const shop = await newShop();
    const { body: product } = await send(shop, "POST", "/products", { ...cheese, low_stock_threshold: 0.5 });
    const path = `/products/${product.id}`;
    expect(await send(shop, "PATCH", path, { low_stock_threshold: 0.125 })).toMatchObject({
      body: { low_stock_threshold: 0.125 },
    });
    await send(shop, "PATCH", path, { low_stock_threshold: 0.125, title: "Queso" });
    const { token } = shop.admin;
    const { data } = (await call("GET", `${API}/audit?action=product.changed`, { token })).body;
    expect(data).toMatchObject([
      { before: { title: "Queso de oveja" }, after: { title: "Queso" } },
      { before: { low_stock_threshold: 0.5 }, after: { low_stock_threshold: 0.125 } },
    ]);
    expect(Object.keys(data[0].after)).toEqual(["title"]);
  });

  it.each(["stock", "low_stock_threshold"])("has at most three decimals in %s", async (field) => {
    const shop = await newShop();
    const json = { ...cheese, [field]: 0.0005 };
    expect(await send(shop, "POST", "/products", json)).toMatchObject(rejected(`#/${field}`));
  });

  it("has one of the known units", async () => {
    const shop = await newShop();
    expect(await send(shop, "POST", "/products", { ...cheese, unit: "lb" })).toMatchObject(
      rejected("#/unit"),
    );
  });
});

describe("a product by the piece", () => {
  it.each(["stock", "low_stock_threshold"])("has no fraction in %s", async (field) => {
    const shop = await newShop();
    const json = { sku: "1", title: "A book", price: 100, [field]: 1.5 };
    expect(await send(shop, "POST", "/products", json)).toMatchObject(rejected(`#/${field}`));
  });

  it("is not moved by fractions", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 3 });
    const stock = `/products/${id}/stock`;
    expect(await send(shop, "POST", stock, { delta: -0.5, reason: "damage" })).toMatchObject(
      rejected("#/delta"),
    );
    expect(await send(shop, "POST", stock, { count: 2.5, reason: "count" })).toMatchObject(
      rejected("#/count"),
    );
    expect(await rowsOf("SELECT stock, version FROM products WHERE id = ?", id)).toEqual([
      { stock: 3000, version: 1 },
    ]);
  });

  it("is given no fraction as its threshold, unless its unit changes with it", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 3 });
    const path = `/products/${id}`;
    const threshold = { low_stock_threshold: 0.5 };
    expect(await send(shop, "PATCH", path, threshold)).toMatchObject(rejected("#/low_stock_threshold"));
    expect(await send(shop, "PATCH", path, { ...threshold, unit: "kg" })).toMatchObject({
      status: 200,
      body: { unit: "kg", stock: 3, low_stock_threshold: 0.5 },
    });
  });

  it.each([
    ["stock", { stock: 1.25 }, "1.25"],
    ["low stock threshold", { stock: 1, low_stock_threshold: 0.5 }, "0.5"],
  ])("was not by weight while its %s is a fraction", async (name, fields, value) => {
    const shop = await newShop();
    const { body: product } = await send(shop, "POST", "/products", { ...cheese, ...fields });
    const changed = await send(shop, "PATCH", `/products/${product.id}`, { unit: "piece" });
    expect(changed).toMatchObject(rejected("#/unit"));
    expect(changed.body.detail).toContain(`while the ${name} is ${value}`);
  });

  it("was not by weight while its stock is a fraction, whatever threshold it gets", async () => {
    const shop = await newShop();
    const { body: product } = await send(shop, "POST", "/products", { ...cheese, stock: 1.25 });
    const json = { unit: "piece", low_stock_threshold: 2 };
    const changed = await send(shop, "PATCH", `/products/${product.id}`, json);
    expect(changed).toMatchObject(rejected("#/unit"));
    expect(changed.body.detail).toContain("while the stock is 1.25");
  });
});

describe("the tax rate of a product", () => {
  it("is one of the shop, stored, shown and audited, or null for the default", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop);
    const { body: product } = await send(shop, "POST", "/products", { ...cheese, tax_rate_id: rate });
    expect(product).toMatchObject({ tax_rate_id: rate });
    const path = `/products/${product.id}`;
    expect((await send(shop, "PATCH", path, { tax_rate_id: null })).body).toMatchObject({
      tax_rate_id: null,
    });
    const { token } = shop.admin;
    const { data } = (await call("GET", `${API}/audit?action=product.changed`, { token })).body;
    expect(data).toMatchObject([{ before: { tax_rate_id: rate }, after: { tax_rate_id: null } }]);
    expect(await newProduct(shop)).toMatchObject({ tax_rate_id: null });
  });

  it("is not one of another shop", async () => {
    const shop = await newShop();
    const tax_rate_id = await newTaxRate(await newShop());
    const unknown = {
      status: 422,
      body: { type: "/problems/unknown-tax-rate", errors: [{ pointer: "#/tax_rate_id" }] },
    };
    expect(await send(shop, "POST", "/products", { ...cheese, tax_rate_id })).toMatchObject(unknown);
    const { id } = await newProduct(shop);
    expect(await send(shop, "PATCH", `/products/${id}`, { tax_rate_id })).toMatchObject(unknown);
  });
});
