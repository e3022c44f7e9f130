// A sale belongs to the shop's local day, including on days with a clock change.
import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";

// Instants around midnight in Madrid, before, on and after the days with a clock change.
const instants: [string, string][] = [
  ["2026-03-28T22:59:59.999Z", "2026-03-28"],
  ["2026-03-28T23:00:00.000Z", "2026-03-29"],
  ["2026-03-29T00:59:59.999Z", "2026-03-29"],
  ["2026-03-29T01:00:00.000Z", "2026-03-29"],
  ["2026-03-29T21:59:59.999Z", "2026-03-29"],
  ["2026-03-29T22:00:00.000Z", "2026-03-30"],
  ["2026-10-24T21:59:59.999Z", "2026-10-24"],
  ["2026-10-24T22:00:00.000Z", "2026-10-25"],
  ["2026-10-25T00:30:00.000Z", "2026-10-25"],
  ["2026-10-25T01:30:00.000Z", "2026-10-25"],
  ["2026-10-25T22:59:59.999Z", "2026-10-25"],
  ["2026-10-25T23:00:00.000Z", "2026-10-26"],
];

const expected = [...Map.groupBy(instants, ([, day]) => day)].map(([day, of]) => ({
  date: day,
  num_sales: of.length,
  total_sales: 100 * of.length,
}));

async function figuresOf(shop: Shop) {
  const getMetric = async (path: string) =>
    (await call("GET", `${API}/metrics/${path}`, { token: shop.admin.token })).body.data;
  const series = await getMetric("series?interval=day");
  return {
    summary: await getMetric("sales-summary"),
    series: series
      .filter((each: { sales: number }) => each.sales > 0)
      .map((each: { period: string; sales: number; revenue: number }) => ({
        date: each.period,
        num_sales: each.sales,
        total_sales: each.revenue,
      })),
  };
}

describe("a shop in Madrid", () => {
  it("counts counter sales on its local days, before and after the ETL", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 100 });
    const items = [{ product_id: product.id, quantity: 1000 }];
    for (const [instant, day] of instants) {
      const { value } = await sell(
        shop.admin.ctx(new Date(instant)),
        { items, payment_method: "cash" },
        undefined,
      );
      expect(value).toMatchObject({ day, placed_at: instant });
    }
    expect(await figuresOf(shop)).toEqual({ summary: expected, series: expected });
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await figuresOf(shop)).toEqual({ summary: expected, series: expected });
  });

  it("counts imported sales on the same days, with or without a time zone in the file", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf(instants.map(([instant], index) => ({ invoice: String(index), date: instant }))),
    );
    expect(await figuresOf(shop)).toEqual({ summary: expected, series: expected });
    const localTimes = [
      "2026-03-28 23:59:59",
      "2026-03-29 00:00:00",
      "2026-03-29 02:30:00",
      "2026-03-29 23:59:59",
      "2026-10-25 02:30:00",
      "2026-10-25 23:59:59",
    ];
    const local = await newShop();
    await importFile(local, fileOf(localTimes.map((date, index) => ({ invoice: String(index), date }))));
    expect((await figuresOf(local)).summary).toEqual([
      { date: "2026-03-28", num_sales: 1, total_sales: 100 },
      { date: "2026-03-29", num_sales: 3, total_sales: 300 },
      { date: "2026-10-25", num_sales: 2, total_sales: 200 },
    ]);
  });

  it("and shops in other time zones count the same instant on their local days", async () => {
    const days: string[] = [];
    for (const timezone of ["Europe/Madrid", "America/Sao_Paulo", "Asia/Kathmandu"]) {
      const shop = await newShop({ timezone });
      await importFile(shop, fileOf([{ date: "2026-03-28T23:30:00Z" }]));
      const { body } = await call("GET", `${API}/metrics/series`, { token: shop.admin.token });
      days.push(body.data[0].period);
    }
    expect(days).toEqual(["2026-03-29", "2026-03-28", "2026-03-29"]);
  });
});
