// Parts of the real Online Retail data set against its known totals.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { importFile, pence, rejectsOf, retailTruth } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const getJson = async (shop: Shop, path: string) =>
  (await call("GET", `${API}/${path}`, { token: shop.admin.token })).body;

const { RETAIL_10K: first, RETAIL_ODD: odd, RETAIL_TRUTH: truth } = env;

describe("the first 10,000 lines of Online Retail", () => {
  if (!first || !truth) {
    it.skip("are missing: online-retail-10k.csv or -truth.json", () => {});
    return;
  }

  it("match the known totals, overall, by day and by country", async () => {
    const shop = await newShop({ currency: "GBP", timezone: "Europe/London" });
    const { totals, daily_all, countries_all } = retailTruth(truth).first_10k_rows.all_rows;
    expect(await importFile(shop, first)).toMatchObject({
      status: "done",
      rows_read: 10_000,
      rows_accepted: 10_000,
      rows_rejected: 0,
    });
    const kpis = await getJson(shop, "metrics/kpis");
    expect(kpis).toMatchObject({
      total_revenue: pence(totals.revenue_lines_rounded_to_pence),
      total_products_sold: totals.units,
      average_products_sold: totals.units / totals.lines,
      customers: totals.customers,
    });
    expect(kpis.sales + kpis.refunds).toBe(totals.invoices);
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(
      totals.products_case_folded,
    );
    const days = (await getJson(shop, "metrics/series?interval=day")).data;
    type Day = { period: string; sales: number; refunds: number; units: number; revenue: number };
    const byDay = days
      .map((day: Day) => [day.period, day.sales + day.refunds, day.units, day.revenue])
      .filter(([, invoices]: [string, number]) => invoices > 0);
    expect(byDay).toEqual(
      daily_all.rows.map(([day, , invoices, units, revenue]) => [day, invoices, units, pence(revenue)]),
    );
    const countries = (await getJson(shop, "metrics/top-countries?limit=100")).data;
    type Country = { country: string; customers: number; units: number; revenue: number };
    const byName = new Map(
      countries.map(({ country, customers, units, revenue }: Country) => [
        country,
        { customers, units, revenue },
      ]),
    );
    expect(byName).toEqual(
      new Map(
        countries_all.rows.map(({ country, customers, units, revenue }) => [
          country,
          { customers, units, revenue: pence(revenue) },
        ]),
      ),
    );
  });
});

/** The fields of a line; sufficient for this file, which has no line breaks in fields. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? "",
  );

describe("the irregular lines of Online Retail", () => {
  if (!odd) {
    it.skip("are missing: online-retail-odd.csv", () => {});
    return;
  }

  it("are all imported, and add up", async () => {
    const shop = await newShop({ currency: "GBP", timezone: "Europe/London" });
    const lines = new TextDecoder().decode(odd).trim().split(/\r?\n/).slice(1).map(fieldsOf);
    const done = await importFile(shop, odd);
    expect(await rejectsOf(shop.admin.token, done.id)).toBe("row,reason,text\r\n");
    expect(done).toMatchObject({ status: "done", rows_accepted: lines.length, rows_rejected: 0 });
    const amounts = lines.map(([, , , quantity, , price]) => {
      const thousandths = Math.round(Number(price) * 1000) * Number(quantity);
      return Math.sign(thousandths) * Math.floor((Math.abs(thousandths) + 5) / 10);
    });
    const invoices = [...new Set(lines.map(([invoice]) => invoice ?? ""))];
    expect(await getJson(shop, "metrics/kpis")).toMatchObject({
      total_revenue: amounts.reduce((sum, amount) => sum + amount, 0),
      total_products_sold: lines.reduce((sum, [, , , quantity]) => sum + Number(quantity), 0),
      sales: invoices.filter((invoice) => !invoice.startsWith("C")).length,
      refunds: invoices.filter((invoice) => invoice.startsWith("C")).length,
      customers: new Set(lines.flatMap(([, , , , , , customer]) => customer || [])).size,
    });
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(
      new Set(lines.map(([, sku]) => sku?.trim().toLowerCase())).size,
    );
    const pounds = lines.flatMap(([, , description]) =>
      description?.includes("£") ? [description.trim()] : [],
    );
    expect(pounds.length).toBeGreaterThan(0);
    expect(
      await count(
        "SELECT count(*) n FROM sale_lines WHERE tenant_id = ? AND description LIKE '%£%'",
        shop.tenant.id,
      ),
    ).toBe(pounds.length);
  });
});
