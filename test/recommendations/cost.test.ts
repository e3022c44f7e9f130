// The rows read for recommendations do not grow with the history of the customer, nor with the sales and products of the shop.
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { runNight, sellTogether } from "../support/recommendations.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";

const PRODUCTS = 30;

/** The rows read by each call for a customer with this many purchases of six products. */
async function readsAfter(purchases: number, more: number): Promise<number[]> {
  const shop = await newShop();
  const products: string[] = [];
  const fields = { author: "Ana Sol", category: "Poetry" };
  for (let index = 0; index < PRODUCTS; index += 1) products.push((await newProduct(shop, fields)).id);
  const customer = await newPerson(shop.tenant, "CUSTOMER");
  for (let times = 0; times < 4; times += 1) await sellTogether(shop, products);
  for (let times = 0; times < purchases; times += 1) await sellTogether(shop, products.slice(0, 6), customer);
  // More products, of other authors and categories.
  await change(
    `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
      SELECT ?1, lower(hex(randomblob(16))), 'X' || value, 'Another', 1, '2020', '2020'
      FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?2) SELECT * FROM n)`,
    shop.tenant.id,
    more,
  );
  await runNight(shop);
  const { token } = customer;
  const responses = [
    await call("GET", `${API}/recommendations`, { token }),
    await call("GET", `${API}/products/${products[0]}/recommendations`, { token }),
  ];
  for (const response of responses) expect(response.body.data.length).toBe(10);
  return responses.map((response) => costOf(response).read);
}

/** The number of recommendations in a shop with this many best sellers that are sold out or hidden, and one product that is not. */
async function recommendedAfter(unavailable: number, isActive = true): Promise<number> {
  const shop = await newShop();
  const { token } = await newPerson(shop.tenant, "CUSTOMER");
  await newProduct(shop);
  await change(
    `INSERT INTO products (tenant_id, id, sku, title, price, stock, is_active, sold, created_at, updated_at)
      SELECT ?1, ?1 || value, 'X' || value, 'A book', 1, 0, ?3, 1, '2020', '2020' FROM json_each(?2)`,
    shop.tenant.id,
    JSON.stringify(Array.from({ length: unavailable }, (_, at) => at)),
    Number(isActive),
  );
  return (await call("GET", `${API}/recommendations`, { token })).body.data.length;
}

describe("recommendations", () => {
  it("are among the first 200 best sellers, even if all of them are sold out", async () => {
    expect([await recommendedAfter(199), await recommendedAfter(200)]).toEqual([1, 0]);
    expect(await recommendedAfter(200, false)).toBe(1);
  });

  it("read as many rows after 90 purchases as after 9, and among 5,000 products as among 50", async () => {
    const few = await readsAfter(9, 20);
    const many = await readsAfter(90, 5000);
    for (const [index, read] of many.entries()) {
      // D1 also counts the row after the end of an index range, if there is one.
      expect(read).toBeLessThanOrEqual((few[index] ?? 0) + 5);
      expect(read).toBeLessThan(1000);
    }
  }, 60_000);
});
