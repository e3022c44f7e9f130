import { describe, expect, it } from "vitest";
import { countStock, queueStockCounts } from "../../src/rollups/stock.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays, dayOf, sameTimeOn, startOfDay } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { recording } from "../support/queues.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const get = (shop: Shop, path: string) => call("GET", `${API}/metrics/${path}`, { token: shop.admin.token });

const MINUTES = 60_000;
const DAY = 86_400_000;

/** Sells one unit on the day that many days ago, and returns the day. */
async function sellBefore(shop: Shop, product_id: string, days: number): Promise<string> {
  const { timezone } = shop.tenant;
  const now = new Date(Date.now() - MINUTES);
  const day = addDays(dayOf(now, timezone), -days);
  await sell(
    shop.admin.ctx(sameTimeOn(day, now, timezone)),
    { items: [{ product_id, quantity: 1000 }], payment_method: "card" },
    undefined,
  );
  return day;
}

async function buildAll(shop: Shop): Promise<void> {
  await rebuildDirtyDays(base(), shop.tenant.id);
  await repeatUntil(async () => !(await buildNextProductDays(base(), shop.tenant.id)));
}

const createdBefore = (shop: Shop, days: number) =>
  change(
    "UPDATE products SET created_at = ? WHERE tenant_id = ?",
    new Date(Date.now() - days * DAY).toISOString(),
    shop.tenant.id,
  );

describe("the value of the stock", () => {
  it("is that of the units in stock at cost and at price, by the time since the last sale", async () => {
    const shop = await newShop();
    const old = await newProduct(shop, { price: 1000, cost: 600, stock: 11 });
    await newProduct(shop, { price: 333, stock: 1.5, unit: "kg" });
    const fresh = await newProduct(shop, { price: 50, cost: 20, stock: 5 });
    await newProduct(shop, { price: 1, cost: 1, stock: 0 });
    await newProduct(shop, { price: 1, cost: 1 });
    await sellBefore(shop, old.id, 45);
    await sellBefore(shop, fresh.id, 10);
    await buildAll(shop);
    const { body } = await get(shop, "stock");
    expect(body).toMatchObject({
      products: 3,
      uncosted: 1,
      cost_value: 6080,
      price_value: 10_700,
      // Twenty were sold in thirty days.
      days_of_cover: 9120,
      is_live: true,
    });
    expect(body.ages).toEqual([
      { from: null, to: null, products: 1, uncosted: 1, cost_value: 0, price_value: 500 },
      { from: 0, to: 30, products: 1, uncosted: 0, cost_value: 80, price_value: 200 },
      { from: 31, to: 60, products: 1, uncosted: 0, cost_value: 6000, price_value: 10_000 },
    ]);
  });

  it("is by ages that begin and end with whole days, without products that were removed", async () => {
    const shop = await newShop();
    const today = dayOf(new Date(), shop.tenant.timezone);
    const ages = [0, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366];
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, price, cost, stock, last_sold_day, removed_at, created_at, updated_at)
        SELECT ?, 'p' || key, 'p' || key, 'A book', 1, 1, 1000, value ->> 0, value ->> 1, '', '' FROM json_each(?)`,
      shop.tenant.id,
      JSON.stringify([...ages.map((age) => [addDays(today, -age), null]), [today, new Date().toISOString()]]),
    );
    const sold = await newProduct(shop, { price: 9, cost: 8, stock: 1 });
    await sellBefore(shop, sold.id, 1);
    await buildAll(shop);
    const { body } = await get(shop, "stock");
    expect(body).toMatchObject({ products: 11, cost_value: 11, days_of_cover: 41.3 });
    const shown = body.ages.map(
      ({ from, to, products }: { from: number; to: number | null; products: number }) => [from, to, products],
    );
    const expected = [
      [0, 30, 2],
      [31, 60, 2],
      [61, 90, 2],
      [91, 180, 2],
      [181, 365, 2],
      [366, null, 1],
    ];
    expect(shown).toEqual(expected);
    await countStock(base(), shop.tenant);
    const counted = "SELECT age, products FROM daily_stock WHERE tenant_id = ? ORDER BY age";
    expect(await rowsOf(counted, shop.tenant.id)).toEqual(
      expected.map(([age, , products]) => ({ age, products })),
    );
  });

  it("is counted at night in each shop that is open", async () => {
    const [open, closed] = [await newShop(), await newShop()];
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", closed.tenant.id);
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueStockCounts(ctx);
    expect(sent).toContainEqual({ kind: "stock", tenant_id: open.tenant.id });
    expect(JSON.stringify(sent)).not.toContain(closed.tenant.id);
  });

  it("has no days of cover where nothing was sold in thirty days, with today", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 2, cost: 1, stock: 5 });
    expect((await get(shop, "stock")).body).toMatchObject({ cost_value: 5, days_of_cover: null });
    await sellBefore(shop, id, 30);
    expect((await get(shop, "stock")).body).toMatchObject({ cost_value: 4, days_of_cover: null });
    await sellBefore(shop, id, 29);
    expect((await get(shop, "stock")).body).toMatchObject({ cost_value: 3, days_of_cover: 90 });
    await sellOne(shop.admin.token, id);
    expect((await get(shop, "stock")).body).toMatchObject({ cost_value: 2, days_of_cover: 30 });
  });

  it("is that of the last night in a shop with more than 1,500 products", async () => {
    const shop = await newShop();
    await newProduct(shop, { stock: 0 });
    await change(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        INSERT INTO products (tenant_id, id, sku, title, price, cost, stock, created_at, updated_at)
        SELECT ?, 'p' || i, 'p' || i, 'A book', 200, 100, 1000, '', '' FROM n`,
      shop.tenant.id,
    );
    expect((await get(shop, "stock")).body).toMatchObject({ is_live: false, products: 0 });
    const now = new Date();
    for (const time of [now.getTime() - DAY, now, now]) await countStock(base(new Date(time)), shop.tenant);
    const night = await get(shop, "stock");
    expect(night.body).toMatchObject({
      is_live: false,
      as_of: now.toISOString(),
      products: 2500,
      cost_value: 250_000,
      price_value: 500_000,
    });
    expect(costOf(night).read).toBeLessThan(5_000);
    const today = dayOf(now, shop.tenant.timezone);
    expect(
      await rowsOf("SELECT day, products FROM daily_stock WHERE tenant_id = ? ORDER BY day", shop.tenant.id),
    ).toEqual([addDays(today, -1), today].map((day) => ({ day, products: 2500 })));
  });
});

describe("slow products", () => {
  it("are in stock and were not sold for the days, those that never sold first", async () => {
    const shop = await newShop();
    const titles = ["never", "old", "older", "recent", "out"];
    const products = new Map<string, string>();
    for (const title of titles)
      products.set(title, (await newProduct(shop, { title, price: 100, cost: 60, stock: 5 })).id);
    await createdBefore(shop, 300);
    await newProduct(shop, { title: "new", stock: 5 });
    for (const [title, days] of [
      ["old", 90],
      ["recent", 89],
      ["out", 200],
    ] as const)
      await sellBefore(shop, products.get(title) ?? "", days);
    const last_sold = await sellBefore(shop, products.get("older") ?? "", 150);
    await change("UPDATE products SET stock = 0 WHERE id = ?", products.get("out"));
    await buildAll(shop);
    const listed = async (query = "") =>
      (await get(shop, `slow-products${query}`)).body.data.map(({ title }: { title: string }) => title);
    expect(await listed()).toEqual(["never", "older", "old"]);
    expect(await listed("?days=120")).toEqual(["never", "older"]);
    expect(await listed("?days=10")).toEqual(["never", "older", "old", "recent"]);
    const { body } = await get(shop, "slow-products?limit=2");
    expect(body.data[1]).toMatchObject({
      last_sold,
      stock: 4,
      cost_value: 240,
      price_value: 400,
    });
    expect(await listed(`?limit=2&cursor=${body.next_cursor}`)).toEqual(["old"]);
    expect(body.data[0]).toMatchObject({ title: "never", last_sold: null, unit: "piece" });
    const { text } = await get(shop, "slow-products?format=csv");
    const lines = text.trim().split("\r\n");
    expect([lines[0], lines.length]).toEqual([
      "product_id,sku,title,last_sold,stock,unit,cost_value,price_value,currency",
      4,
    ]);
    const { product_id, sku } = body.data[1];
    expect(lines[2]).toBe(`${product_id},"${sku}","older",${last_sold},4,piece,2.40,4.00,EUR`);
    expect(lines[1]).toContain('"never",,5,piece,3.00,5.00,EUR');
    expect((await get(shop, "slow-products?limit=3")).body.next_cursor).toBeNull();
    expect(await listed("?days=90")).toEqual(["never", "older", "old"]);
    expect(await listed("?days=91")).toEqual(["never", "older"]);
    for (const [days, status] of [
      ["0", 422],
      ["1", 200],
      ["1.5", 422],
      ["3650", 200],
      ["3651", 422],
    ] as const)
      expect((await get(shop, `slow-products?days=${days}`)).status, days).toBe(status);
    // A sale that is counted late, of a day before, does not change that it has not sold since.
    const dirty = "UPDATE dirty_product_days SET is_built = 0 WHERE tenant_id = ?";
    await change(dirty, shop.tenant.id);
    expect(await listed("?days=90")).toEqual(["never", "older", "old"]);
    // A sale of today shows before the night counts it.
    await sellBefore(shop, products.get("old") ?? "", 0);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await listed()).toEqual(["never", "older"]);
  });

  it("were added on the day since which they have not sold, or before, and are worth their weight", async () => {
    const shop = await newShop();
    const cheese = await newProduct(shop, { price: 333, cost: 101, stock: 1.5, unit: "kg" });
    const wine = await newProduct(shop, { price: 333, stock: 1 });
    const { timezone } = shop.tenant;
    const since = addDays(dayOf(new Date(), timezone), -30);
    const added = (id: string, at: number) =>
      change("UPDATE products SET created_at = ? WHERE id = ?", new Date(at).toISOString(), id);
    const end = startOfDay(since, timezone, 1).getTime();
    await added(cheese.id, end - 1);
    await added(wine.id, end);
    const row = { product_id: cheese.id, stock: 1.5, unit: "kg", cost_value: 152, price_value: 500 };
    expect((await get(shop, "slow-products?days=30")).body.data).toMatchObject([row]);
    const { data } = (await get(shop, "slow-products?days=29")).body;
    expect(data).toMatchObject([row, { product_id: wine.id, cost_value: null, price_value: 333 }]);
  });

  it("look at 1,500 products a page, of which others follow", async () => {
    const shop = await newShop();
    await change(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        INSERT INTO products (tenant_id, id, sku, title, price, stock, created_at, updated_at)
        SELECT ?, printf('00000000-0000-7000-8000-%012d', i), 'p' || i, 'A book', 200, iif(i IN (1, 1500, 1501, 3000), 1000, 0), '', '' FROM n`,
      shop.tenant.id,
    );
    const found: string[][] = [];
    let cursor: string | null = "";
    while (cursor !== null && found.length < 9) {
      const page: Awaited<ReturnType<typeof get>> = await get(
        shop,
        `slow-products${cursor && `?cursor=${cursor}`}`,
      );
      expect(costOf(page).read).toBeLessThan(5_000);
      found.push(page.body.data.map(({ sku }: { sku: string }) => sku));
      cursor = page.body.next_cursor;
    }
    expect(found).toEqual([["p1", "p1500"], ["p1501", "p3000"], []]);
    const { text } = await get(shop, "slow-products?format=csv");
    const lines = text.trim().split("\r\n");
    expect(lines.length).toBe(5);
    // Without a cost there is no value at cost, which is not 0.
    expect(lines[1]).toMatch(/,1,piece,,2\.00,EUR$/);
  });

  it("are not sold by a refund", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop, { stock: 5 });
    await createdBefore(shop, 300);
    const last_sold = await sellBefore(shop, product_id, 100);
    const [sale] = await rowsOf("SELECT id FROM sales WHERE tenant_id = ?", shop.tenant.id);
    const json = { items: [{ product_id, quantity: 1 }], reason: "torn" };
    const path = `${API}/sales/${String(sale?.["id"])}/refunds`;
    expect((await call("POST", path, { token: shop.admin.token, json })).status).toBe(201);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect((await get(shop, "slow-products")).body.data).toMatchObject([{ product_id }]);
    await buildAll(shop);
    expect((await get(shop, "slow-products")).body.data).toMatchObject([{ product_id, last_sold }]);
    // Sold and paid back on one day, it was sold.
    const { body: again } = await sellOne(shop.admin.token, product_id);
    await call("POST", `${API}/sales/${again.id}/refunds`, { token: shop.admin.token, json });
    await buildAll(shop);
    expect((await get(shop, "slow-products")).body.data).toEqual([]);
  });

  it("keep the day of their last sale when an older sale is counted after it", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    await createdBefore(shop, 300);
    const last_sold = await sellBefore(shop, id, 100);
    await buildAll(shop);
    await sellBefore(shop, id, 150);
    await buildAll(shop);
    expect((await get(shop, "slow-products")).body.data).toMatchObject([
      { product_id: id, last_sold, stock: 3 },
    ]);
  });

  it("count imported sales", async () => {
    const shop = await newShop();
    const { sku } = await newProduct(shop, { price: 100, stock: 5 });
    await createdBefore(shop, 300);
    expect((await get(shop, "slow-products")).body.data.length).toBe(1);
    await importFile(shop, fileOf([{ sku, date: `${dayOf(new Date(), "UTC")} 00:10` }]));
    await buildAll(shop);
    expect((await get(shop, "slow-products")).body.data).toEqual([]);
  });
});
