import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

const categories = async (shop: Shop) =>
  (await call("GET", `${API}/products/categories?tenant=${shop.tenant.slug}`)).body;

const patch = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });

describe("the categories of a shop", () => {
  it("count visible products, largest first, through every change of a product", async () => {
    const shop = await newShop();
    const other = await newShop();
    await newProduct(other, { category: "Novel" });
    expect(await categories(shop)).toEqual([]);
    const one = await newProduct(shop, { category: "Novel" });
    const two = await newProduct(shop, { category: "Novel" });
    await newProduct(shop, { category: "Essay" });
    await newProduct(shop);
    const start = [
      { category: "Novel", products: 2 },
      { category: "Essay", products: 1 },
    ];
    expect(await categories(shop)).toEqual(start);
    await patch(shop, one.id, { category: "Poetry" });
    expect(await categories(shop)).toEqual([
      { category: "Essay", products: 1 },
      { category: "Novel", products: 1 },
      { category: "Poetry", products: 1 },
    ]);
    await call("DELETE", `${API}/products/${two.id}`, { token: shop.admin.token });
    await call("DELETE", `${API}/products/${two.id}`, { token: shop.admin.token });
    await patch(shop, two.id, { category: "Essay" });
    await patch(shop, one.id, { category: null });
    expect(await categories(shop)).toEqual([{ category: "Essay", products: 1 }]);
    await patch(shop, one.id, { category: "Novel", price: 5 });
    await patch(shop, two.id, { is_active: true, category: "Novel" });
    expect(await categories(shop)).toEqual(start);
    await change("DELETE FROM stock_moves WHERE product_id = ?", one.id);
    await change("DELETE FROM products WHERE id = ?", one.id);
    expect(await categories(shop)).toEqual([
      { category: "Essay", products: 1 },
      { category: "Novel", products: 1 },
    ]);
    expect(await categories(other)).toEqual([{ category: "Novel", products: 1 }]);
  });

  it("are exact after any changes that bypass the API", async () => {
    const shop = await newShop();
    for (let at = 0; at < 12; at += 1) await newProduct(shop, { category: `C${at % 3}` });
    const where = "WHERE tenant_id = ? AND sku >= 'SKU'";
    await change(`UPDATE products SET category = 'C0' ${where} AND category = 'C1'`, shop.tenant.id);
    await change(`UPDATE products SET is_active = 0 ${where} AND category = 'C2'`, shop.tenant.id);
    await change(
      `UPDATE products SET is_active = 1, category = NULL ${where} AND category = 'C2'`,
      shop.tenant.id,
    );
    const counted = "SELECT category, products FROM category_counts WHERE tenant_id = ? AND products > 0";
    const truth = `SELECT category, count(*) AS products FROM products
      WHERE tenant_id = ? AND is_active = 1 AND category IS NOT NULL GROUP BY category`;
    expect(await rowsOf(counted, shop.tenant.id)).toEqual(await rowsOf(truth, shop.tenant.id));
    expect(await categories(shop)).toEqual([{ category: "C0", products: 8 }]);
  });
});
