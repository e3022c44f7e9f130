// Figures by category count the present category of a product, before and after the daily tables have its sales.
import { expect, it } from "vitest";
import { breakdown } from "../../src/metrics/breakdowns/breakdown.ts";
import { topProducts } from "../../src/metrics/rankings/top-products.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

async function byCategory(shop: Shop): Promise<Record<string, number>> {
  const ctx = shop.admin.ctx();
  const { data } = await runPlan(ctx, breakdown(ctx, { by: "category", compare: "none", align: "date" }));
  return Object.fromEntries(data.map(({ key, revenue }) => [key ?? "", revenue]));
}

async function skusIn(shop: Shop, category: string): Promise<string[]> {
  const query = { category, limit: 10, sort: "revenue", compare: "none", align: "date" } as const;
  return (await topProducts(shop.admin.ctx(), query)).data.map(({ sku }) => sku);
}

it("a product that is moved takes its sales to its new category, and one without a category has none", async () => {
  const shop = await newShop();
  const novel = await newProduct(shop, { sku: "N", price: 100, category: "Novel" });
  const poem = await newProduct(shop, { sku: "P", price: 10, category: `Po"em's` });
  const bag = await newProduct(shop, { sku: "B", price: 1, category: null });
  for (const { id } of [novel, poem, bag]) await sellOne(shop.admin.token, id);
  for (const isBuilt of [false, true]) {
    if (isBuilt) await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await byCategory(shop)).toEqual({ Novel: 100, [`Po"em's`]: 10, "": 1 });
    expect(await skusIn(shop, `Po"em's`)).toEqual(["P"]);
  }
  await change("UPDATE products SET category = 'Essay' WHERE id = ?", novel.id);
  await change("UPDATE products SET category = NULL WHERE id = ?", poem.id);
  await change("UPDATE products SET category = 'Bags' WHERE id = ?", bag.id);
  expect(await byCategory(shop)).toEqual({ Essay: 100, "": 10, Bags: 1 });
  expect(await skusIn(shop, "Essay")).toEqual(["N"]);
  const other = await newProduct(shop, { sku: "O", price: 5, category: "Essay" });
  await sellOne(shop.admin.token, other.id);
  expect(await byCategory(shop)).toEqual({ Essay: 105, "": 10, Bags: 1 });
  expect(await skusIn(shop, "Essay")).toEqual(["N", "O"]);
});

it("the categories of five hundred products are a row", async () => {
  const shop = await newShop();
  const reads = [];
  for (let nth = 0; nth < 2; nth += 1) {
    for (let left = 15; left > 0; left -= 1)
      await sellOne(shop.admin.token, (await newProduct(shop, { category: `C${left}` })).id);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const path = `${API}/metrics/breakdown?by=category`;
    reads.push(costOf(await call("GET", path, { token: shop.admin.token })).read);
  }
  expect(reads[1]).toBe(reads[0]);
  expect(reads[0]).toBeLessThan(15);
});
