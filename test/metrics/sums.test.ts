// Sums and orders of figures, of values that a person can check.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { amounts } from "../../src/metrics/breakdowns/amounts.ts";
import { baskets } from "../../src/metrics/breakdowns/baskets.ts";
import { breakdown } from "../../src/metrics/breakdowns/breakdown.ts";
import { topCountries } from "../../src/metrics/countries.ts";
import { customers } from "../../src/metrics/customers/customers.ts";
import { isSold } from "../../src/metrics/rankings/top-products.ts";
import { sumTotals } from "../../src/metrics/rankings/totals.ts";
import { sumBy } from "../../src/metrics/totals.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell as sellAt } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { shopWith } from "../support/commerce.ts";
import { newRate } from "../support/receipts.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

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

it("reasons of refunds are told apart by their first eighty characters", async () => {
  const shop = await newShop();
  const { token } = shop.admin;
  const { id } = await newProduct(shop, { price: 500 });
  const start = "x".repeat(79);
  for (const reason of [`${start}ab`, `${start}ac`, `${start}b`]) {
    const { body } = await sell(shop, id);
    const json = { items: [{ product_id: id, quantity: 1 }], reason };
    await call("POST", `${API}/sales/${body.id}/refunds`, { token, json });
  }
  const { body } = await call("GET", `${API}/metrics/breakdown?by=refund_reason`, { token });
  expect(body.data).toEqual([
    { key: `${start}a`, sales: null, refunds: 2, units: -2, revenue: -1000, share: 0.666_667 },
    { key: `${start}b`, sales: null, refunds: 1, units: -1, revenue: -500, share: 0.333_333 },
  ]);
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

it("a basket with part of a unit counts with those of the next whole number", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { price: 500, unit: "kg" });
  for (const quantity of [0.001, 1, 1.001]) await sell(shop, id, quantity);
  const { body } = await call("GET", `${API}/metrics/baskets`, { token: shop.admin.token });
  expect(body.units).toMatchObject([
    { from: 1, to: 1, sales: 2 },
    { from: 2, to: 2, sales: 1 },
  ]);
});

it("baskets have the lines, the units and the revenue of a sale on average, and their sizes in order", async () => {
  const shop = await newShop();
  const [book, card] = [await newProduct(shop, { price: 500 }), await newProduct(shop, { price: 300 })];
  const sellOn = (day: string, items: [{ id: string }, number][]) =>
    sellAt(
      shop.admin.ctx(new Date(`${day}T10:00:00Z`)),
      {
        items: items.map(([{ id }, units]) => ({ product_id: id, quantity: 1000 * units })),
        payment_method: "card",
      },
      undefined,
    );
  await sellOn("2026-03-02", [
    [book, 2],
    [card, 1],
  ]);
  await sellOn("2026-03-03", [[book, 1]]);
  const ctx = shop.admin.ctx(new Date("2026-06-01T10:00:00Z"));
  const compared = { compare: "previous", align: "date" } as const;
  const both = await runPlan(ctx, baskets(ctx, { ...compared, from: "2026-03-02", to: "2026-03-03" }));
  const none = { sales: 0, average_lines: 0, average_units: 0, average_sale: 0 };
  expect(both).toMatchObject({
    sales: 2,
    average_lines: 1.5,
    average_units: 2,
    average_sale: 900,
    before: none,
  });
  expect(both.lines.map(({ from, revenue }) => [from, revenue])).toEqual([
    [1, 500],
    [2, 1300],
  ]);
  expect(both.units.map(({ from, revenue }) => [from, revenue])).toEqual([
    [1, 500],
    [3, 1300],
  ]);
  const later = await runPlan(ctx, baskets(ctx, { ...compared, from: "2026-03-03", to: "2026-03-03" }));
  expect(later).toMatchObject({
    average_lines: 1,
    before: { sales: 1, average_lines: 2, average_units: 3, average_sale: 1300 },
    change: { average_sale: -800 },
  });
});

it("a margin is of what was sold with a known cost, and its coverage the part that this has of all", async () => {
  const shop = await newShop();
  const [known, unknown] = [
    await newProduct(shop, { price: 800, cost: 300 }),
    await newProduct(shop, { price: 200 }),
  ];
  const margin = async () => (await call("GET", `${API}/metrics/margin`, { token: shop.admin.token })).body;
  const nothing = { net: 0, known_net: 0, cost: 0, margin: 0 };
  expect(await margin()).toMatchObject({ ...nothing, margin_percent: null, coverage: null });
  await sell(shop, unknown.id);
  expect(await margin()).toMatchObject({ ...nothing, net: 200, margin_percent: null, coverage: 0 });
  await sell(shop, known.id);
  expect(await margin()).toMatchObject({
    net: 1000,
    known_net: 800,
    cost: 300,
    margin: 500,
    margin_percent: 62.5,
    coverage: 0.8,
  });
});

it("what was sold, discounted, paid back and rounded is told apart", async () => {
  const shop = await shopWith({ cashRounding: 5 });
  const [odd, even] = [await newProduct(shop, { price: 1023 }), await newProduct(shop, { price: 1000 })];
  const ctx = shop.admin.ctx(new Date("2026-03-02T10:00:00Z"));
  const all = { compare: "none", align: "date" } as const;
  const nothing = { sold: 0, refunded: 0, revenue: 0, tax: 0, net: 0 };
  const none = { ...nothing, discounts: 0, discounted_sales: 0, rounding: 0 };
  expect(await runPlan(ctx, amounts(ctx, all))).toMatchObject(none);
  const items = [{ product_id: even.id, quantity: 1000 }];
  await sellAt(ctx, { items: [{ product_id: odd.id, quantity: 1000 }], payment_method: "cash" }, undefined);
  const discount = { percent: 10_000, reason: "sale" };
  const { value: sale } = await sellAt(ctx, { items, discount, payment_method: "card" }, undefined);
  expect(await runPlan(ctx, amounts(ctx, all))).toMatchObject({
    sold: 1923,
    refunded: 0,
    revenue: 1923,
    discounts: 100,
    discounted_sales: 1,
    rounding: 2,
  });
  const { data } = await runPlan(ctx, breakdown(ctx, { ...all, by: "payment_method" }));
  expect(data).toEqual([
    { key: "cash", sales: 1, refunds: 0, units: null, revenue: 1023, share: 0.531981 },
    { key: "card", sales: 1, refunds: 0, units: null, revenue: 900, share: 0.468019 },
  ]);
  await refundSale(ctx, sale.id, { items, reason: "torn", restock: false }, undefined);
  expect(await runPlan(ctx, amounts(ctx, all))).toMatchObject({
    sold: 1923,
    refunded: 900,
    revenue: 1023,
    net: 1023,
    discounts: 0,
    discounted_sales: 1,
    rounding: 2,
  });
  const get = (query: string) =>
    call("GET", `${API}/metrics/breakdown?format=csv&${query}`, { token: shop.admin.token });
  const csv = await get("by=payment_method&from=2026-03-01");
  expect(csv.headers.get("content-disposition")).toContain("Test shop payment_method from 2026-03-01.csv");
  expect(csv.text.split("\r\n")).toEqual([
    "key,sales,refunds,units,revenue,share,currency",
    '"cash",1,0,,10.23,1,EUR',
    '"card",1,1,,0.00,0,EUR',
    "",
  ]);
  expect((await get("by=channel")).text).toContain('\n"counter",2,1,1,10.23,1,EUR\r\n');
  expect((await get("by=hour_of_week")).text.split("\r\n")[12]).toBe('"1 11",2,1,1,10.23,1,EUR');
});

it("customers are new in the range of their first sale, and belong to the cohort of its month", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { price: 100 });
  const [ana, bo, eva] = [
    await newPerson(shop.tenant, "CUSTOMER"),
    await newPerson(shop.tenant, "CUSTOMER"),
    await newPerson(shop.tenant, "CUSTOMER"),
  ];
  for (const [day, customer_id, units] of [
    ["2026-02-10", ana.id, 10],
    ["2026-02-10", bo.id, 4],
    ["2026-02-11", undefined, 1],
    ["2026-03-03", ana.id, 2],
    ["2026-03-03", eva.id, 3],
  ] as const)
    await sellAt(
      shop.admin.ctx(new Date(`${day}T10:00:00Z`)),
      { items: [{ product_id: id, quantity: 1000 * units }], payment_method: "card", customer_id },
      undefined,
    );
  const ctx = shop.admin.ctx();
  const march = { from: "2026-03-01", to: "2026-03-31", compare: "previous", align: "date" } as const;
  expect(await runPlan(ctx, customers(ctx, march))).toMatchObject({
    customers: 2,
    new_customers: 1,
    returning_customers: 1,
    new_revenue: 300,
    returning_revenue: 200,
    anonymous_revenue: 0,
    before: {
      customers: 2,
      new_customers: 2,
      returning_customers: 0,
      new_revenue: 1400,
      returning_revenue: 0,
      anonymous_revenue: 100,
    },
    change: { new_customers: -1, returning_customers: 1 },
  });
  const path = `${API}/metrics/cohorts?format=csv&from=2026-02-20&to=2026-03-01`;
  const csv = await call("GET", path, { token: shop.admin.token });
  expect(csv.headers.get("content-disposition")).toContain("cohorts from 2026-02-20 to 2026-03-01.csv");
  expect(csv.text.split("\r\n")).toEqual([
    "cohort,customers,month,active,retention,sales,revenue,currency",
    "2026-02,2,2026-02,2,1,2,14.00,EUR",
    "2026-02,2,2026-03,1,0.5,1,2.00,EUR",
    "2026-03,1,2026-03,1,1,1,3.00,EUR",
    "",
  ]);
});

it("countries of equal revenue are in the order of their names, the lowest or the highest first", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { price: 500 });
  for (const [day, country] of [
    ["02", "Norway"],
    ["03", "Chile"],
    ["04", "Mali"],
  ] as const)
    await sellAt(
      shop.admin.ctx(new Date(`2026-03-${day}T10:00:00Z`)),
      { items: [{ product_id: id, quantity: 1000 }], payment_method: "card", country },
      undefined,
    );
  const ctx = shop.admin.ctx();
  for (const order of ["asc", "desc"] as const) {
    const query = { limit: 10, sort: "revenue", order, compare: "none", align: "date" } as const;
    const { data } = await topCountries(ctx, query);
    expect(data.map(({ country }) => country)).toEqual(["Chile", "Mali", "Norway"]);
  }
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
