// How worked time is split between the days of a shop.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { API, call } from "../../support/client.ts";
import { storeShift } from "../../support/shifts.ts";
import { newPerson, newShop } from "../../support/shops.ts";
import { dayOf, addDays } from "../../../src/values/days.ts";
import { daysBetween, hoursOf, splitByDay, totalSeconds, workOf } from "../../../src/shifts/hours/hours.ts";

const MADRID = "Europe/Madrid";
const NOW = new Date("2026-11-22T12:00:00Z");

type Times = { start: string; end?: string };

const work = (shift: Times, breaks: (Times & { paid?: boolean })[] = [], now = NOW) =>
  workOf(
    {
      start_at: shift.start,
      end_at: shift.end ?? null,
      breaks: breaks.map((each) => ({
        start_at: each.start,
        end_at: each.end ?? null,
        paid: each.paid ?? false,
      })),
    },
    now,
  );

/** Hours by day, in Madrid, within a month around the shift. */
const hoursIn = (...args: Parameters<typeof work>) => {
  const middle = args[0].start.slice(0, 10);
  const days = daysBetween(addDays(middle, -15), addDays(middle, 15), MADRID);
  return Object.fromEntries(splitByDay(work(...args), days).map(({ day, seconds }) => [day, seconds / 3600]));
};

describe("a shift's hours", () => {
  it("are those of its day, without its unpaid breaks", () => {
    const shift = { start: "2026-03-02T08:00:00Z", end: "2026-03-02T16:00:00Z" };
    expect(hoursIn(shift)).toEqual({ "2026-03-02": 8 });
    const lunch = { start: "2026-03-02T12:00:00Z", end: "2026-03-02T12:45:00Z" };
    const coffee = { start: "2026-03-02T10:00:00Z", end: "2026-03-02T10:15:00Z", paid: true };
    expect(hoursIn(shift, [coffee, lunch])).toEqual({ "2026-03-02": 7.25 });
  });

  it("are split at midnight in the shop's time zone, not in UTC", () => {
    expect(hoursIn({ start: "2026-03-02T21:00:00Z", end: "2026-03-03T02:00:00Z" })).toEqual({
      "2026-03-02": 2,
      "2026-03-03": 3,
    });
    expect(hoursIn({ start: "2026-03-02T23:30:00Z", end: "2026-03-03T00:30:00Z" })).toEqual({
      "2026-03-03": 1,
    });
  });

  it("are elapsed hours in the nights when the clocks change", () => {
    // 22:00 to 06:00 by the clock: seven hours in spring, nine in autumn.
    expect(hoursIn({ start: "2026-03-28T21:00:00Z", end: "2026-03-29T04:00:00Z" })).toEqual({
      "2026-03-28": 2,
      "2026-03-29": 5,
    });
    expect(hoursIn({ start: "2026-10-24T20:00:00Z", end: "2026-10-25T05:00:00Z" })).toEqual({
      "2026-10-24": 2,
      "2026-10-25": 7,
    });
    const lengths = (day: string) =>
      daysBetween(day, day, MADRID).map(({ start, end }) => (end - start) / 3600);
    expect([lengths("2026-03-29"), lengths("2026-10-25"), lengths("2026-11-22")]).toEqual([[23], [25], [24]]);
    expect(hoursIn({ start: "2026-03-27T23:00:00Z", end: "2026-03-29T22:00:00Z" })).toEqual({
      "2026-03-28": 24,
      "2026-03-29": 23,
    });
  });

  it("of a shift that ends at midnight, and of one that starts then, are on one day each", () => {
    const midnight = "2026-03-02T23:00:00Z";
    expect(hoursIn({ start: "2026-03-02T20:00:00Z", end: midnight })).toEqual({ "2026-03-02": 3 });
    expect(hoursIn({ start: midnight, end: "2026-03-03T01:00:00Z" })).toEqual({ "2026-03-03": 2 });
  });

  it("are zero, on the day of its start, if it ended as it started, at midnight too", () => {
    const midnight = "2026-03-02T23:00:00Z";
    expect(hoursIn({ start: midnight, end: midnight })).toEqual({ "2026-03-03": 0 });
  });

  it("exclude an unpaid break across midnight on both days, and include a paid break", () => {
    const shift = { start: "2026-03-02T21:00:00Z", end: "2026-03-03T03:00:00Z" };
    const breakTimes = { start: "2026-03-02T22:30:00Z", end: "2026-03-03T00:00:00Z" };
    expect(hoursIn(shift, [breakTimes])).toEqual({ "2026-03-02": 1.5, "2026-03-03": 3 });
    expect(hoursIn(shift, [{ ...breakTimes, paid: true }])).toEqual({ "2026-03-02": 2, "2026-03-03": 4 });
  });

  it("count until now while it is open, and so does its break", () => {
    const now = new Date("2026-03-03T01:00:00Z");
    const open = { start: "2026-03-02T20:00:00Z" };
    expect(hoursIn(open, [], now)).toEqual({ "2026-03-02": 3, "2026-03-03": 2 });
    expect(hoursIn(open, [{ start: "2026-03-02T22:00:00Z" }], now)).toEqual({
      "2026-03-02": 2,
      "2026-03-03": 0,
    });
    expect(hoursIn(open, [], new Date("2026-03-02T19:59:00Z"))).toEqual({ "2026-03-02": 0 });
  });

  it("of whole seconds count, at the start, in a break and until now", () => {
    const now = new Date("2026-03-02T09:00:00.999Z");
    const open = { start: "2026-03-02T08:00:00.900Z" };
    expect(totalSeconds(work(open, [], now))).toBe(3600);
    expect(totalSeconds(work(open, [{ start: "2026-03-02T08:30:00.999Z" }], now))).toBe(1800);
    expect(totalSeconds(work({ ...open, end: "2026-03-02T08:00:01.100Z" }))).toBe(1);
  });

  it("of a shift that starts and ends at midnight are none, on the day that begins then", () => {
    const midnight = "2026-03-02T23:00:00Z";
    expect(hoursIn({ start: midnight, end: midnight })).toEqual({ "2026-03-03": 0 });
  });

  it("are not negative if a break outlasts a shift whose end was set before it", () => {
    const shift = { start: "2026-03-02T08:00:00Z", end: "2026-03-02T09:00:00Z" };
    const breakTimes = { start: "2026-03-02T08:30:00Z", end: "2026-03-02T10:00:00Z" };
    const later = { start: "2026-03-02T11:00:00Z", end: "2026-03-02T12:00:00Z" };
    expect(hoursIn(shift, [breakTimes, later])).toEqual({ "2026-03-02": 0.5 });
  });

  it("are rounded to two decimals", () => {
    expect([0, 1, 17, 18, 36, 5400, 27000].map(hoursOf)).toEqual([0, 0, 0, 0.01, 0.01, 1.5, 7.5]);
  });

  it("are available for any days of the calendar", () => {
    expect(daysBetween("2026-03-02", "2026-03-01", MADRID)).toEqual([]);
    expect(daysBetween("9999-12-31", "9999-12-31", MADRID)).toHaveLength(1);
    expect(daysBetween("2024-02-28", "2024-03-01", MADRID).map(({ day }) => day)).toEqual([
      "2024-02-28",
      "2024-02-29",
      "2024-03-01",
    ]);
  });
});

it("a shift that continues after a day that the shop's calendar skips counts in the range that begins with that day", async () => {
  // Samoa went from 29 to 31 December 2011, at 10:00 UTC.
  const shop = await newShop({ timezone: "Pacific/Apia" });
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  await storeShift(shop, seller, { start: "2011-12-30T09:00:00Z", end: "2011-12-30T13:00:00Z" });
  const { body } = await call("GET", `${API}/shifts/hours?from=2011-12-30&to=2011-12-31`, {
    token: shop.admin.token,
  });
  expect(body.data).toMatchObject([{ day: "2011-12-31", hours: 3, shifts: 1 }]);
  expect(body.totals).toMatchObject([{ hours: 3, shifts: 1 }]);
});

describe("the days of any shift", () => {
  const zone = fc.constantFrom(
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
  );
  const begin = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2030, 0, 1) });
  // Lengths in milliseconds, alternating: work, break, work, break, ... work.
  const lengths = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 * 3_600_000 }), fc.boolean()), {
    minLength: 1,
    maxLength: 9,
  });

  it("add up to its worked time, are consecutive, and each lie within their day", () => {
    fc.assert(
      fc.property(zone, begin, lengths, (timezone, start, steps) => {
        let at = start;
        const breaks: { start_at: string; end_at: string; paid: boolean }[] = [];
        for (const [index, [length, paid]] of steps.entries()) {
          const from = at;
          at += length;
          const times = { start_at: new Date(from).toISOString(), end_at: new Date(at).toISOString() };
          if (index % 2 === 1) breaks.push({ ...times, paid });
        }
        const [start_at, end_at] = [new Date(start).toISOString(), new Date(at).toISOString()];
        const shift = workOf({ start_at, end_at, breaks }, NOW);
        const [first, last] = [dayOf(new Date(start), timezone), dayOf(new Date(at), timezone)];
        const days = daysBetween(addDays(first, -2), addDays(last, 2), timezone);
        const split = splitByDay(shift, days);
        const whole = Math.floor(at / 1000) - Math.floor(start / 1000);
        const seconds = split.reduce((total, each) => total + each.seconds, 0);
        const unpaid = split.reduce((total, each) => total + each.unpaid, 0);
        expect(seconds + unpaid).toBe(whole);
        expect(seconds).toBe(totalSeconds(shift));
        expect(split.map(({ day }) => day)).toEqual(split.map((_, index) => addDays(first, index)));
        expect(split.every(({ seconds, unpaid }) => seconds >= 0 && unpaid >= 0)).toBe(true);
        for (const { day, start: opens, end: closes } of days) {
          expect(dayOf(new Date(opens * 1000), timezone)).toBe(day);
          expect(dayOf(new Date(closes * 1000 - 1), timezone)).toBe(day);
        }
      }),
      { numRuns: 150 },
    );
  });
});
