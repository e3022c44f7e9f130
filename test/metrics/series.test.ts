import { beforeAll, describe, expect, it } from "vitest";
import { addDays, countDays, dayOf } from "../../src/values/days.ts";
import { periodsOf } from "../../src/metrics/periods.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

describe("sales over time", () => {
  let shop: Shop;

  const getMetric = (path: string) => call("GET", `${API}/metrics/${path}`, { token: shop.admin.token });

  beforeAll(async () => {
    shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", date: "2025-12-31 10:00", price: "60", customer: "a" },
        { invoice: "2", date: "2026-01-01 10:00", price: "20", quantity: 2, customer: "a" },
        { invoice: "3", date: "2026-01-04 10:00", price: "5", quantity: 12, customer: "b" },
        { invoice: "4", date: "2026-02-10 10:00", price: "150", customer: "a" },
        { invoice: "5", date: "2026-03-10 10:00", price: "0" },
        { invoice: "6", date: "2026-04-10 10:00", price: "50" },
        { invoice: "C7", date: "2026-05-10 10:00", price: "20", quantity: -1, customer: "c" },
        { invoice: "8", date: "2026-06-10 10:00", price: "10" },
      ]),
    );
  });

  it("by month have revenue, units, sales, refunds, and growth in percent since the previous month", async () => {
    const { body } = await getMetric("series?interval=month");
    expect(body).toMatchObject({ currency: "EUR", interval: "month" });
    const month = (
      period: string,
      sales: number,
      refunds: number,
      units: number,
      revenue: number,
      growth_rate: number | null,
    ) => ({
      period,
      sales,
      refunds,
      units,
      revenue,
      growth_rate,
      partial: false,
    });
    expect(body.data).toEqual([
      month("2025-12-01", 1, 0, 1, 6000, null),
      month("2026-01-01", 2, 0, 14, 10_000, 66.666667),
      month("2026-02-01", 1, 0, 1, 15_000, 50),
      month("2026-03-01", 1, 0, 1, 0, -100),
      month("2026-04-01", 1, 0, 1, 5000, null),
      month("2026-05-01", 0, 1, -1, -2000, -140),
      month("2026-06-01", 1, 0, 1, 1000, 150),
    ]);
  });

  it.each([
    [
      "day",
      "2026-01-05",
      [
        ["2025-12-31", 6000],
        ["2026-01-01", 4000],
        ["2026-01-02", 0],
        ["2026-01-03", 0],
        ["2026-01-04", 6000],
        ["2026-01-05", 0],
      ],
    ],
    ["week", "2026-01-04", [["2025-12-29", 16_000]]],
    [
      "year",
      "2026-12-31",
      [
        ["2025-01-01", 6000],
        ["2026-01-01", 29_000],
      ],
    ],
  ])("by %s are named by its first day", async (interval, to, expected) => {
    const { body } = await getMetric(`series?interval=${interval}&to=${to}`);
    expect(body.data.map((each: { period: string; revenue: number }) => [each.period, each.revenue])).toEqual(
      expected,
    );
  });

  it("list every period of the range, with zeros where nothing was sold, up to today", async () => {
    const periods = async (query: string) => {
      const { body } = await getMetric(`series?${query}`);
      return body.data.map((each: { period: string; revenue: number; growth_rate: number | null }) => [
        each.period,
        each.revenue,
        each.growth_rate,
      ]);
    };
    expect(await periods("interval=month&from=2025-10-15&to=2026-02-01")).toEqual([
      ["2025-10-01", 0, null],
      ["2025-11-01", 0, null],
      ["2025-12-01", 6000, null],
      ["2026-01-01", 10_000, 66.666667],
      ["2026-02-01", 0, -100],
    ]);
    expect(await periods("interval=year&from=2097-05-01&to=2099-05-01")).toEqual([]);
    const today = dayOf(new Date(), shop.tenant.timezone);
    const open = await periods("interval=day&from=2026-06-09&to=2099-05-01");
    expect([open.length, open.at(-1)?.[0]]).toEqual([countDays("2026-06-09", today), today]);
    const recent = await periods(`from=${addDays(today, -3)}&to=${addDays(today, 30)}`);
    expect(recent).toEqual([-3, -2, -1, 0].map((days) => [addDays(today, days), 0, null]));
    expect(await periods(`from=${addDays(today, -3)}`)).toEqual([]);
  });

  it("mark the period that has not ended", async () => {
    const today = dayOf(new Date(), shop.tenant.timezone);
    for (const interval of ["day", "week", "month", "year"]) {
      const { body } = await getMetric(
        `series?interval=${interval}&from=${addDays(today, -400)}&to=${today}`,
      );
      const marks = body.data.map((each: { partial: boolean }) => each.partial);
      expect(marks.at(-1)).toBe(true);
      expect(marks.slice(0, -1)).not.toContain(true);
    }
  });

  it("mark no period that has not begun, though something is dated in it", () => {
    const ctx = shop.admin.ctx(new Date("2026-03-10T12:00:00Z"));
    const marks = (interval: "day" | "month", days: string[]) =>
      periodsOf(
        ctx,
        {},
        interval,
        days.map((day) => ({ day })),
      ).map(({ period, partial }) => [period, partial]);
    expect(marks("day", ["2026-03-09", "2026-03-11"])).toEqual([
      ["2026-03-09", false],
      ["2026-03-10", true],
      ["2026-03-11", false],
    ]);
    expect(marks("month", ["2026-02-28", "2026-04-01"])).toEqual([
      ["2026-02-01", false],
      ["2026-03-01", true],
      ["2026-04-01", false],
    ]);
  });

  it.each(["day", "month", "year"] as const)("by %s end with the last one of all", (interval) => {
    const ctx = shop.admin.ctx(new Date("2026-03-10T12:00:00Z"));
    const periods = periodsOf(ctx, {}, interval, [{ day: "9999-12-30" }, { day: "9999-12-31" }]);
    const days = interval === "day" ? 2 : 1;
    expect(periods.map(({ rows }) => rows.length)).toEqual(Array.from({ length: days }, () => 2 / days));
  });

  it("are refused with more than 20,000 periods", async () => {
    const { status, body } = await getMetric("series?interval=day&from=1900-01-01&to=2026-01-01");
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      {
        pointer: "#/query/interval",
        detail: "the range has more than 20000 periods: choose a longer interval or a shorter range",
      },
    ]);
    expect((await getMetric("series?interval=week&from=1900-01-01&to=2026-01-01")).status).toBe(200);
  });

  it("are by day by default", async () => {
    expect((await getMetric("series")).body.interval).toBe("day");
  });

  it("are restricted by from and to, both inclusive", async () => {
    const total = async (range: string) => (await getMetric(`kpis?${range}`)).body;
    expect(await total("from=2026-01-01&to=2026-01-04")).toMatchObject({
      total_revenue: 10_000,
      sales: 2,
      customers: 2,
    });
    expect(await total("from=2026-01-02&to=2026-01-03")).toMatchObject({ total_revenue: 0, sales: 0 });
    expect(await total("from=2026-06-10")).toMatchObject({ total_revenue: 1000 });
    expect(await total("to=2025-12-31")).toMatchObject({ total_revenue: 6000 });
    expect(await total("from=2026-06-10&to=2026-01-01")).toMatchObject({ type: "/problems/invalid" });
  });

  it.each(["from=2026-02-30", "to=x", "from=", "interval=hour", "colour=red"])("reject %s", async (query) => {
    expect((await getMetric(`series?${query}`)).status).toBe(422);
  });

  it("have key figures: net revenue, units per line, distinct customers over all days", async () => {
    expect((await getMetric("kpis")).body).toMatchObject({
      total_revenue: 35_000,
      total_products_sold: 18,
      average_products_sold: 2.25,
      sales: 7,
      refunds: 1,
      average_sale: 5000,
      customers: 3,
    });
  });

  it("have a daily summary, as JSON and as CSV", async () => {
    const { body } = await getMetric("sales-summary?from=2026-04-01&to=2026-05-31");
    expect(body.data).toEqual([
      { date: "2026-04-10", num_sales: 1, total_sales: 5000 },
      { date: "2026-05-10", num_sales: 0, total_sales: -2000 },
    ]);
    const csv = await getMetric("sales-summary?from=2026-04-01&to=2026-05-31&format=csv");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toContain(
      "sales-summary from 2026-04-01 to 2026-05-31.csv",
    );
    expect(csv.text).toBe(
      "date,num_sales,total_sales,currency\r\n2026-04-10,1,50.00,EUR\r\n2026-05-10,0,-20.00,EUR\r\n",
    );
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change(
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, '2026-04-10', 1)",
      shop.tenant.id,
    );
    await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
    const partlyBuilt = await getMetric("sales-summary?from=2026-04-01&to=2026-05-31");
    expect(partlyBuilt.body.data).toEqual(body.data);
  });
});
