// Single conditions of lists, changes of stock and what a count resolves.
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { bytesOf, rowsOf as csvRows } from "../support/exports.ts";
import { pagesOf } from "../support/pages.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const get = (shop: Shop, path: string) => call("GET", `${API}${path}`, { token: shop.admin.token });

const move = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("POST", `${API}/products/${id}/stock`, {
    token: shop.admin.token,
    json: { reason: "correction", ...json },
  });

describe("a list of products", () => {
  it("has those at the highest price that is asked for on every page", async () => {
    const shop = await newShop();
    const skus = [];
    for (let nth = 0; nth < 3; nth += 1) skus.push((await newProduct(shop, { price: 500 })).sku);
    await newProduct(shop, { price: 600 });
    const pages = await pagesOf(async (cursor) => {
      const after = cursor === null ? "" : `&cursor=${cursor}`;
      return (await get(shop, `/products?sort=-price&price_max=500&limit=1${after}`)).body;
    });
    const listed = pages.flatMap(({ data }) => data.map(({ sku }: { sku: string }) => sku));
    expect(new Set(listed)).toEqual(new Set(skus));
    expect(listed).toHaveLength(3);
  });

  it("since an instant has what was changed at it", async () => {
    const shop = await newShop();
    await newProduct(shop);
    const at = "2026-03-02T10:00:00.000Z";
    await change("UPDATE products SET updated_at = ? WHERE tenant_id = ?", at, shop.tenant.id);
    const since = async (instant: string) =>
      csvRows(await bytesOf(shop.admin.token, `/products?format=csv&updated_since=${instant}`), {}).length;
    expect([await since(at), await since("2026-03-02T10:00:00.001Z")]).toEqual([1, 0]);
  });
});

describe("a change of stock", () => {
  it("has no history where its product is removed", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 2 });
    const history = async () => (await get(shop, `/products/${id}/stock-moves`)).status;
    expect(await history()).toBe(200);
    await change(
      "UPDATE products SET removed_at = ?, is_active = 0 WHERE id = ?",
      new Date().toISOString(),
      id,
    );
    expect(await history()).toBe(404);
  });

  it("resolves what was missing once", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    const json = { items: [{ product_id: id, quantity: 3 }], offline: true };
    await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    await move(shop, id, { count: 5, reason: "count" });
    await change("UPDATE stock_discrepancies SET resolved_at = '2999' WHERE tenant_id = ?", shop.tenant.id);
    await move(shop, id, { count: 4, reason: "count" });
    expect(
      await rowsOf("SELECT resolved_at FROM stock_discrepancies WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ resolved_at: "2999" }]);
  });
});

it("a product that is added is in the audit log", async () => {
  const shop = await newShop();
  const json = { sku: "A", title: "A", price: 100 };
  const { body } = await call("POST", `${API}/products`, { token: shop.admin.token, json });
  expect(
    await rowsOf(
      "SELECT action FROM audit_log WHERE tenant_id = ? AND entity_id = ? ORDER BY id",
      shop.tenant.id,
      body.id,
    ),
  ).toEqual([{ action: "product.added" }]);
});
