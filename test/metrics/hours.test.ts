// Sales by hour of the shop's clock, in twelve time zones, around the days on which their clocks change.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breakdown } from "../../src/metrics/breakdowns/breakdown.ts";
import { hourSeries } from "../../src/metrics/hours.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays, dayOf } from "../../src/values/days.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";

// With the instant near which the clock of the zone changes.
const ZONES: [string, string][] = [
  ["Europe/Madrid", "2026-10-25T01:00:00Z"],
  ["Europe/Madrid", "2026-03-29T01:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/St_Johns", "2026-11-01T04:30:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Asia/Kathmandu", "2026-06-01T18:15:00Z"],
  ["Asia/Tokyo", "2026-06-01T15:00:00Z"],
  ["Pacific/Kiritimati", "2026-06-01T10:00:00Z"],
  ["Pacific/Pago_Pago", "2026-06-01T11:00:00Z"],
  ["America/Santiago", "2026-04-05T03:00:00Z"],
  ["Africa/Casablanca", "2026-02-15T02:00:00Z"],
  ["UTC", "2026-06-01T00:00:00Z"],
];

/** The hour as this runtime's Intl names it: `2026-10-25T02:00:00+02:00`. */
function hourIn(timezone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    timeZoneName: "longOffset",
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  const offset = part("timeZoneName").slice(3) || "+00:00";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:00:00${offset}`;
}

const sellAt = (shop: Shop, product_id: string, at: string) =>
  sell(
    shop.admin.ctx(new Date(at)),
    { items: [{ product_id, quantity: 1000 }], payment_method: "card" },
    undefined,
  );

describe("a series of hours", () => {
  it.each(ZONES)("has each hour of the clock once in %s around %s", async (timezone, changeAt) => {
    const shop = await newShop({ timezone });
    const { id } = await newProduct(shop, { price: 100 });
    const start = Date.parse(changeAt);
    const offsets = fc.sample(fc.integer({ min: -2200, max: 2200 }), { seed: 5, numRuns: 9 });
    const instants = [...offsets, -61, -31, -1, 0, 1, 29, 61, 91].map(
      (minutes) => new Date(start + minutes * 60_000),
    );
    for (const [nth, at] of instants.entries()) {
      const items = [{ product_id: id, quantity: 1000 }];
      await sell(shop.admin.ctx(at), { items, payment_method: "card" }, undefined);
      if (nth === 9) await rebuildDirtyDays(base(), shop.tenant.id);
    }
    const from = addDays(dayOf(new Date(start), timezone), -3);
    const to = addDays(from, 6);
    const ctx = shop.admin.ctx(new Date(start + 20 * 86_400_000));
    const query = { from, to, interval: "hour", compare: "none", align: "date" } as const;
    const { data } = await runPlan(ctx, hourSeries(ctx, query));
    // Every quarter of an hour of the seven days is in one of the periods, and each period has one.
    const expected = new Set<string>();
    for (let at = start - 6 * 86_400_000; at < start + 8 * 86_400_000; at += 900_000) {
      const name = hourIn(timezone, new Date(at));
      if (name.slice(0, 10) >= from && name.slice(0, 10) <= to) expected.add(name);
    }
    expect(data.map(({ period }) => period)).toEqual([...expected]);
    const revenues = Map.groupBy(instants, (at) => hourIn(timezone, at));
    for (const { period, revenue, sales } of data) {
      const number = revenues.get(period)?.length ?? 0;
      expect([period, sales, revenue]).toEqual([period, number, 100 * number]);
    }
    const week = await runPlan(
      ctx,
      breakdown(ctx, { from, to, by: "hour_of_week", compare: "none", align: "date" }),
    );
    for (const { key, weekday = 0, hour = 0, sales } of week.data) {
      const isSame = (at: Date) => {
        const name = hourIn(timezone, at);
        const nth = ((new Date(`${name.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
        return nth === weekday && Number(name.slice(11, 13)) === hour;
      };
      const name = `${weekday} ${String(hour).padStart(2, "0")}`;
      expect([key, sales]).toEqual([name, instants.filter(isSame).length]);
    }
  });

  it("has 25 hours on the day on which the clocks go back, and 23 on the other one", async () => {
    const shop = await newShop();
    const hoursOn = async (day: string) => {
      const path = `${API}/metrics/series?interval=hour&from=${day}&to=${day}`;
      const { body } = await call("GET", path, { token: shop.admin.token });
      return body.data.map(({ period }: { period: string }) => period);
    };
    const long = await hoursOn("2025-10-26");
    expect(long.length).toBe(25);
    expect(long.slice(1, 5)).toEqual([
      "2025-10-26T01:00:00+02:00",
      "2025-10-26T02:00:00+02:00",
      "2025-10-26T02:00:00+01:00",
      "2025-10-26T03:00:00+01:00",
    ]);
    const short = await hoursOn("2025-03-30");
    expect(short.length).toBe(23);
    expect(short.slice(1, 3)).toEqual(["2025-03-30T01:00:00+01:00", "2025-03-30T03:00:00+02:00"]);
  });

  it.each([
    ["UTC", 11, "2026-06-01T10:00:00+00:00"],
    ["Europe/Madrid", 13, "2026-06-01T12:00:00+02:00"],
    ["America/New_York", 7, "2026-06-01T06:00:00-04:00"],
  ])("ends with the present hour of %s, which is partial", async (timezone, number, present) => {
    const shop = await newShop({ timezone });
    const query = { from: "2026-06-01", interval: "hour", compare: "none", align: "date" } as const;
    for (const time of ["10:00", "10:20"]) {
      const ctx = shop.admin.ctx(new Date(`2026-06-01T${time}:00Z`));
      const { data } = await runPlan(ctx, hourSeries(ctx, query));
      expect([data.length, data.at(-1)?.period], time).toEqual([number, present]);
      expect(data.filter(({ partial }) => partial).map(({ period }) => period)).toEqual([present]);
    }
  });

  it("compares each hour with the same one of the day before, also where the clocks skip it", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 100 });
    for (const at of [
      "2026-03-28T00:10:00Z",
      "2026-03-28T01:10:00Z",
      "2026-03-28T02:10:00Z",
      "2026-03-29T00:10:00Z",
    ])
      await sellAt(shop, id, at);
    const ctx = shop.admin.ctx(new Date("2026-04-10T10:00:00Z"));
    const day = "2026-03-29";
    const query = { from: day, to: day, interval: "hour", compare: "previous", align: "date" } as const;
    const { data, ...rest } = await runPlan(ctx, hourSeries(ctx, query));
    expect(rest).toMatchObject({
      currency: "EUR",
      interval: "hour",
      compared_with: { from: "2026-03-28", to: "2026-03-28", until: null },
    });
    expect(data.slice(0, 4).map(({ period, sales, before }) => [period, sales, before?.sales])).toEqual([
      ["2026-03-29T00:00:00+01:00", 0, 0],
      ["2026-03-29T01:00:00+01:00", 1, 2],
      ["2026-03-29T03:00:00+02:00", 0, 1],
      ["2026-03-29T04:00:00+02:00", 0, 0],
    ]);
  });

  it("compares the first hour of a day whose clocks skip midnight with midnight of the day before too", async () => {
    const shop = await newShop({ timezone: "America/Santiago" });
    const { id } = await newProduct(shop, { price: 100 });
    for (const at of ["2026-09-05T04:10:00Z", "2026-09-05T05:10:00Z"]) await sellAt(shop, id, at);
    const ctx = shop.admin.ctx(new Date("2026-10-10T10:00:00Z"));
    const day = "2026-09-06";
    const query = { from: day, to: day, interval: "hour", compare: "previous", align: "date" } as const;
    const { data } = await runPlan(ctx, hourSeries(ctx, query));
    expect([data[0]?.period, data[0]?.before?.sales]).toEqual(["2026-09-06T01:00:00-03:00", 2]);
  });

  it("has the hours of a month that is built", async () => {
    const shop = await newShop({ timezone: "UTC" });
    const { id } = await newProduct(shop, { price: 100 });
    for (const at of ["2026-02-03T10:10:00Z", "2026-02-27T10:10:00Z"]) await sellAt(shop, id, at);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await buildMonths(base(new Date("2026-03-10T10:00:00Z")), shop.tenant.id);
    const ctx = shop.admin.ctx(new Date("2026-03-10T10:00:00Z"));
    const range = { from: "2026-02-01", to: "2026-02-28" };
    const query = { ...range, interval: "hour", compare: "none", align: "date" } as const;
    const { data } = await runPlan(ctx, hourSeries(ctx, query));
    expect(data.filter(({ sales }) => sales > 0).map(({ period }) => period)).toEqual([
      "2026-02-03T10:00:00+00:00",
      "2026-02-27T10:00:00+00:00",
    ]);
  });

  it("has the hours of an earlier time zone of the shop among those of the present one", async () => {
    const shop = await newShop({ timezone: "UTC" });
    const { id } = await newProduct(shop, { price: 100 });
    for (const [minute, offset] of [
      ["10", 7200],
      ["20", -7200],
    ] as const) {
      const { value } = await sellAt(shop, id, `2026-06-01T10:${minute}:00Z`);
      await change("UPDATE sales SET utc_offset = ? WHERE id = ?", offset, value.id);
    }
    const ctx = shop.admin.ctx(new Date("2026-06-20T10:00:00Z"));
    const day = "2026-06-01";
    const query = { from: day, to: day, interval: "hour", compare: "none", align: "date" } as const;
    const { data } = await runPlan(ctx, hourSeries(ctx, query));
    expect(data.slice(9, 14).map(({ period, sales }) => [period, sales])).toEqual([
      ["2026-06-01T09:00:00+00:00", 0],
      ["2026-06-01T08:00:00-02:00", 1],
      ["2026-06-01T10:00:00+00:00", 0],
      ["2026-06-01T12:00:00+02:00", 1],
      ["2026-06-01T11:00:00+00:00", 0],
    ]);
  });

  it("requires from, and at most 92 days", async () => {
    const shop = await newShop();
    for (const query of ["", "&from=2026-01-01", "&from=2026-01-01&to=2026-04-03"]) {
      const { status, body } = await call("GET", `${API}/metrics/series?interval=hour${query}`, {
        token: shop.admin.token,
      });
      const detail = "hour requires from, and at most 92 days";
      expect([status, body.errors]).toMatchObject([422, [{ pointer: "#/query/interval", detail }]]);
    }
    const path = `${API}/metrics/series?interval=hour&from=2026-01-01&to=2026-04-02`;
    expect((await call("GET", path, { token: shop.admin.token })).status).toBe(200);
  });
});
