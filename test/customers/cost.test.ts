import { expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { base, newProduct, newShop, sellOne } from "../support/shops.ts";
import { repeatUntil } from "../support/pages.ts";

it("the figures of a customer with any number of sales read few rows, and include a sale immediately", async () => {
  const shop = await newShop();
  const { id: product } = await newProduct(shop, { price: 1000 });
  const { token } = shop.admin;
  const add = async (name: string): Promise<string> =>
    (await call("POST", `${API}/customers`, { token, json: { name } })).body.id;
  const [many, few] = [await add("Anonymous sales"), await add("Ana")];
  await change(
    `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, total, units, lines, placed_at, day, created_at)
      SELECT ?1, 'sale-' || value, 'sale', 'counter', 'completed', ?2, 100, 1000, 1, day || 'T10:00:00.000Z', day, day || 'T10:00:00.000Z'
      FROM (SELECT value, date('2026-06-01', (value % 90) || ' days') AS day FROM json_each(?3))`,
    shop.tenant.id,
    many,
    JSON.stringify(Array.from({ length: 9000 }, (_, at) => at)),
  );
  await change(
    "INSERT INTO dirty_days (tenant_id, day) SELECT DISTINCT tenant_id, day FROM sales WHERE tenant_id = ? ON CONFLICT DO UPDATE SET needs_rebuild = 1",
    shop.tenant.id,
  );
  await repeatUntil(async () => !(await rebuildDirtyDays(base(), shop.tenant.id)).more);
  await repeatUntil(async () => !(await buildMonths(base(), shop.tenant.id)));
  await sellOne(token, product);
  const sell = (customer_id: string) =>
    call("POST", `${API}/sales`, {
      token,
      json: { items: [{ product_id: product, quantity: 1 }], customer_id },
    });
  await sell(many);
  await sell(few);
  const get = (id: string) => call("GET", `${API}/customers/${id}`, { token });
  const [large, small] = [await get(many), await get(few)];
  expect(large.body.figures).toMatchObject({
    orders: 9001,
    spend: 901_000,
    units: 9001,
    average: 100,
    first_day: "2026-06-01",
  });
  expect(small.body.figures).toMatchObject({ orders: 1, spend: 1000 });
  expect(costOf(large).queries).toBeLessThanOrEqual(3);
  expect(costOf(large).read).toBeLessThan(1300);
  expect(costOf(small).read).toBeLessThan(30);
});
