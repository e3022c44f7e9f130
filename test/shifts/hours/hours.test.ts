// How a shift is divided among the shop's days.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
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
  return Object.fromEntries(splitByDay(work(...args), days).map((part) => [part.day, part.seconds / 3600]));
};

describe("a shift's hours", () => {
  it("are those of its day, without its unpaid breaks", () => {
    const shift = { start: "2026-03-02T08:00:00Z", end: "2026-03-02T16:00:00Z" };
    expect(hoursIn(shift)).toEqual({ "2026-03-02": 8 });
    const lunch = { start: "2026-03-02T12:00:00Z", end: "2026-03-02T12:45:00Z" };
    const coffee = { start: "2026-03-02T10:00:00Z", end: "2026-03-02T10:15:00Z", paid: true };
    expect(hoursIn(shift, [coffee, lunch])).toEqual({ "2026-03-02": 7.25 });
  });

  it("are split at the shop's midnight, not at that of UTC", () => {
    expect(hoursIn({ start: "2026-03-02T21:00:00Z", end: "2026-03-03T02:00:00Z" })).toEqual({
      "2026-03-02": 2,
      "2026-03-03": 3,
    });
    expect(hoursIn({ start: "2026-03-02T23:30:00Z", end: "2026-03-03T00:30:00Z" })).toEqual({
      "2026-03-03": 1,
    });
  });

  it("are those that passed, in the nights when the clocks change", () => {
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

  it("of a shift that ends at midnight, and of one that begins there, are each of one day", () => {
    const midnight = "2026-03-02T23:00:00Z";
    expect(hoursIn({ start: "2026-03-02T20:00:00Z", end: midnight })).toEqual({ "2026-03-02": 3 });
    expect(hoursIn({ start: midnight, end: "2026-03-03T01:00:00Z" })).toEqual({ "2026-03-03": 2 });
  });

  it("are no hours, but of a day, where it ended as it began, at midnight too", () => {
    const midnight = "2026-03-02T23:00:00Z";
    expect(hoursIn({ start: midnight, end: midnight })).toEqual({ "2026-03-03": 0 });
  });

  it("lose an unpaid break across midnight on both days, and a paid one on none", () => {
    const shift = { start: "2026-03-02T21:00:00Z", end: "2026-03-03T03:00:00Z" };
    const pause = { start: "2026-03-02T22:30:00Z", end: "2026-03-03T00:00:00Z" };
    expect(hoursIn(shift, [pause])).toEqual({ "2026-03-02": 1.5, "2026-03-03": 3 });
    expect(hoursIn(shift, [{ ...pause, paid: true }])).toEqual({ "2026-03-02": 2, "2026-03-03": 4 });
  });

  it("last up to now while it is open, and so does its break", () => {
    const now = new Date("2026-03-03T01:00:00Z");
    const open = { start: "2026-03-02T20:00:00Z" };
    expect(hoursIn(open, [], now)).toEqual({ "2026-03-02": 3, "2026-03-03": 2 });
    expect(hoursIn(open, [{ start: "2026-03-02T22:00:00Z" }], now)).toEqual({
      "2026-03-02": 2,
      "2026-03-03": 0,
    });
    expect(hoursIn(open, [], new Date("2026-03-02T19:59:00Z"))).toEqual({ "2026-03-02": 0 });
  });

  it("do not go below nothing where a break outlasts a shift whose end was set before it", () => {
    const shift = { start: "2026-03-02T08:00:00Z", end: "2026-03-02T09:00:00Z" };
    const pause = { start: "2026-03-02T08:30:00Z", end: "2026-03-02T10:00:00Z" };
    const later = { start: "2026-03-02T11:00:00Z", end: "2026-03-02T12:00:00Z" };
    expect(hoursIn(shift, [pause, later])).toEqual({ "2026-03-02": 0.5 });
  });

  it("are shown with two decimals", () => {
    expect([0, 1, 17, 18, 36, 5400, 27000].map(hoursOf)).toEqual([0, 0, 0, 0.01, 0.01, 1.5, 7.5]);
  });

  it("can be asked for any days of the calendar", () => {
    expect(daysBetween("2026-03-02", "2026-03-01", MADRID)).toEqual([]);
    expect(daysBetween("9999-12-31", "9999-12-31", MADRID)).toHaveLength(1);
    expect(daysBetween("2024-02-28", "2024-03-01", MADRID).map(({ day }) => day)).toEqual([
      "2024-02-28",
      "2024-02-29",
      "2024-03-01",
    ]);
  });
});

describe("the parts of any shift", () => {
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
  // Lengths in milliseconds of what follows another: work, break, work, break, ... work.
  const lengths = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 * 3_600_000 }), fc.boolean()), {
    minLength: 1,
    maxLength: 9,
  });

  it("add up to its whole worked time, on days that follow each other, each within its day", () => {
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
        const parts = splitByDay(shift, days);
        const whole = Math.floor(at / 1000) - Math.floor(start / 1000);
        const seconds = parts.reduce((total, part) => total + part.seconds, 0);
        const unpaid = parts.reduce((total, part) => total + part.unpaid, 0);
        expect(seconds + unpaid).toBe(whole);
        expect(seconds).toBe(totalSeconds(shift));
        expect(parts.map(({ day }) => day)).toEqual(parts.map((_, index) => addDays(first, index)));
        expect(parts.every((part) => part.seconds >= 0 && part.unpaid >= 0)).toBe(true);
        for (const { day, start: opens, end: closes } of days) {
          expect(dayOf(new Date(opens * 1000), timezone)).toBe(day);
          expect(dayOf(new Date(closes * 1000 - 1), timezone)).toBe(day);
        }
      }),
      { numRuns: 150 },
    );
  });
});
