// The complete Online Retail data set: half a million lines through upload, queue and rollup, against its known totals.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { waitForImport, pence, retailTruth, uploadFile } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const { RETAIL_GZ: file, RETAIL_TRUTH: truthFile } = env;

describe("the complete Online Retail data set", () => {
  if (!file || !truthFile) {
    it.skip("is missing: online-retail.csv.gz or online-retail-truth.json", () => {});
    return;
  }

  let shop: Shop;
  const truth = retailTruth(truthFile);
  const { totals } = truth.all_rows;
  const getMetric = (path: string) => call("GET", `${API}/${path}`, { token: shop.admin.token });

  beforeAll(async () => {
    shop = await newShop({ currency: "GBP", timezone: "Europe/London" });
    const started = await uploadFile(shop.admin.token, file, { "content-encoding": "gzip" });
    expect(await waitForImport(shop.admin.token, started.body.id, 230)).toMatchObject({
      status: "done",
      error: null,
      rows_read: totals.lines,
      rows_accepted: totals.lines,
      rows_rejected: 0,
    });
  }, 240_000);

  it("adds up to the penny", async () => {
    const { body } = await getMetric("metrics/kpis");
    const refunds = truth.dirty.cancelled_C_invoices;
    expect(body).toMatchObject({
      currency: "GBP",
      total_revenue: pence(totals.revenue_lines_rounded_to_pence),
      total_products_sold: totals.units,
      sales: totals.invoices - refunds,
      refunds,
      customers: totals.customers,
    });
    expect(body).toMatchObject({
      total_revenue: 974_774_793,
      total_products_sold: 5_176_450,
      sales: 22_064,
      refunds: 3836,
      customers: 4372,
    });
    expect(body.average_products_sold).toBeCloseTo(totals.units / totals.lines, 6);
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(
      totals.products_case_folded,
    );
    expect(await count("SELECT count(*) n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id)).toBe(
      totals.lines,
    );
  });

  it("matches the known months, with growth from one to the next", async () => {
    const { body } = await getMetric("metrics/series?interval=month");
    const actual = body.data.map((each: { period: string; units: number; revenue: number }) => [
      each.period,
      each.units,
      each.revenue,
    ]);
    const months = truth.all_rows.monthly.rows;
    expect(actual).toEqual(months.map((row) => [`${row.month}-01`, row.units, pence(row.revenue)]));
    const previous = pence(months[0]?.revenue ?? "");
    const growth = (100 * (pence(months[1]?.revenue ?? "") - previous)) / previous;
    expect(body.data[0].growth_rate).toBeNull();
    expect(body.data[1].growth_rate).toBeCloseTo(growth, 6);
  });

  it("matches the known ten best countries with their customers and units, and lists all thirty-eight", async () => {
    const { body } = await getMetric("metrics/top-countries");
    const actual = body.data.map(
      (each: { country: string; customers: number; units: number; revenue: number }) => [
        each.country,
        each.customers,
        each.units,
        each.revenue,
      ],
    );
    // Each line is rounded, so a country's sum may differ slightly because of the few lines with tenths of a penny.
    const best = truth.all_rows.countries_by_revenue_top10.rows;
    expect(actual.map((row: unknown[]) => row.slice(0, 3))).toEqual(
      best.map((row) => [row.country, row.customers, row.units]),
    );
    for (const [index, row] of best.entries())
      expect(Math.abs(actual[index][3] - pence(row.revenue))).toBeLessThanOrEqual(1);
    const all = await getMetric("metrics/top-countries?limit=100");
    expect(all.body.data.length).toBe(totals.countries);
    const revenue = all.body.data.reduce((sum: number, each: { revenue: number }) => sum + each.revenue, 0);
    expect(revenue).toBe(pence(totals.revenue_lines_rounded_to_pence));
  });

  it("reads at most 1,000 rows for key figures and series and 5,000 for countries, and takes one query when cached", async () => {
    for (const path of [
      "metrics/kpis?to=2999-01-01",
      "metrics/series?interval=week",
      "metrics/series?interval=month&to=2999-01-01",
    ]) {
      const response = await getMetric(path);
      expect(response.headers.get("server-timing")).toContain('kv;desc="miss"');
      expect(costOf(response)).toMatchObject({ queries: 1 });
      expect(costOf(response).read).toBeLessThanOrEqual(1000);
    }
    const countries = await getMetric("metrics/top-countries?limit=5");
    expect(countries.headers.get("server-timing")).toContain('kv;desc="miss"');
    expect(costOf(countries).read).toBeLessThanOrEqual(5000);
    const cached = await getMetric("metrics/kpis?to=2999-01-01");
    expect(cached.headers.get("server-timing")).toContain('kv;desc="hit"');
    expect(costOf(cached).queries).toBe(1);
    expect(costOf(await getMetric("sales?limit=20")).read).toBeLessThan(60);
    expect(costOf(await getMetric("metrics/page?limit=20")).read).toBeLessThan(100);
  });
});
