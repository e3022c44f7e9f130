import { describe, expect, it } from "vitest";
import { addProduct as add } from "../../../src/catalog/products/products.ts";
import { violates } from "../../../src/platform/d1.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const PRODUCTS = `${API}/products`;

const addProduct = (shop: Shop, json: unknown) => call("POST", PRODUCTS, { token: shop.admin.token, json });
const read = (shop: Shop, id: string) => call("GET", `${PRODUCTS}/${id}`, { token: shop.admin.token });
const readInPublic = (shop: Shop, id: string) =>
  call("GET", `${PRODUCTS}/${id}`, { headers: { "x-tenant": shop.tenant.slug } });
const patch = (shop: Shop, id: string, json: unknown, headers: Record<string, string> = {}) =>
  call("PATCH", `${PRODUCTS}/${id}`, { token: shop.admin.token, json, headers });

describe("a new product", () => {
  it("is returned complete with its ETag and the shop's currency, and read back the same", async () => {
    const shop = await newShop({ currency: "JPY" });
    const fields = {
      sku: "9788437604947",
      title: "Cien a\u00f1os de soledad",
      price: 1295,
      cost: 780,
      stock: 12,
      description: "Line one\nLine two",
      category: "Novel",
      isbn: "9788437604947",
      barcodes: ["4006381333931"],
      author: "Gabriel Garc\u00eda M\u00e1rquez",
      publisher: "C\u00e1tedra",
      language: "es",
      pages: 550,
      publication_year: 1967,
      cover_image_url: "https://example.com/cover.jpg",
      rating: 4.6,
      series: "Macondo",
    };
    const created = await addProduct(shop, fields);
    expect(created.status).toBe(201);
    expect(created.headers.get("etag")).toMatch(/^"v1-[\w-]{22}"$/);
    expect(created.body).toMatchObject({ ...fields, currency: "JPY", version: 1, is_active: true });
    const reread = await read(shop, created.body.id);
    expect(reread.body).toEqual(created.body);
    expect(reread.headers.get("etag")).toBe(created.headers.get("etag"));
  });

  it("shows its cost to staff only", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const { body: product } = await addProduct(shop, { sku: "1", title: "Mug", price: 1295, cost: 500 });
    expect((await patch(shop, product.id, { cost: 600 })).body.cost).toBe(600);
    const paths = [
      `${PRODUCTS}/${product.id}`,
      `${PRODUCTS}/lookup?code=1`,
      PRODUCTS,
      `${PRODUCTS}?updated_since=2020-01-01T00:00:00Z`,
      `${PRODUCTS}/search?q=mug`,
    ];
    const costsSeenBy = (token: string | undefined) =>
      Promise.all(
        paths.map(async (path) => {
          const headers = { "x-tenant": shop.tenant.slug };
          const { text } = await call("GET", path, token ? { token } : { headers });
          return /"cost":(\d+)/.exec(text)?.[1];
        }),
      );
    expect(await costsSeenBy(employee.token)).toEqual(paths.map(() => "600"));
    expect(await costsSeenBy(customer.token)).toEqual(paths.map(() => undefined));
    expect(await costsSeenBy(undefined)).toEqual(paths.map(() => undefined));
  });

  it("needs only SKU, title and price; the rest is null and its stock is not tracked", async () => {
    const shop = await newShop();
    const { body } = await addProduct(shop, { sku: "1", title: "A book", price: 0 });
    expect(body).toMatchObject({ price: 0, stock: null, category: null, rating: null });
    expect(await count("SELECT count(*) n FROM stock_moves WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("is rejected under a SKU of the shop, hidden products included, and accepted in another shop", async () => {
    const shop = await newShop();
    const first = await newProduct(shop, { sku: "1" });
    await call("DELETE", `${PRODUCTS}/${first.id}`, { token: shop.admin.token });
    const response = await addProduct(shop, { sku: " 1 ", title: "Another", price: 1 });
    expect(response.status).toBe(409);
    expect(response.body.type).toBe("/problems/sku-taken");
    expect((await addProduct(await newShop(), { sku: "1", title: "Another", price: 1 })).status).toBe(201);
  });

  it("added ten times at once under one SKU is one product", async () => {
    const shop = await newShop();
    const json = { sku: "1", title: "A book", price: 100, stock: 3 };
    expect(
      countByStatus(await Promise.all(Array.from({ length: 10 }, () => addProduct(shop, json)))),
    ).toEqual({
      201: 1,
      409: 9,
    });
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    expect(
      await count("SELECT sum(delta) / 1000.0 n FROM stock_moves WHERE tenant_id = ?", shop.tenant.id),
    ).toBe(3);
  });

  const nextYear = new Date().getUTCFullYear() + 1;

  it("has its ISBN as ISBN-13 and its language in canonical form, also after a change", async () => {
    const shop = await newShop();
    const json = { sku: "1", title: "A book", price: 100, isbn: "84-376-0494-X", language: "es-mx" };
    const { body } = await addProduct(shop, json);
    expect(body).toMatchObject({ isbn: "9788437604947", language: "es-MX" });
    expect((await read(shop, body.id)).body).toEqual(body);
    const changed = await patch(shop, body.id, { isbn: "0 8044 2957 x", language: "eng" });
    expect(changed.body).toMatchObject({ isbn: "9780804429573", language: "en" });
    expect((await patch(shop, body.id, { isbn: "9780804429570" })).status).toBe(422);
    expect((await read(shop, body.id)).body).toEqual(changed.body);
  });

  it("accepts publication years from 3000 BC to next year", async () => {
    const shop = await newShop();
    for (const publication_year of [-3000, -1750, 0, nextYear]) {
      const sku = String(publication_year);
      expect(
        (await addProduct(shop, { sku, title: "A book", price: 1, publication_year })).body,
      ).toMatchObject({
        publication_year,
      });
    }
  });

  it("with a rating beyond the range of numbers is rejected", async () => {
    const shop = await newShop();
    const response = await call("POST", PRODUCTS, {
      token: shop.admin.token,
      headers: { "content-type": "application/json" },
      raw: '{"sku":"1","title":"A book","price":1,"rating":1e999}',
    });
    expect(response.status).toBe(422);
    expect(response.body.errors[0].pointer).toBe("#/rating");
  });

  it.each([
    ["rating", 5.5],
    ["rating", -1],
    ["isbn", "843760494X"],
    ["publication_year", -4000],
    ["publication_year", nextYear + 1],
  ])("has no %s %j, whichever statement writes it", async (column, value) => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const error = await failureOf(change(`UPDATE products SET ${column} = ? WHERE id = ?`, value, id));
    expect(violates(error, "product_bounds")).toBe(true);
    const inserted = change(
      `INSERT INTO products (tenant_id, id, sku, title, price, ${column}, created_at, updated_at)
        VALUES (?, ?, 'x', 'x', 1, ?, 'x', 'x')`,
      shop.tenant.id,
      crypto.randomUUID(),
      value,
    );
    expect(violates(await failureOf(inserted), "product_bounds")).toBe(true);
  });

  const wrong: [string, unknown][] = [
    ["price", 12.5],
    ["price", -1],
    ["price", "100"],
    ["price", 1e20],
    ["stock", -1],
    ["stock", 1_000_000_001],
    ["title", " "],
    ["title", "a".repeat(1001)],
    ["title", "a\u0000b"],
    ["sku", "a\u200bb"],
    ["isbn", "123"],
    ["isbn", "9788437604940"],
    ["isbn", "8437604944"],
    ["language", "spanish!"],
    ["language", "spanish"],
    ["language", "es_MX"],
    ["language", "es-"],
    ["publication_year", nextYear + 1],
    ["publication_year", -3001],
    ["publication_year", 1967.5],
    ["rating", -0.1],
    ["pages", 0],
    ["rating", 5.1],
    ["cover_image_url", "javascript:alert(1)"],
    ["description", "a\u0000b"],
    ["description", "a\ud800b"],
    ["cover_image_url", "https://example.com/\udfff.jpg"],
    ["cover_image_url", "https://example.com/\u0000.jpg"],
    ["currency", "EUR"],
    ["tenant_id", "x"],
  ];

  it.each(wrong)("is rejected with %s %j, and the problem points to the field", async (field, value) => {
    const shop = await newShop();
    const response = await addProduct(shop, { sku: "1", title: "A book", price: 100, [field]: value });
    expect(response.status).toBe(422);
    const pointers: string[] = response.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(new Set(pointers)).toEqual(new Set([`#/${field}`]));
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });
});

describe("changing a product", () => {
  it("changes the fields that are sent, and increases the version", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { category: "Novel", stock: 4 });
    const first = await patch(shop, id, { price: 900 });
    expect(first.body).toMatchObject({
      price: 900,
      category: "Novel",
      title: "A book",
      stock: 4,
      version: 2,
    });
    expect(first.headers.get("etag")).toMatch(/^"v2-[\w-]{22}"$/);
    const second = await patch(shop, id, { category: null, title: "B" });
    expect(second.body).toMatchObject({ price: 900, category: null, title: "B", version: 3 });
    expect((await read(shop, id)).body).toEqual(second.body);
    await sellOne(shop.admin.token, id);
    expect((await read(shop, id)).headers.get("etag")).toMatch(/^"v4-[\w-]{22}"$/);
  });

  it("with the current If-Match succeeds; with a stale or foreign one it is rejected and changes nothing", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    expect((await patch(shop, id, { price: 1 }, { "if-match": '"v1"' })).status).toBe(200);
    for (const etag of ['"v1"', '"v3"', 'W/"v1"', "v2", '"2"']) {
      const response = await patch(shop, id, { price: 2 }, { "if-match": etag });
      expect(response.status, etag).toBe(412);
      expect(response.body.type).toBe("/problems/precondition-failed");
    }
    expect((await read(shop, id)).body).toMatchObject({ price: 1, version: 2 });
    expect((await patch(shop, id, { price: 3 }, { "if-match": "*" })).body.version).toBe(3);
    expect((await patch(shop, id, { price: 4 })).body.version).toBe(4);
    // A proxy that compresses turns an ETag into a weak one.
    expect((await patch(shop, id, { price: 5 }, { "if-match": 'W/"v4"' })).body.version).toBe(5);
  });

  it("with a list of ETags succeeds if one of them is current", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const versionAfter = async (etags: string, json: object): Promise<unknown> => {
      const response = await patch(shop, id, json, { "if-match": etags });
      return response.status === 200 ? response.body.version : response.status;
    };
    expect(await versionAfter('"v15", "v1"', { price: 1 })).toBe(2);
    expect(await versionAfter('"v1",W/"v2" , "foreign"', { price: 2 })).toBe(3);
    expect(await versionAfter('"v1", "v2", "v03", v3, "3", "x,"', { price: 3 })).toBe(412);
    expect(await versionAfter(",", { price: 3 })).toBe(412);
    expect(await versionAfter('"v1", "v3"', {})).toBe(3);
    expect(await versionAfter('"v1", "v2"', {})).toBe(412);
  });

  it("without fields changes nothing: no version, no time, no event", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const before = await read(shop, id);
    const events = () => count("SELECT count(*) n FROM events WHERE tenant_id = ?", shop.tenant.id);
    const eventsBefore = await events();
    const response = await patch(shop, id, {});
    expect([response.status, response.body]).toEqual([200, before.body]);
    expect(response.headers.get("etag")).toMatch(/^"v1-[\w-]{22}"$/);
    expect((await patch(shop, id, {}, { "if-match": '"v2"' })).status).toBe(412);
    expect((await patch(shop, crypto.randomUUID(), {})).status).toBe(404);
    expect((await read(shop, id)).body).toEqual(before.body);
    expect(await events()).toBe(eventsBefore);
  });

  it("ten times at once at one version succeeds once", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, at) => patch(shop, id, { price: at }, { "if-match": '"v1"' })),
    );
    expect(countByStatus(responses)).toEqual({ 200: 1, 412: 9 });
    expect((await read(shop, id)).body.version).toBe(2);
  });

  it("to a SKU that is taken is rejected, to its current one is not", async () => {
    const shop = await newShop();
    const one = await newProduct(shop, { sku: "1" });
    await newProduct(shop, { sku: "2" });
    expect((await patch(shop, one.id, { sku: "2" })).body.type).toBe("/problems/sku-taken");
    expect((await patch(shop, one.id, { sku: "1" })).status).toBe(200);
  });

  it("does not accept stock, which is changed by a move", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 4 });
    expect((await patch(shop, id, { stock: 5 })).body.errors[0].pointer).toBe("#/stock");
  });

  it("does not change the price of earlier sales", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1000 });
    const sale = await sellOne(shop.admin.token, id);
    await patch(shop, id, { price: 1, title: "Renamed" });
    const after = await call("GET", `${API}/sales/${sale.body.id}`, { token: shop.admin.token });
    expect(after.body).toEqual(sale.body);
  });
});

describe("a hidden product", () => {
  it("is not found by the public and customers; staff can read it, and its sales remain", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop);
    const sale = await sellOne(employee.token, id);
    const response = await call("DELETE", `${PRODUCTS}/${id}`, { token: employee.token });
    expect([response.status, response.text]).toEqual([204, ""]);
    expect((await readInPublic(shop, id)).status).toBe(404);
    expect((await call("GET", `${PRODUCTS}/${id}`, { token: customer.token })).status).toBe(404);
    expect((await call("GET", PRODUCTS, { headers: { "x-tenant": shop.tenant.slug } })).body.data).toEqual(
      [],
    );
    const hidden = await call("GET", `${PRODUCTS}/${id}`, { token: employee.token });
    expect(hidden.body).toMatchObject({ id, is_active: false });
    expect((await call("GET", `${API}/sales/${sale.body.id}`, { token: employee.token })).body).toEqual(
      sale.body,
    );
  });

  it("cannot be moved or sold; staff list it among the hidden ones and show it again", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const hide = (headers: Record<string, string> = {}) =>
      call("DELETE", `${PRODUCTS}/${id}`, { token: shop.admin.token, headers });
    expect((await hide({ "if-match": '"v9"' })).status).toBe(412);
    expect((await hide({ "if-match": '"v1"' })).status).toBe(204);
    expect((await sellOne(shop.admin.token, id)).status).toBe(404);
    const json = { delta: 1, reason: "received" };
    expect((await call("POST", `${PRODUCTS}/${id}/stock`, { token: shop.admin.token, json })).status).toBe(
      404,
    );
    const hidden = () => call("GET", `${PRODUCTS}?is_active=false`, { token: shop.admin.token });
    expect((await hidden()).body.data).toMatchObject([{ id, is_active: false }]);
    const publicly = await call("GET", `${PRODUCTS}?is_active=false&tenant=${shop.tenant.slug}`);
    expect(publicly.body.data).toEqual([]);
    expect((await patch(shop, id, { is_active: true })).body.is_active).toBe(true);
    expect((await hidden()).body.data).toEqual([]);
    expect((await sellOne(shop.admin.token, id)).status).toBe(201);
  });
});

it("a product that is added is in the audit log", async () => {
  const shop = await newShop();
  const { body } = await addProduct(shop, { sku: "A", title: "A", price: 100 });
  expect(
    await rowsOf(
      "SELECT action FROM audit_log WHERE tenant_id = ? AND entity_id = ? ORDER BY id",
      shop.tenant.id,
      body.id,
    ),
  ).toEqual([{ action: "product.added" }]);
});

it("a product is not said to have a barcode of another when the database fails", async () => {
  const shop = await newShop();
  const input = { sku: "A", title: "A", price: 100, barcodes: ["96385074"] };
  await newProduct(shop, input);
  const lost = new Error("lost");
  const ctx = between(shop.admin.ctx(), { before: () => Promise.reject(lost) });
  expect(await failureOf(add(ctx, input, undefined))).toBe(lost);
});

it("a removed product is neither read, changed nor hidden", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  await change("UPDATE products SET removed_at = created_at, is_active = 0 WHERE id = ?", id);
  const { token } = shop.admin;
  for (const [method, json] of [
    ["GET", undefined],
    ["PATCH", {}],
    ["PATCH", { price: 5 }],
    ["DELETE", undefined],
  ] as const)
    expect((await call(method, `${PRODUCTS}/${id}`, { token, json })).status).toBe(404);
  for (const query of ["is_active=false&facets=true", "is_active=true&facets=true"]) {
    const { body } = await call("GET", `${PRODUCTS}?${query}`, { token });
    expect([body.data, body.facets.price]).toEqual([[], []]);
  }
  expect(await rowsOf("SELECT price, version FROM products WHERE id = ?", id)).toEqual([
    { price: 1000, version: 1 },
  ]);
});
