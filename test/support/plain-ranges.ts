// Figures over ranges of days, computed plainly from sales and lines, and as metrics read them from months, days and sales.
import { z } from "zod";
import { topCountries } from "../../src/metrics/countries.ts";
import type { Range } from "../../src/metrics/days.ts";
import { kpis } from "../../src/metrics/figures.ts";
import { customerTotals, identified, toCustomer } from "../../src/metrics/rankings/customers.ts";
import { topProducts } from "../../src/metrics/rankings/top-products.ts";
import { sumTotals } from "../../src/metrics/rankings/totals.ts";
import { tableRows } from "../../src/metrics/totals.ts";
import { planOf, runPlan } from "../../src/platform/plan.ts";
import type { DailyTable } from "../../src/rollups/daily-table.ts";
import { dailyTables } from "../../src/rollups/daily-tables.ts";
import { rowsOfEach } from "./d1.ts";
import { type PlainRows, plainRows, type Row, sumByKeys } from "./plain-figures.ts";
import type { Shop } from "./shops.ts";

const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** Some ranges around the month `2026-09`. */
export const RANGES: Range[] = [
  {},
  { from: "2026-08-30" },
  { to: "2026-09-03" },
  { from: "2026-08-01", to: "2026-09-30" },
  { from: "2026-08-31", to: "2026-09-02" },
  { from: "2026-09-01", to: "2026-09-30" },
  { from: "2026-09-03", to: "2026-10-02" },
];

type Figures = {
  tables: Record<string, unknown>;
  customers: number;
  countries: [string, number][];
  ranking: unknown[];
  products: unknown[];
};

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** The tables that have months, whose sums are taken by key. */
const monthlyTables = (): [string, DailyTable][] =>
  Object.entries<DailyTable>(dailyTables).filter(([, { isPacked }]) => !isPacked);

export async function readRange(shop: Shop, range: Range): Promise<Figures> {
  const ctx = shop.admin.ctx();
  const query = { ...range, compare: "none", align: "date" } as const;
  const plans = {
    tables: monthlyTables().map(([name, table]) => ({
      name,
      table,
      plan: tableRows(ctx, table, range, anyRow),
    })),
    totals: planOf(customerTotals(ctx, range), (rows) => sumTotals("customers", rows).map(toCustomer)),
    kpis: kpis(ctx, query),
  };
  const countries = await topCountries(ctx, { ...query, limit: 100, sort: "revenue", order: "desc" });
  const { tables, totals, customers } = await runPlan(ctx, {
    statements: [
      ...plans.tables.flatMap(({ plan }) => plan.statements),
      ...[plans.totals, plans.kpis].flatMap(({ statements }) => statements),
    ],
    read: (done) => ({
      tables: Object.fromEntries(
        plans.tables.map(({ name, table, plan }) => [name, sumByKey(table, plan.read(done))]),
      ),
      totals: plans.totals.read(done),
      customers: plans.kpis.read(done).customers,
    }),
  });
  const known = await identified(
    ctx,
    totals.filter(({ sales, refunds }) => sales !== 0 || refunds !== 0),
  );
  const products = await topProducts(ctx, {
    ...range,
    compare: "none",
    align: "date",
    sort: "revenue",
    limit: 100,
  });
  return {
    tables,
    customers,
    countries: countries.data
      .map(({ country, customers }): [string, number] => [country, customers])
      .filter(([, customers]) => customers > 0)
      .toSorted(byText),
    ranking: known
      .map(({ sort_key, sales, refunds, units, revenue }) => [sort_key, sales, refunds, units, revenue])
      .toSorted(byText),
    products: products.data
      .map(({ product_id, sales, units, revenue }) => [product_id, sales, Math.round(units * 1000), revenue])
      .toSorted(byText),
  };
}

/** The rows of days, added up by the keys of their table. */
const sumByKey = (table: DailyTable, days: Row[]): Row[] =>
  sumByKeys(days, Object.keys(table.keys), Object.keys(table.sums)).toSorted(byText);

/** `days` are the rows of the daily tables as they have to be. */
export async function plainRange(
  shop: Shop,
  { from = "", to = "9999" }: Range,
  days?: PlainRows,
): Promise<Figures> {
  const isCounted = "s.tenant_id = ? AND s.status = 'completed' AND s.day BETWEEN ? AND ?";
  const sales = "FROM sales s WHERE " + isCounted;
  const lines = `FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE ${isCounted}`;
  const values = [shop.tenant.id, from, to];
  const found = await rowsOfEach({
    customers: {
      query: `SELECT count(DISTINCT (s.customer_id IS NOT NULL) || s.customer_key) AS n ${sales}`,
      values,
    },
    countries: {
      query: `SELECT coalesce(s.country, 'Unspecified') AS country, count(DISTINCT (s.customer_id IS NOT NULL) || s.customer_key) AS n
        ${sales} AND s.customer_key IS NOT NULL GROUP BY 1`,
      values,
    },
    ranking: {
      query: `SELECT (s.customer_id IS NOT NULL) || s.customer_key AS customer, sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds,
        sum(s.units) AS units, sum(s.total) AS revenue ${sales} AND s.customer_key IS NOT NULL GROUP BY 1`,
      values,
    },
    products: {
      query: `SELECT l.product_id, count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS sales, sum(l.quantity) AS units,
        sum(l.subtotal) AS revenue ${lines} GROUP BY 1`,
      values,
    },
  });
  const rowsNamed = (name: string) => found.get(name) ?? [];
  const arrays = (name: string) =>
    rowsNamed(name)
      .map((row) => Object.values(row))
      .toSorted(byText);
  const plain = days ?? (await plainRows(shop));
  return {
    tables: Object.fromEntries(
      monthlyTables().map(([name, table]) => {
        const rows = (plain.get(name) ?? []).filter(({ day }) => String(day) >= from && String(day) <= to);
        return [name, sumByKey(table, rows)];
      }),
    ),
    customers: Number(rowsNamed("customers")[0]?.["n"]),
    countries: rowsNamed("countries")
      .map((row): [string, number] => [String(row["country"]), Number(row["n"])])
      .toSorted(byText),
    ranking: arrays("ranking"),
    products: arrays("products"),
  };
}
