// Products by weight in the figures, the report of a shift, recommendations and the lake.
import { expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { buildNight, expectLakeOf, lakeFiles, lakeRows, metadataOf } from "../support/lake.ts";
import { runNight } from "../support/recommendations.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const get = async (shop: Shop, path: string) =>
  (await call("GET", `${API}${path}`, { token: shop.admin.token })).body;

/** A shop on shift that has sold 0.335 kg, 1.1 kg and 2 pieces, and refunded 0.1 kg. */
async function shopOfWeights() {
  const shop = await newShop();
  const { token } = shop.admin;
  const json = { device_label: "Till 1", opening_cash: 0 };
  const { body: shift } = await call("POST", `${API}/shifts/start`, { token, json });
  const cheese = await newProduct(shop, {
    sku: "CHEESE",
    price: 1890,
    unit: "kg",
    stock: 1.5,
    category: "Cheese",
  });
  const book = await newProduct(shop, { sku: "BOOK", price: 500, category: "Books" });
  await sellOne(token, cheese.id, 0.335);
  const { body: sale } = await sellOne(token, cheese.id, 1.1);
  await sellOne(token, book.id, 2);
  const refund = { items: [{ product_id: cheese.id, quantity: 0.1 }], reason: "rind", restock: true };
  await call("POST", `${API}/sales/${sale.id}/refunds`, { token, json: refund });
  return { shop, shift, cheese, book };
}

const UNITS = 3.335;
const REVENUE = 633 + 2079 + 1000 - 189;

it("units have at most three decimals in every figure, before and after the ETL", async () => {
  const { shop, cheese } = await shopOfWeights();
  for (const isDirty of [true, false]) {
    if (!isDirty) await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await get(shop, `/metrics/kpis?from=2020-01-0${isDirty ? 1 : 2}`)).toMatchObject({
      total_revenue: REVENUE,
      total_products_sold: UNITS,
      average_products_sold: 0.83375,
    });
    const series = await get(shop, `/metrics/series?interval=${isDirty ? "day" : "week"}`);
    expect(series.data).toMatchObject([{ units: UNITS, revenue: REVENUE }]);
    const limit = isDirty ? 1 : 2;
    const countries = await get(shop, `/metrics/top-countries?sort=units&limit=${limit}`);
    expect(countries.data).toMatchObject([{ country: "Unspecified", units: UNITS }]);
    const country = await get(shop, `/metrics/top-countries/Unspecified?from=2020-01-0${limit}`);
    expect(country).toMatchObject({ units: UNITS, series: [{ units: UNITS }] });
    expect((await get(shop, "/reports/dashboard")).sellers).toMatchObject([{ units: UNITS }]);
  }
  const { data: lines } = await get(shop, "/metrics/page");
  expect(lines.map(({ sku, quantity, unit }: Record<string, unknown>) => [sku, quantity, unit])).toEqual([
    ["CHEESE", -0.1, "kg"],
    ["BOOK", 2, "piece"],
    ["CHEESE", 1.1, "kg"],
    ["CHEESE", 0.335, "kg"],
  ]);
  expect(await get(shop, `/products/${cheese.id}`)).toMatchObject({ stock: 0.165 });
});

it("units of several days add up exactly, unlike floating-point numbers", async () => {
  const shop = await newShop();
  const rows = [
    { invoice: "1", date: "2026-03-02 10:00:00", quantity: "0.1" },
    { invoice: "2", date: "2026-03-03 10:00:00", quantity: "0.2" },
  ];
  await importFile(shop, fileOf(rows));
  expect(await get(shop, "/metrics/kpis")).toMatchObject({ total_products_sold: 0.3 });
  expect((await get(shop, "/metrics/series?interval=month")).data).toMatchObject([{ units: 0.3 }]);
  expect(await get(shop, "/metrics/top-countries/Unspecified")).toMatchObject({ units: 0.3 });
});

it("the report of a shift has the units of each category", async () => {
  const { shop, shift } = await shopOfWeights();
  const { by_category } = await get(shop, `/shifts/${shift.id}/report`);
  expect(by_category).toEqual([
    { category: "Cheese", units: 1.335, total: REVENUE - 1000 },
    { category: "Books", units: 2, total: 1000 },
  ]);
});

it("what a product has sold is counted in thousandths, less what was refunded", async () => {
  const { shop } = await shopOfWeights();
  await runNight(shop);
  expect(
    await rowsOf("SELECT sku, sold FROM products WHERE tenant_id = ? ORDER BY sku", shop.tenant.id),
  ).toEqual([
    { sku: "BOOK", sold: 2000 },
    { sku: "CHEESE", sold: 1335 },
  ]);
});

it("quantities are decimals with three places in the lake, beside their unit", async () => {
  const { shop } = await shopOfWeights();
  await buildNight(shop);
  await expectLakeOf(shop);
  expect((await lakeRows(shop, "purchases")).map(({ sku, quantity, unit }) => [sku, quantity, unit])).toEqual(
    [
      ["CHEESE", 0.335, "kg"],
      ["CHEESE", 1.1, "kg"],
      ["BOOK", 2, "piece"],
      ["CHEESE", -0.1, "kg"],
    ],
  );
  expect(await lakeRows(shop, "daily_summary")).toMatchObject([{ units: UNITS }]);
  const products = await lakeRows(shop, "products");
  expect(new Map(products.map(({ sku, stock, unit }) => [sku, [stock, unit]]))).toEqual(
    new Map([
      ["CHEESE", [0.165, "kg"]],
      ["BOOK", [null, "piece"]],
    ]),
  );
  for (const [dataset, column] of [
    ["purchases", "quantity"],
    ["daily_summary", "units"],
    ["products", "stock"],
  ] as const) {
    const [file] = await lakeFiles(shop, `&dataset=${dataset}`);
    const { schema } = await metadataOf(file?.key ?? "");
    expect(schema.find(({ name }) => name === column)).toMatchObject({
      type: "INT64",
      converted_type: "DECIMAL",
      scale: 3,
    });
  }
});
