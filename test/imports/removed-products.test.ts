// The undo of an import in a shop with many other lines, where the row of a product cannot be deleted: it is as good as deleted.
import { beforeAll, describe, expect, it, vi } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport, waitForImport } from "../support/imports.ts";
import { buildNight, lakeRows } from "../support/lake.ts";
import { repeatUntil } from "../support/pages.ts";
import { recording } from "../support/queues.ts";
import { newShop, sellOne, type Shop } from "../support/shops.ts";

// More than one search of the lines of the shop.
const OTHER_LINES = 26_000;

const WRONG = ["FIRST", "LAST", "SOLD", "UNUSED", "WRONG"].map((sku, index) => ({
  invoice: `W${index}`,
  sku,
}));

let shop: Shop;
let importId: string;
const products = new Map<string, string>();

const get = (path: string) => call("GET", `${API}/${path}`, { token: shop.admin.token });

/** Runs the undo until its step begins with this text. */
async function undoUntil(step: string): Promise<void> {
  const ctx = shop.admin.ctx();
  for (let runs = 0; runs < 1000; runs += 1) {
    const [row] = await rowsOf("SELECT undo_step FROM imports WHERE id = ?", importId);
    if (String(row?.["undo_step"]).startsWith(step)) return;
    await runImport(ctx, shop.tenant, importId, 1);
  }
  throw new Error(`the undo never came to ${step}`);
}

beforeAll(async () => {
  shop = await newShop();
  importId = await storeImport(shop.admin.ctx(), fileOf(WRONG));
  await runImport(shop.admin.ctx(), shop.tenant, importId);
  for (const { id, sku } of await rowsOf("SELECT id, sku FROM products WHERE tenant_id = ?", shop.tenant.id))
    products.set(String(sku), String(id));
  const others = Array.from({ length: OTHER_LINES }, (_, index) => ({
    invoice: String(Math.floor(index / 20)),
    sku: index === 0 ? "FIRST" : index === OTHER_LINES - 1 ? "LAST" : `S${index % 9}`,
  }));
  // Their ids are of an hour ago, so that only the search of all lines finds them.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  const otherId = await storeImport(shop.admin.ctx(), fileOf(others));
  await repeatUntil(async () => (await runImport(shop.admin.ctx(), shop.tenant, otherId)) !== "more");
  vi.useRealTimers();
  await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, importId);
  await undoUntil("products@");
  expect((await sellOne(shop.admin.token, products.get("SOLD") ?? "")).status).toBe(201);
  await undoUntil("end");
  await runImport(shop.admin.ctx(), shop.tenant, importId);
});

describe("the undo of an import in a shop with many other lines", () => {
  it("keeps the products of other sales, wherever they are and however late they were made", async () => {
    const { body } = await get(`imports/${importId}`);
    expect(body).toMatchObject({ status: "undone", undone_sales: 5, undone_products: 2, undo_retained: 3 });
    const { text } = await get(`imports/${importId}/retained`);
    const retained = text.trim().split("\r\n").slice(1);
    expect(retained.map((line) => line.split(",").slice(2).join(",")).toSorted()).toEqual([
      '"FIRST","in other sales"',
      '"LAST","in other sales"',
      '"SOLD","in other sales"',
    ]);
  });

  it("removes the others from every list, and their row has no content", async () => {
    const id = products.get("WRONG") ?? "";
    expect((await get(`products/${id}`)).status).toBe(404);
    const patch = { token: shop.admin.token, json: { title: "Again" } };
    expect((await call("PATCH", `${API}/products/${id}`, patch)).status).toBe(404);
    expect((await call("PATCH", `${API}/products/${id}`, { ...patch, json: {} })).status).toBe(404);
    expect((await get(`products/${id}/stock-moves`)).status).toBe(404);
    expect((await get(`products/${id}/similar`)).status).toBe(404);
    expect((await get("products/lookup?code=WRONG")).status).toBe(404);
    for (const query of ["", "&is_active=false"]) {
      const { body } = await get(`products?limit=100${query}`);
      expect(body.data.filter((product: { id: string }) => product.id === id)).toEqual([]);
    }
    const since = "2020-01-01T00:00:00Z";
    const { body } = await get(`products?updated_since=${since}&limit=100`);
    expect(body.data.filter((product: { id: string }) => product.id === id)).toEqual([]);
    expect(
      await rowsOf("SELECT title, price, stock, is_active, added_by_import FROM products WHERE id = ?", id),
    ).toEqual([{ title: "", price: 0, stock: null, is_active: 0, added_by_import: null }]);
    expect(
      await count(
        "SELECT count(*) n FROM product_search WHERE rowid IN (SELECT rowid FROM products WHERE id = ?)",
        id,
      ),
    ).toBe(0);
    await buildNight(shop);
    const lake = await lakeRows(shop, "products");
    expect(lake.filter(({ product_id }) => product_id === id)).toEqual([]);
  });

  it("cannot be sold, neither at the counter nor by a till that was offline", async () => {
    const id = products.get("UNUSED") ?? "";
    expect((await sellOne(shop.admin.token, id)).body.type).toBe("/problems/unknown-product");
    const offline = await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: {
        client_id: crypto.randomUUID(),
        offline: true,
        sold_at: new Date().toISOString(),
        items: [{ product_id: id, quantity: 1 }],
      },
    });
    expect(offline.body.type).toBe("/problems/unknown-product");
    expect(await count("SELECT count(*) n FROM sale_lines WHERE product_id = ?", id)).toBe(0);
  });

  it("frees their SKUs", async () => {
    const { body } = await call("POST", `${API}/products`, {
      token: shop.admin.token,
      json: { sku: "UNUSED", title: "New", price: 100 },
    });
    expect(body).toMatchObject({ sku: "UNUSED", title: "New" });
    const again = await importFile(shop, fileOf([{ invoice: "W4", sku: "WRONG" }]));
    expect(await waitForImport(shop.admin.token, again.id)).toMatchObject({ rows_accepted: 1 });
    expect((await get("products/lookup?code=WRONG")).body.id).not.toBe(products.get("WRONG"));
  });
});

describe("the deletion of a sale", () => {
  it("checks each foreign key by an index, and searches no table for the whole shop", async () => {
    const plan = await rowsOf("EXPLAIN QUERY PLAN DELETE FROM sales WHERE tenant_id = 'a' AND id = 'b'");
    const searches = plan.map(({ detail }) => String(detail));
    expect(searches.length).toBeGreaterThan(3);
    expect(searches.filter((detail) => !/\(tenant_id=\? AND \w+=\?/.test(detail))).toEqual([]);
  });
});
