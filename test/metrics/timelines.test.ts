// A comparison up to a time of day reads the timeline of a busy day, and answers what it would from the sales of that day.
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { baskets } from "../../src/metrics/breakdowns/baskets.ts";
import { breakdown } from "../../src/metrics/breakdowns/breakdown.ts";
import { amounts, margin } from "../../src/metrics/breakdowns/amounts.ts";
import { topCountries } from "../../src/metrics/countries.ts";
import { customers } from "../../src/metrics/customers/customers.ts";
import { kpis } from "../../src/metrics/figures.ts";
import { overview } from "../../src/metrics/overview/overview.ts";
import { topProducts } from "../../src/metrics/rankings/top-products.ts";
import { series } from "../../src/metrics/series.ts";
import { sellerDashboard } from "../../src/metrics/staff/sellers.ts";
import type { ActorCtx } from "../../src/platform/context.ts";
import { type Plan, runPlan } from "../../src/platform/plan.ts";
import { buildTimelines } from "../../src/rollups/build-timelines.ts";
import { packTimeline, rowsBefore, unpackTimeline } from "../../src/rollups/timeline.ts";
import { advanceDays, rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { addDays } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const FIRST_DAY = "2026-03-27";
const SALES_PER_DAY = 620;

const invoice = fc.record({
  minute: fc.integer({ min: 0, max: 1_439 }),
  product: fc.nat(30),
  quantity: fc.integer({ min: 1, max: 12 }),
  country: fc.constantFrom("Spain", "France", "Italy", ""),
  customer: fc.constantFrom("a", "b", "c", "d", "e", "f", ""),
  price: fc.integer({ min: 1, max: 90 }),
  isRefund: fc.boolean(),
});

/** Sales on three days, on the last of which the clocks go forward. */
function fileOfDays(email: string, seed: number, salesPerDay: number): string {
  const rows = fc
    .sample(invoice, { seed, numRuns: 3 * salesPerDay })
    .map(({ minute, isRefund, ...each }, nth) => ({
      invoice: `${isRefund && nth % 4 === 0 ? "C" : ""}${seed}-${nth}`,
      date: `${addDays(FIRST_DAY, Math.floor(nth / salesPerDay))} ${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`,
      sku: `S${each.product}`,
      quantity: isRefund && nth % 4 === 0 ? -each.quantity : each.quantity,
      price: String(each.price),
      customer: each.customer,
      country: each.country,
      seller: nth % 3 === 0 ? email : "",
    }));
  return fileOf(rows);
}

async function importDays(shop: Shop, file: string): Promise<void> {
  await runImport(base(), shop.tenant, await storeImport(shop.admin.ctx(), file));
}

const rebuild = (shop: Shop): Promise<void> =>
  repeatUntil(async () => !(await rebuildDirtyDays(base(), shop.tenant.id)).more);

const build = async (shop: Shop): Promise<void> => {
  await rebuild(shop);
  await repeatUntil(async () => !(await buildTimelines(base(), shop.tenant.id)));
};

const partsOf = (shop: Shop) =>
  count("SELECT count(*) n FROM day_timelines WHERE tenant_id = ?", shop.tenant.id);

type Query = { from: string; to: string; compare: "previous" | "year"; align: "date" | "weekday" };

/** A query that is compared up to `time` of the day of the import. */
function queryAt(nth: number, mode: "previous" | "date" | "weekday", time: string) {
  const before = addDays(FIRST_DAY, nth);
  const today = { previous: addDays(before, 4), date: addDays(before, 365), weekday: addDays(before, 364) }[
    mode
  ];
  const query: Query =
    mode === "previous"
      ? { from: addDays(today, -1), to: addDays(today, 2), compare: "previous", align: "date" }
      : { from: addDays(today, -1), to: today, compare: "year", align: mode };
  return { query, now: new Date(`${today}T${time}Z`) };
}

const products = { limit: 100, sort: "revenue" } as const;

/** Everything that is compared. */
function figuresOf(ctx: ActorCtx, query: Query): Promise<unknown[]> {
  const run = <T>(plan: Plan<T>): Promise<T> => runPlan(ctx, plan);
  const by = ["channel", "payment_method", "refund_reason", "category", "hour_of_week"] as const;
  return Promise.all([
    run(kpis(ctx, query)),
    run(series(ctx, { ...query, interval: "day" })),
    topCountries(ctx, { ...query, limit: 100, sort: "revenue", order: "desc" }),
    topProducts(ctx, { ...query, ...products }),
    run(customers(ctx, query)),
    run(baskets(ctx, query)),
    run(amounts(ctx, query)),
    run(margin(ctx, query)),
    run(sellerDashboard(ctx, query)),
    ...by.map((each) => run(breakdown(ctx, { ...query, by: each }))),
    overview(ctx, query),
  ]);
}

/** The figures with the timelines, and from the sales alone. */
async function bothWays(shop: Shop, { query, now }: ReturnType<typeof queryAt>) {
  const timed = await figuresOf(shop.admin.ctx(now), query);
  await change("UPDATE day_timelines SET day = 'x' || day WHERE tenant_id = ?", shop.tenant.id);
  const plain = await figuresOf(shop.admin.ctx(now), query);
  await change("UPDATE day_timelines SET day = substr(day, 2) WHERE tenant_id = ?", shop.tenant.id);
  return { timed, plain };
}

describe("a comparison up to a time of a busy day", () => {
  let shop: Shop;
  let email: string;

  beforeAll(async () => {
    shop = await newShop();
    ({ email } = await newPerson(shop.tenant, "EMPLOYEE"));
    await importDays(shop, fileOfDays(email, 1, SALES_PER_DAY));
    await build(shop);
  }, 60_000);

  it("has the figures that follow from its sales, at any moment", async () => {
    expect(await partsOf(shop)).toBe(6);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2),
        fc.constantFrom("previous", "date", "weekday"),
        fc.integer({ min: 0, max: 1_439 }),
        fc.nat(59),
        async (nth, mode, minute, second) => {
          const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:${String(second).padStart(2, "0")}`;
          const { timed, plain } = await bothWays(shop, queryAt(nth, mode, time));
          expect(timed).toEqual(plain);
        },
      ),
      { numRuns: 15, seed: 7 },
    );
  }, 60_000);

  it("reads no sales of that day", async () => {
    const { query, now } = queryAt(1, "previous", "20:00:00");
    const costOf = async (read: (ctx: ActorCtx) => Promise<unknown>): Promise<number> => {
      const ctx = shop.admin.ctx(now);
      await read(ctx);
      return ctx.db.cost.read;
    };
    expect(await costOf((ctx) => runPlan(ctx, kpis(ctx, query)))).toBeLessThan(40);
    expect(await costOf((ctx) => topProducts(ctx, { ...query, ...products }))).toBeLessThan(200);
    expect(await costOf((ctx) => overview(ctx, query))).toBeLessThan(500);
  });

  it("counts a sale that its timeline lacks, and not twice when the ETL has added it", async () => {
    const late = await newShop();
    const seller = await newPerson(late.tenant, "EMPLOYEE");
    await importDays(late, fileOfDays(seller.email, 2, 60));
    await build(late);
    expect(await partsOf(late)).toBe(3);
    const { id } = await newProduct(late);
    const at = queryAt(1, "previous", "18:00:00");
    for (const sold_at of [
      `${addDays(FIRST_DAY, 1)}T09:00:00.000Z`,
      `${addDays(FIRST_DAY, 1)}T17:59:59.999Z`,
    ]) {
      const sold = await call("POST", `${API}/sales`, {
        token: late.admin.token,
        json: { items: [{ product_id: id, quantity: 3 }] },
      });
      // Later than the days of the import, as if its till had been offline for months.
      await change("DELETE FROM late_sales WHERE sale_id = ?", sold.body.id);
      await change(
        "UPDATE sales SET day = substr(?1, 1, 10), placed_at = ?1 WHERE id = ?2",
        sold_at,
        sold.body.id,
      );
      await change("DELETE FROM dirty_days WHERE tenant_id = ?", late.tenant.id);
      await change(
        "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, substr(?, 1, 10), 0)",
        late.tenant.id,
        sold_at,
      );
      await change(
        `INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) SELECT tenant_id, day, ?2, ?3 FROM daily_sales
          WHERE tenant_id = ?1 AND day = substr(?2, 1, 10) AND built_until >= ?2 || ' ' || ?3`,
        late.tenant.id,
        sold_at,
        sold.body.id,
      );
      expect(await partsOf(late)).toBe(3);
      const unbuilt = await bothWays(late, at);
      expect(unbuilt.timed).toEqual(unbuilt.plain);
      await advanceDays(base(), late.tenant.id);
      expect(await partsOf(late)).toBe(2);
      expect(await figuresOf(late.admin.ctx(at.now), at.query)).toEqual(unbuilt.plain);
      await build(late);
      expect(await partsOf(late)).toBe(3);
      expect(await figuresOf(late.admin.ctx(at.now), at.query)).toEqual(unbuilt.plain);
    }
  });

  it("ignores the timeline of a day that is to be rebuilt, which the rebuild replaces", async () => {
    await importDays(shop, fileOfDays(email, 3, 40));
    const at = queryAt(2, "weekday", "15:30:00");
    const unbuilt = await bothWays(shop, at);
    expect(unbuilt.timed).toEqual(unbuilt.plain);
    await rebuild(shop);
    expect(await partsOf(shop)).toBe(0);
    await build(shop);
    expect(await partsOf(shop)).toBe(6);
    expect(await figuresOf(shop.admin.ctx(at.now), at.query)).toEqual(unbuilt.plain);
  });
});

describe("the build of a timeline", () => {
  const busyShop = async (sales: number): Promise<Shop> => {
    const shop = await newShop();
    await importDays(shop, fileOfDays(shop.admin.email, 5, sales));
    await rebuild(shop);
    return shop;
  };

  it("stores nothing of days with few sales, which a comparison may read", async () => {
    const shop = await busyShop(49);
    await build(shop);
    expect(await partsOf(shop)).toBe(0);
  });

  it("has no sale that was cancelled before", async () => {
    const shop = await busyShop(70);
    await change(
      `UPDATE sales SET status = 'cancelled' WHERE tenant_id = ?1 AND id IN (
        SELECT id FROM sales WHERE tenant_id = ?1 AND day = ?2 LIMIT 10)`,
      shop.tenant.id,
      addDays(FIRST_DAY, 1),
    );
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await build(shop);
    expect(await partsOf(shop)).toBe(3);
    const { query, now } = queryAt(1, "previous", "20:00:00");
    const figures = async () => {
      const ctx = shop.admin.ctx(now);
      return runPlan(ctx, kpis(ctx, query));
    };
    const timed = await figures();
    expect(timed.before?.sales).toBeGreaterThan(60);
    await change("DELETE FROM day_timelines WHERE tenant_id = ?", shop.tenant.id);
    expect(await figures()).toEqual(timed);
  });

  it("is left to another message of an invocation that has run eight hundred statements", async () => {
    const { tenant } = await newShop();
    const ctx = base();
    ctx.db.cost.statements = 800;
    expect(await buildTimelines(ctx, tenant.id)).toBe(false);
    expect(ctx.db.cost.statements).toBe(801);
    expect(await buildTimelines(ctx, tenant.id)).toBe(true);
  });

  it("packs the rows of tables, of which those before an instant are read in the order of time", () => {
    const at = (minute: number) => `2026-03-27T10:0${minute}:00.000Z`;
    const rows: [string, string, number][] = [
      [at(2), "x", 1],
      [at(1), "y", 2],
      [at(3), "w", 4],
      [at(2), "z", 3],
    ];
    const timeline = unpackTimeline(
      packTimeline([
        { name: "sold", columns: ["key", "sales"], rows },
        { name: "empty", columns: ["key"], rows: [] },
      ]),
    );
    const keysBefore = (minute: number, name = "sold") =>
      rowsBefore(timeline, name, new Date(at(minute))).map(({ key }) => key);
    expect([1, 2, 3, 4].map((minute) => keysBefore(minute))).toEqual([
      [],
      ["y"],
      ["y", "x", "z"],
      ["y", "x", "z", "w"],
    ]);
    expect(rowsBefore(timeline, "sold", new Date(at(2)))).toEqual([{ key: "y", sales: 2 }]);
    expect([keysBefore(4, "empty"), keysBefore(4, "unknown")]).toEqual([[], []]);
  });

  it("is not stored if its day has changed since it was read, and is built again", async () => {
    const shop = await busyShop(60);
    const days = JSON.stringify([addDays(FIRST_DAY, 2)]);
    const crossed = between(base(), {
      // The first batch reads the last day.
      after: async (nth) => {
        if (nth === 1) {
          await change("UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ?", shop.tenant.id);
          await change(
            "INSERT INTO dirty_days (tenant_id, day) SELECT ?, value FROM json_each(?)",
            shop.tenant.id,
            days,
          );
          await rebuild(shop);
        }
      },
    });
    const stored: number[] = [];
    const counting = between(crossed, {
      after: async (nth) => {
        if (nth === 2) stored.push(await partsOf(shop));
      },
    });
    await buildTimelines(counting, shop.tenant.id);
    expect(stored).toEqual([0]);
    expect(await partsOf(shop)).toBe(3);
  });

  it("is not stored while a sale of its day waits for the ETL that was made since it was read", async () => {
    const shop = await busyShop(60);
    const crossed = between(base(), {
      after: async (nth) => {
        if (nth === 1)
          await change(
            "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 0)",
            shop.tenant.id,
            addDays(FIRST_DAY, 2),
          );
      },
    });
    expect(await buildTimelines(crossed, shop.tenant.id)).toBe(false);
    expect(await partsOf(shop)).toBe(2);
    await build(shop);
    expect(await partsOf(shop)).toBe(3);
  });
});
