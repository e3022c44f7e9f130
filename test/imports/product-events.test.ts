// One event for each chunk of an imported file of products.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { uploadFile, waitForImport } from "../support/imports.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

async function importProducts(shop: Shop, lines: string[]) {
  const { token } = shop.admin;
  const { body } = await uploadFile(
    token,
    ["sku,title,price,stock", ...lines, ""].join("\n"),
    {},
    "products",
  );
  expect((await waitForImport(token, body.id)).status).toBe("done");
  return body.id;
}

const eventsOf = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'products.imported' ORDER BY id",
      shop.tenant.id,
    )
  ).map(({ payload }) => ({ ...JSON.parse(String(payload)), bytes: String(payload).length }));

describe("products.imported", () => {
  it("has the stock before and after of the products whose stock the import changed", async () => {
    const shop = await newShop();
    const raised = await newProduct(shop, { sku: "raised", stock: 3 });
    const untracked = await newProduct(shop, { sku: "untracked" });
    await newProduct(shop, { sku: "same", stock: 2 });
    await newProduct(shop, { sku: "kept", stock: 7 });
    const importId = await importProducts(shop, [
      "raised,Raised,1.00,12",
      "untracked,Untracked,1.00,4",
      "same,Same,1.00,2",
      "kept,Kept,1.00,",
      "new,New,1.00,5",
      "uncounted,Uncounted,1.00,",
      "broken,Broken,none,1",
    ]);
    const lookup = `${API}/products/lookup?code=new`;
    const { id } = (await call("GET", lookup, { token: shop.admin.token })).body;
    const [event, ...others] = await eventsOf(shop);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ import_id: importId, products: 6, stock_changes: 3 });
    expect(new Set(event?.stock)).toEqual(
      new Set([
        [raised.id, 3, 12],
        [untracked.id, 0, 4],
        [id, 0, 5],
      ]),
    );
    const changed = await call("GET", `${API}/products?updated_since=${event?.updated_at}`, {
      token: shop.admin.token,
    });
    expect(changed.body.data).toHaveLength(6);
  });

  it("lists at most 500 products of a chunk, in 35 KB", async () => {
    const shop = await newShop();
    await importProducts(
      shop,
      Array.from({ length: 501 }, (_, index) => `${index},Title,1.00,${index + 1}`),
    );
    const [event] = await eventsOf(shop);
    expect(event).toMatchObject({ products: 501, stock_changes: 501 });
    expect(event?.stock).toHaveLength(500);
    expect(event?.bytes).toBeLessThan(35_000);
  });

  it("is not recorded if no row is accepted", async () => {
    const shop = await newShop();
    await importProducts(shop, ["broken,Broken,none,1"]);
    expect(await eventsOf(shop)).toEqual([]);
  });
});
