// Sums and orders of figures, of values that a person can check.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { isSold } from "../../src/metrics/rankings/top-products.ts";
import { sumTotals } from "../../src/metrics/rankings/totals.ts";
import { sumBy } from "../../src/metrics/totals.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { newRate } from "../support/receipts.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const sell = (shop: Shop, product_id: string, quantity = 1) =>
  call("POST", `${API}/sales`, { token: shop.admin.token, json: { items: [{ product_id, quantity }] } });

describe("the totals of a ranking", () => {
  it("are those of the later month less those of the earlier one, whichever is read first", () => {
    const earlier = { sign: -1 as const, totals: [["a", 1, 2000, 300] as [string, ...number[]]] };
    const later = { sign: 1 as const, totals: [["a", 3, 5000, 900] as [string, ...number[]]] };
    for (const rows of [
      [earlier, later],
      [later, { ...earlier, totals: [["a", 1, 2000, 300] as [string, ...number[]]] }],
    ])
      expect(sumTotals("products", structuredClone(rows))).toEqual([["a", 2, 3000, 600]]);
  });

  it("count a product of which something was sold, taken back or given away", () => {
    const nothing = { sales: 0, units: 0, revenue: 0 };
    expect([nothing, ...Object.keys(nothing).map((name) => ({ ...nothing, [name]: 1 }))].map(isSold)).toEqual(
      [false, true, true, true],
    );
  });
});

it("rows are added up by their keys, also by numbers", () => {
  const row = z.object({ hour: z.number(), name: z.string(), sales: z.number(), units: z.number() });
  const rows = [
    { hour: 9, name: "first", sales: 1, units: 10 },
    { hour: 10, name: "other", sales: 4, units: 40 },
    { hour: 9, name: "second", sales: 2, units: 20 },
  ];
  expect(sumBy(row, rows, ["hour"])).toEqual([
    { hour: 9, name: "first", sales: 3, units: 30 },
    { hour: 10, name: "other", sales: 4, units: 40 },
  ]);
});

it("categories are in the order of their revenue, and reasons of refunds in that of what was paid back", async () => {
  const shop = await newShop();
  const { token } = shop.admin;
  for (const [category, price] of [
    ["Books", 500],
    ["Toys", 900],
    ["Garden", 700],
  ] as const) {
    const { id } = await newProduct(shop, { price, category });
    const { body } = await sell(shop, id);
    const json = { items: [{ product_id: id, quantity: 1 }], reason: `of ${category}` };
    if (category !== "Books")
      expect((await call("POST", `${API}/sales/${body.id}/refunds`, { token, json })).status).toBe(201);
    else await sell(shop, id);
    await sell(shop, id);
  }
  const keysOf = async (by: string) =>
    (await call("GET", `${API}/metrics/breakdown?by=${by}`, { token })).body.data.map(
      ({ key }: { key: string }) => key,
    );
  expect(await keysOf("category")).toEqual(["Books", "Toys", "Garden"]);
  expect(await keysOf("refund_reason")).toEqual(["of Toys", "of Garden"]);
});

it("categories of equal revenue are in the order of their names", async () => {
  const shop = await newShop();
  for (const category of ["Toys", "Books", "Garden"]) {
    const { id } = await newProduct(shop, { price: 500, category });
    await sell(shop, id);
  }
  const { body } = await call("GET", `${API}/metrics/breakdown?by=category`, { token: shop.admin.token });
  expect(body.data.map(({ key }: { key: string }) => key)).toEqual(["Books", "Garden", "Toys"]);
});

it("baskets are shares of all sales", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { price: 500 });
  for (const quantity of [1, 1, 1, 2]) await sell(shop, id, quantity);
  const { body } = await call("GET", `${API}/metrics/baskets`, { token: shop.admin.token });
  const sold = body.units.filter(({ sales }: { sales: number }) => sales > 0);
  expect(sold).toMatchObject([
    { from: 1, to: 1, sales: 3, share: 0.75, revenue: 1500 },
    { from: 2, to: 2, sales: 1, share: 0.25, revenue: 1000 },
  ]);
  await sell(shop, id, 120);
  const large = await call("GET", `${API}/metrics/baskets`, { token: shop.admin.token });
  expect(large.body.units.at(-1)).toMatchObject({ from: 101, to: null, sales: 1 });
});

it("the rates of a tax report are in the order of their percentage, name and age", async () => {
  const shop = await newShop();
  const rates = [
    await newRate(shop, "B", 10_000),
    await newRate(shop, "C", 10_000),
    await newRate(shop, "A", 10_000),
    await newRate(shop, "Z", 21_000),
  ];
  for (const { id } of rates) {
    const product = await newProduct(shop, { price: 1000, tax_rate_id: id });
    expect((await sell(shop, product.id)).status).toBe(201);
  }
  await change("UPDATE tax_rates SET name = 'A', is_active = 0 WHERE id = ?", rates[1]?.id);
  const { body } = await call("GET", `${API}/reports/tax`, { token: shop.admin.token });
  expect(body.data.map(({ tax_rate_id }: { tax_rate_id: string }) => tax_rate_id)).toEqual(
    [3, 1, 2, 0].map((at) => rates[at]?.id),
  );
});
