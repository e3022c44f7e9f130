// Products related to a product, over HTTP.
import { beforeAll, describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { recommendedWith, refundOne, idsOf, runNight, sellTogether } from "../support/recommendations.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const productsOf = async (
  shop: Shop,
  count: number,
  fields: Record<string, unknown> = {},
): Promise<string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await newProduct(shop, fields)).id);
  return ids;
};

describe("products bought together with a product", () => {
  let shop: Shop;
  let ids: string[];
  let [tea, cup, pot, rare, alone] = ["", "", "", "", ""];

  beforeAll(async () => {
    shop = await newShop();
    ids = await productsOf(shop, 5);
    [tea = "", cup = "", pot = "", rare = "", alone = ""] = ids;
    for (let times = 0; times < 4; times += 1) await sellTogether(shop, [tea, cup]);
    for (let times = 0; times < 3; times += 1) await sellTogether(shop, [tea, cup, pot]);
    for (let times = 0; times < 2; times += 1) await sellTogether(shop, [tea, rare]);
    await sellTogether(shop, [alone]);
    await runNight(shop);
  });

  it("come best first, with their score, and never include the product itself or coincidences", async () => {
    const results = await recommendedWith(shop, tea);
    expect(results.map(({ product, reason }) => [product.id, reason])).toEqual([
      [cup, "bought_together"],
      [pot, "bought_together"],
    ]);
    // Four baskets of two and three of three, of tea's 9 baskets, over 7 baskets of the cup to the power of 0.15.
    expect(results[0]?.score).toBeCloseTo((4 + 3 / 2) / (9 * 7 ** 0.15), 5);
    expect(idsOf(await recommendedWith(shop, cup))).toEqual([tea, pot]);
    expect(await recommendedWith(shop, rare)).toEqual([]);
    expect(await recommendedWith(shop, alone)).toEqual([]);
  });

  it("are as many as requested, from 1 to 20", async () => {
    expect(idsOf(await recommendedWith(shop, tea, undefined, 1))).toEqual([cup]);
    for (const limit of ["0", "21", "x", "-1", "1.5"]) {
      const response = await call("GET", `${API}/products/${tea}/recommendations?limit=${limit}`, {
        headers: { "x-tenant": shop.tenant.slug },
      });
      expect(response.status).toBe(422);
    }
  });

  it("exclude hidden and sold-out products at once", async () => {
    await change("UPDATE products SET is_active = 0 WHERE id = ?", cup);
    expect(idsOf(await recommendedWith(shop, tea))).toEqual([pot]);
    await change("UPDATE products SET is_active = 1, stock = 0 WHERE id = ?", cup);
    expect(idsOf(await recommendedWith(shop, tea))).toEqual([pot]);
    for (const stock of [1000, null]) {
      await change("UPDATE products SET stock = ? WHERE id = ?", stock, cup);
      expect(idsOf(await recommendedWith(shop, tea))).toEqual([cup, pot]);
    }
  });

  it("exclude what the caller bought, as soon as they buy it, until they return all of it", async () => {
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    expect(idsOf(await recommendedWith(shop, tea, customer.token))).toEqual([cup, pot]);
    const sale = await sellTogether(shop, [cup, cup], customer);
    for (const [when, run] of [
      ["before the ETL", () => rebuildDirtyDays(base(), shop.tenant.id)],
      ["before the products of the day are counted", () => runNight(shop)],
      ["after the night", () => Promise.resolve()],
    ] as const) {
      expect(idsOf(await recommendedWith(shop, tea, customer.token)), when).toEqual([pot]);
      await run();
    }
    expect(idsOf(await recommendedWith(shop, tea))).toEqual([cup, pot]);
    await refundOne(shop, sale, cup);
    expect(idsOf(await recommendedWith(shop, tea, customer.token))).toEqual([pot]);
    await refundOne(shop, sale, cup);
    expect(idsOf(await recommendedWith(shop, tea, customer.token))).toEqual([cup, pot]);
    await runNight(shop);
    expect(idsOf(await recommendedWith(shop, tea, customer.token))).toEqual([cup, pot]);
  });

  it("exclude what the caller bought while they return only a part of a line", async () => {
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const { body } = await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: cup, quantity: 2 }], customer_id: customer.id },
    });
    const results = async () => idsOf(await recommendedWith(shop, tea, customer.token));
    expect((await refundOne(shop, body.id, cup)).status).toBe(201);
    expect(await results()).toEqual([pot]);
    await runNight(shop);
    expect(await results()).toEqual([pot]);
    expect((await refundOne(shop, body.id, cup)).status).toBe(201);
    expect(await results()).toEqual([cup, pot]);
  });

  it("are a 404 for a product of another shop, and for a hidden one, except for staff", async () => {
    const other = await newShop();
    const headers = { "x-tenant": other.tenant.slug };
    expect((await call("GET", `${API}/products/${tea}/recommendations`, { headers })).status).toBe(404);
    const hidden = (await newProduct(shop)).id;
    await change("UPDATE products SET is_active = 0 WHERE id = ?", hidden);
    const path = `${API}/products/${hidden}/recommendations?tenant=${shop.tenant.slug}`;
    expect((await call("GET", path)).status).toBe(404);
    expect((await call("GET", path, { token: shop.admin.token })).status).toBe(200);
    await change("UPDATE products SET removed_at = updated_at WHERE id = ?", hidden);
    expect((await call("GET", path, { token: shop.admin.token })).status).toBe(404);
  });

  it("cost one round trip", async () => {
    const path = `${API}/products/${tea}/recommendations?tenant=${shop.tenant.slug}`;
    const cost = costOf(await call("GET", path));
    // The other round trip finds the shop.
    expect(cost.queries).toBe(1);
    expect(cost.written).toBe(0);
  });
});

describe("a product that nobody has bought", () => {
  it("has the most similar: first of its series, then of its author, then of its category, best sellers first", async () => {
    const shop = await newShop();
    const fields = { series: "Sea", author: "Ana Sol", category: "Poetry" };
    const [book = ""] = await productsOf(shop, 1, fields);
    const [series = ""] = await productsOf(shop, 1, { series: "Sea" });
    const [both = ""] = await productsOf(shop, 1, { author: "Ana Sol", category: "Poetry" });
    const [author = ""] = await productsOf(shop, 1, { author: "Ana Sol", category: "Novel" });
    const [slow = "", fast = ""] = await productsOf(shop, 2, { category: "Poetry" });
    const [soldOut = ""] = await productsOf(shop, 1, { category: "Poetry", stock: 0 });
    await productsOf(shop, 2);
    await sellTogether(shop, [fast]);
    await runNight(shop);
    const results = await recommendedWith(shop, book);
    expect(results.map(({ product, reason, score }) => [product.id, reason, score])).toEqual([
      [series, "same_series", 0],
      [both, "same_author", 0],
      [author, "same_author", 0],
      [fast, "same_category", 0],
      [slow, "same_category", 0],
    ]);
    expect(idsOf(results)).not.toContain(soldOut);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await sellTogether(shop, [both], customer);
    expect(idsOf(await recommendedWith(shop, book, customer.token))).toEqual([series, author, fast, slow]);
  });

  it("has those that can be seen among many that cannot", async () => {
    const shop = await newShop();
    const [one = "", other = ""] = await productsOf(shop, 2, { category: "Poetry" });
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, category, price, is_active, created_at, updated_at)
        SELECT ?1, 'x' || value, 'X' || value, 'A book', 'Poetry', 1, 0, '2020', '2020' FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(Array.from({ length: 100 }, (_, at) => at)),
    );
    expect(idsOf(await recommendedWith(shop, one))).toEqual([other]);
  });

  it("has the newest hundred of a large category, however well an older one sells", async () => {
    const shop = await newShop();
    const [one = "", old = ""] = await productsOf(shop, 2, { category: "Poetry" });
    await change("UPDATE products SET sold = 9000 WHERE id = ?", old);
    expect(idsOf(await recommendedWith(shop, one))).toEqual([old]);
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, category, price, created_at, updated_at)
        SELECT ?1, printf('ffffffff-0000-7000-8000-%012d', value), 'X' || value, 'A book', 'Poetry', 1, ?3, ?3 FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(Array.from({ length: 100 }, (_, at) => at)),
      "2026-01-01T00:00:00.000Z",
    );
    expect(idsOf(await recommendedWith(shop, one))).not.toContain(old);
  });

  it("without author and category has none", async () => {
    const shop = await newShop();
    const [one = ""] = await productsOf(shop, 3);
    expect(await recommendedWith(shop, one)).toEqual([]);
  });

  it("comes with similar ones after those bought together, each product once", async () => {
    const shop = await newShop();
    const ids = await productsOf(shop, 4, { author: "Ana Sol" });
    const [one = "", two = ""] = ids;
    for (let times = 0; times < 3; times += 1) await sellTogether(shop, [one, two]);
    await runNight(shop);
    const results = await recommendedWith(shop, one);
    expect(idsOf(results).length).toBe(3);
    expect(new Set(idsOf(results)).size).toBe(3);
    expect(results.map(({ reason }) => reason)).toEqual(["bought_together", "same_author", "same_author"]);
    expect(results[0]?.product.id).toBe(two);
    const [first] = await recommendedWith(shop, two);
    expect([first?.product.id, first?.reason]).toEqual([one, "bought_together"]);
  });
});
