// Comparisons against plain computations over the sale lines: for any range, whichever days are dirty, at any moment of the day.
import * as fc from "fast-check";
import { changes, comparisonOf } from "../../src/metrics/comparison/comparison.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { topCountries } from "../../src/metrics/countries.ts";
import { kpis } from "../../src/metrics/figures.ts";
import { series } from "../../src/metrics/series.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { sellerDashboard } from "../../src/metrics/staff/sellers.ts";
import { topProducts } from "../../src/metrics/rankings/top-products.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { runImport } from "../../src/imports/consume.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays, addYears, countDays } from "../../src/values/days.ts";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const FIRST_DAY = "2024-01-15";
const DAYS = 800;

type Line = { kind: string; id: string; day: string; at: string } & Record<string, unknown>;

const linesOf = async (shop: Shop): Promise<Line[]> =>
  (
    await rowsOf(
      `SELECT s.kind, s.id, s.day, s.placed_at AS at, coalesce(s.country, 'Unspecified') AS country, s.customer_key AS customer,
        s.seller_id AS seller, l.product_id AS product, l.quantity, l.subtotal
      FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.tenant_id = ?`,
      shop.tenant.id,
    )
  ).map((row) => ({
    ...row,
    kind: String(row.kind),
    id: String(row.id),
    day: String(row.day),
    at: String(row.at),
  }));

const sum = (lines: Line[], column: string) => lines.reduce((total, line) => total + Number(line[column]), 0);
const salesOf = (lines: Line[], kind = "sale") =>
  new Set(lines.filter((line) => line.kind === kind).map((line) => line.id)).size;
const figuresOf = (lines: Line[]) => ({
  sales: salesOf(lines),
  units: sum(lines, "quantity") / 1000,
  revenue: sum(lines, "subtotal"),
});

type Figures = Record<string, number | null>;

/** Whether an object has these figures, those before, and what follows from both. */
function expectChange(actual: Record<string, unknown>, now: Figures, before: Figures) {
  expect(actual).toMatchObject(now);
  expect(actual.before).toMatchObject(before);
  for (const [name, value] of Object.entries(now)) {
    const [present, earlier] = [value ?? 0, before[name] ?? 0];
    const change = actual.change as Figures;
    const percent = actual.change_percent as Figures;
    expect(change[name]).toBeCloseTo(present - earlier, 5);
    if (earlier === 0) expect(percent[name]).toBeNull();
    else expect(percent[name]).toBeCloseTo((100 * (present - earlier)) / Math.abs(earlier), 5);
  }
}

const invoice = fc.record({
  day: fc.nat(DAYS),
  hour: fc.integer({ min: 6, max: 22 }),
  product: fc.nat(3),
  country: fc.constantFrom("Spain", "France", ""),
  customer: fc.constantFrom("a", "b", "c", ""),
  isRefund: fc.boolean(),
  price: fc.integer({ min: 1, max: 50 }),
});

const modes = [
  { compare: "previous", align: "date" },
  { compare: "year", align: "date" },
  { compare: "year", align: "weekday" },
] as const;

describe("a comparison", () => {
  let shop: Shop;
  let lines: Line[];
  let seller: string;

  beforeAll(async () => {
    shop = await newShop();
    const person = await newPerson(shop.tenant, "EMPLOYEE");
    seller = person.id;
    for (const seed of [1, 2]) {
      const rows = fc.sample(invoice, { seed, numRuns: 900 }).map((each, index) => ({
        invoice: `${each.isRefund && index % 3 === 0 ? "C" : ""}${seed}-${index}`,
        date: `${addDays(FIRST_DAY, each.day)} ${String(each.hour).padStart(2, "0")}:30`,
        sku: `S${each.product}`,
        quantity: each.isRefund && index % 3 === 0 ? -1 : 2,
        price: String(each.price),
        customer: each.customer,
        country: each.country,
        seller: index % 2 === 0 ? person.email : "",
      }));
      await runImport(base(), shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
      if (seed === 1) {
        await rebuildDirtyDays(base(), shop.tenant.id);
        await repeatUntil(async () => !(await buildNextProductDays(base(), shop.tenant.id)));
        // Most days stay clean with the second file, so that both are compared.
      }
    }
    lines = await linesOf(shop);
  }, 60_000);

  it("is that of a plain computation over the lines, for every figure", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 380, max: DAYS }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: -20, max: 20 }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom(...modes),
        fc.constantFrom("day", "week", "month", "year"),
        async (start, length, running, hour, { compare, align }, interval) => {
          const from = addDays(FIRST_DAY, start);
          const to = addDays(from, length - 1);
          const today = addDays(to, running);
          // Madrid is an hour or two ahead of UTC, so the local day is today.
          const now = new Date(`${today}T${String(Math.min(hour, 21)).padStart(2, "0")}:00:00Z`);
          const ctx = shop.admin.ctx(now);
          const isRunning = from <= today && today <= to;
          const back = (day: string) => {
            if (compare === "previous") return addDays(day, -countDays(from, to));
            return align === "weekday" ? addDays(day, -364) : addYears(day, -1);
          };
          const last = back(isRunning ? today : to);
          const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Madrid", timeStyle: "medium" });
          const isBefore = (line: Line) =>
            line.day >= back(from) &&
            (isRunning && line.day === last
              ? clock.format(new Date(line.at)) < clock.format(now)
              : line.day <= last);
          const present = lines.filter((line) => line.day >= from && line.day <= to);
          const before = lines.filter(isBefore);
          const query = { from, to, compare, align };

          const all = await runPlan(ctx, kpis(ctx, query));
          const named = (own: Line[]) => ({
            total_revenue: sum(own, "subtotal"),
            total_products_sold: sum(own, "quantity") / 1000,
            sales: salesOf(own),
            refunds: salesOf(own, "refund"),
            customers: new Set(own.flatMap((line) => line.customer ?? [])).size,
          });
          expectChange(all, named(present), named(before));
          expect(all.compared_with).toMatchObject({ from: back(from), to: last });

          const { data } = await runPlan(ctx, series(ctx, { ...query, interval }));
          for (const name of ["sales", "refunds", "units", "revenue"] as const)
            expect(data.reduce((total, each) => total + Number(each.before?.[name]), 0)).toBeCloseTo(
              { ...figuresOf(before), refunds: salesOf(before, "refund") }[name],
              3,
            );
          if (interval === "day" && !(compare === "year" && align === "date"))
            for (const each of data)
              expectChange(
                each,
                figuresOf(present.filter((line) => line.day === each.period)),
                figuresOf(before.filter((line) => line.day === back(each.period))),
              );

          const countries = await topCountries(ctx, {
            ...query,
            limit: 100,
            sort: "revenue",
            order: "desc",
          });
          for (const each of countries.data) {
            const isIn = (line: Line) => line.country === each.country;
            expectChange(each, figuresOf(present.filter(isIn)), figuresOf(before.filter(isIn)));
          }
          const products = await topProducts(ctx, { ...query, limit: 100, sort: "revenue" });
          expect(products.data.length).toBe(new Set(present.map((line) => line.product)).size);
          for (const each of products.data) {
            const isOf = (line: Line) => line.product === each.product_id;
            expectChange(each, figuresOf(present.filter(isOf)), figuresOf(before.filter(isOf)));
          }
          const { sellers, totals } = await runPlan(ctx, sellerDashboard(ctx, query));
          const own = sellers.find((each) => each.user_id === seller);
          const sold = (of: Line[]) => ({ orders: salesOf(of), revenue: sum(of, "subtotal") });
          const isSellers = (line: Line) => line.seller === seller;
          expectChange({ ...own }, sold(present.filter(isSellers)), sold(before.filter(isSellers)));
          expectChange(totals, sold(present), sold(before));
        },
      ),
      { numRuns: 40, seed: 3 },
    );
  }, 120_000);
});

describe("comparisons over HTTP", () => {
  let shop: Shop;
  const get = (path: string) => call("GET", `${API}${path}`, { token: shop.admin.token });

  beforeAll(async () => {
    shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", date: "2026-03-02 10:00", price: "10", country: "Spain", customer: "a" },
        { invoice: "2", date: "2026-03-09 10:00", price: "25", country: "Spain", customer: "a" },
        { invoice: "3", date: "2025-03-10 10:00", price: "5", country: "Spain", customer: "b" },
      ]),
    );
  });

  it("have the figures before, their change and the change in percent, beside each figure", async () => {
    const { body } = await get("/metrics/kpis?from=2026-03-09&to=2026-03-15&compare=previous");
    expect(body).toMatchObject({
      total_revenue: 2500,
      before: { total_revenue: 1000, sales: 1, refunds: 0 },
      change: { total_revenue: 1500, sales: 0, refunds: 0 },
      change_percent: { total_revenue: 150, sales: 0, refunds: null },
      compared_with: { from: "2026-03-02", to: "2026-03-08", until: null },
    });
    const byWeekday = await get("/metrics/kpis?from=2026-03-09&to=2026-03-09&compare=year&align=weekday");
    expect(byWeekday.body).toMatchObject({
      before: { total_revenue: 500 },
      compared_with: { from: "2025-03-10", to: "2025-03-10" },
    });
    const byDate = await get("/metrics/kpis?from=2026-03-09&to=2026-03-09&compare=year");
    expect(byDate.body).toMatchObject({
      before: { total_revenue: 0 },
      change_percent: { total_revenue: null },
    });
  });

  it.each([
    "/metrics/kpis",
    "/metrics/series",
    "/metrics/top-countries",
    "/metrics/top-products",
    "/metrics/customers",
    "/metrics/amounts",
    "/metrics/margin",
    "/metrics/baskets",
    "/metrics/funnel",
    "/reports/dashboard",
  ])("of %s are added on request, in the same round trip", async (path) => {
    const plain = await get(`${path}?from=2026-03-09`);
    expect(plain.text).not.toMatch(/"before"|"compared_with"/);
    const compared = await get(`${path}?from=2026-03-09&to=2026-03-16&compare=previous`);
    for (const name of ["before", "change", "change_percent", "compared_with"])
      expect(compared.text).toContain(`"${name}":{`);
    expect(costOf(compared).queries).toBe(costOf(plain).queries);
    for (const [query, pointer, detail] of [
      ["compare=previous", "#/query/from", "is required with compare"],
      ["from=2026-03-09&compare=previous&align=weekday", "#/query/align", "weekday requires compare=year"],
      ["from=2026-03-09&compare=month", "#/query/compare", expect.any(String)],
    ]) {
      const refused = await get(`${path}?${query}`);
      expect([refused.status, refused.body.errors]).toMatchObject([422, [{ pointer, detail }]]);
    }
  });

  it.each([
    ["channel", { sales: 0, refunds: 0, units: 0 }],
    ["category", { sales: null, refunds: null, units: 0 }],
    ["payment_method", { sales: 0, refunds: 0, units: null }],
  ])(
    "are zero in a breakdown by %s where nothing was sold before, but for what it leaves out",
    async (by, zeros) => {
      const { body } = await get(
        `/metrics/breakdown?by=${by}&from=2026-03-02&to=2026-03-02&compare=previous`,
      );
      expect(body.data.map((row: { before: unknown }) => row.before)).toEqual([
        { ...zeros, revenue: 0, share: 0 },
      ]);
      expect(body.compared_with).toEqual({ from: "2026-03-01", to: "2026-03-01", until: null });
    },
  );

  it("leave out what was sold at the present time of day", async () => {
    const other = await newShop({ timezone: "UTC" });
    const { id } = await newProduct(other);
    const items = [{ product_id: id, quantity: 1000 }];
    const soldAt = new Date("2026-03-09T10:00:00.000Z");
    await sell(other.admin.ctx(soldAt), { items, payment_method: "card" }, undefined);
    for (const isBuilt of [false, true]) {
      if (isBuilt) await rebuildDirtyDays(base(), other.tenant.id);
      const salesBefore = async (ms: number) => {
        const ctx = other.admin.ctx(new Date(soldAt.getTime() + 86_400_000 + ms));
        const query = { from: "2026-03-10", to: "2026-03-10", compare: "previous", align: "date" } as const;
        return (await runPlan(ctx, kpis(ctx, query))).before?.sales;
      };
      expect([await salesBefore(0), await salesBefore(1000)]).toEqual([0, 1]);
    }
  });

  it("end at the present time of day while the range is running", async () => {
    const { body } = await get("/metrics/kpis?from=2026-03-09&compare=year");
    expect(Date.parse(body.compared_with.until)).toBeLessThan(Date.now());
    expect(
      (await get("/metrics/kpis?from=2026-03-09&to=2026-03-15&compare=year")).body.compared_with.until,
    ).toBeNull();
  });
});

describe("the range before", () => {
  const range = async (query: Partial<Parameters<typeof comparisonOf>[1]>) => {
    const shop = await newShop({ timezone: "UTC" });
    const ctx = shop.admin.ctx(new Date("2026-06-15T10:00:00Z"));
    return comparisonOf(ctx, { compare: "previous", align: "date", ...query });
  };
  const at10 = (day: string) => new Date(`${day}T10:00:00Z`);

  it.each([
    ["ended yesterday", { from: "2026-06-14", to: "2026-06-14" }, "2026-06-13", "2026-06-13", false],
    ["ends today", { from: "2026-06-14", to: "2026-06-15" }, "2026-06-12", "2026-06-13", true],
    ["is today", { from: "2026-06-15", to: "2026-06-15" }, "2026-06-14", "2026-06-14", true],
    ["has begun, and ends today by default", { from: "2026-06-10" }, "2026-06-04", "2026-06-09", true],
    ["begins today", { from: "2026-06-15" }, "2026-06-14", "2026-06-14", true],
    ["lasts until a later day", { from: "2026-06-14", to: "2026-06-20" }, "2026-06-07", "2026-06-08", true],
    ["begins tomorrow, a day long", { from: "2026-06-16" }, "2026-06-15", "2026-06-15", false],
    ["begins tomorrow", { from: "2026-06-16", to: "2026-06-17" }, "2026-06-14", "2026-06-15", false],
  ])("of one that %s", async (_, query, from, to, isRunning) => {
    const found = await range(query);
    expect(found?.range).toEqual({ from, to, until: isRunning ? at10(to) : undefined });
  });

  it("is of the same dates or weekdays of the year before, if it is compared with that", async () => {
    const query = { from: "2026-03-02", to: "2026-03-08", compare: "year" } as const;
    const [byDate, byWeekday] = [await range(query), await range({ ...query, align: "weekday" })];
    expect(byDate?.range).toEqual({ from: "2025-03-02", to: "2025-03-08", until: undefined });
    expect(byDate?.counterpart("2025-03-05")).toBe("2026-03-05");
    expect(byWeekday?.range).toEqual({ from: "2025-03-03", to: "2025-03-09", until: undefined });
    expect(byWeekday?.counterpart("2025-03-05")).toBe("2026-03-04");
    const previous = await range({ ...query, compare: "previous" });
    expect(previous?.counterpart("2026-02-25")).toBe("2026-03-04");
  });

  it("of one that begins on 29 February begins on the 28th, which is compared with the 29th", async () => {
    const found = await range({ from: "2028-02-29", to: "2028-03-01", compare: "year" });
    expect(found?.range).toEqual({ from: "2027-02-28", to: "2027-03-01", until: undefined });
    expect(["2027-02-28", "2027-03-01"].map((day) => found?.counterpart(day))).toEqual([
      "2028-02-29",
      "2028-03-01",
    ]);
  });

  it("is none without a comparison", async () => {
    expect(await range({ from: "2026-06-14", compare: "none" })).toBeNull();
  });
});

it("a change is in percent of what there was, also where that was below zero, and none of nothing", () => {
  const now = { revenue: 100, units: -3, sales: 2, share: 0.123_456_78 };
  const before = { revenue: -200, units: 2, sales: 0, share: 0 };
  expect(changes(now, before)).toEqual({
    before,
    change: { revenue: 300, units: -5, sales: 2, share: 0.123_457 },
    change_percent: { revenue: 150, units: -250, sales: null, share: null },
  });
});

it("a figure that is missing on one side has no change", () => {
  expect(changes({ margin: null, cost: 2, sales: 3 }, { margin: 1, cost: null, sales: 2 })).toMatchObject({
    change: { margin: null, cost: null, sales: 1 },
    change_percent: { margin: null, cost: null, sales: 50 },
  });
});
