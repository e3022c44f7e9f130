import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  addMonths,
  addYears,
  canonicalTimezone,
  countDays,
  dayOf,
  fromWallClock,
  hourOf,
  hoursOfDay,
  isDay,
  isSupportedInstant,
  nextPeriod,
  offsetAt,
  periodOf,
  sameTimeOn,
  startOfDay,
  timeOf,
} from "../../src/values/days.ts";

const wall = (text: string): number => Date.parse(`${text}Z`);
const instantOf = (text: string, zone: string): string => fromWallClock(wall(text), zone).toISOString();

describe("the day of an instant", () => {
  it.each([
    ["2026-03-28T22:59:59Z", "Europe/Madrid", "2026-03-28"],
    ["2026-03-28T23:00:00Z", "Europe/Madrid", "2026-03-29"],
    ["2026-03-29T21:59:59Z", "Europe/Madrid", "2026-03-29"],
    ["2026-03-29T22:00:00Z", "Europe/Madrid", "2026-03-30"],
    ["2026-10-24T22:00:00Z", "Europe/Madrid", "2026-10-25"],
    ["2026-10-25T22:59:59Z", "Europe/Madrid", "2026-10-25"],
    ["2026-10-25T23:00:00Z", "Europe/Madrid", "2026-10-26"],
    ["2026-01-01T18:14:59Z", "Asia/Kathmandu", "2026-01-01"],
    ["2026-01-01T18:15:00Z", "Asia/Kathmandu", "2026-01-02"],
    ["2019-01-01T01:59:59Z", "America/Sao_Paulo", "2018-12-31"],
    ["2019-01-01T02:00:00Z", "America/Sao_Paulo", "2019-01-01"],
    ["2020-01-01T02:59:59Z", "America/Sao_Paulo", "2019-12-31"],
    ["2026-01-01T10:00:00Z", "Pacific/Kiritimati", "2026-01-02"],
    ["2026-01-01T10:59:59Z", "Pacific/Pago_Pago", "2025-12-31"],
  ])("%s in %s is %s", (instant, zone, day) => {
    expect(dayOf(new Date(instant), zone)).toBe(day);
  });

  it("at midnight is the new day, not hour 24 of the day before", () => {
    expect(dayOf(new Date("2026-07-01T00:00:00Z"), "UTC")).toBe("2026-07-01");
  });
});

describe("the instant of a wall clock", () => {
  it.each([
    ["2026-03-29T01:59:59", "2026-03-29T00:59:59.000Z"],
    ["2026-03-29T03:00:00", "2026-03-29T01:00:00.000Z"],
    ["2026-03-29T00:00:00", "2026-03-28T23:00:00.000Z"],
    ["2026-10-25T01:59:59", "2026-10-24T23:59:59.000Z"],
    ["2026-10-25T03:00:00", "2026-10-25T02:00:00.000Z"],
    ["2026-10-25T23:59:59", "2026-10-25T22:59:59.000Z"],
  ])("of %s in Madrid is %s", (text, instant) => {
    expect(instantOf(text, "Europe/Madrid")).toBe(instant);
  });

  it("in a skipped hour moves forward by the length of the gap", () => {
    expect(instantOf("2026-03-29T02:30:00", "Europe/Madrid")).toBe("2026-03-29T01:30:00.000Z");
    expect(instantOf("2026-03-08T02:15:00", "America/New_York")).toBe("2026-03-08T07:15:00.000Z");
  });

  it("in a repeated hour is the first occurrence", () => {
    expect(instantOf("2026-10-25T02:30:00", "Europe/Madrid")).toBe("2026-10-25T00:30:00.000Z");
    expect(instantOf("2026-11-01T01:30:00", "America/New_York")).toBe("2026-11-01T05:30:00.000Z");
  });

  it("of a skipped midnight is an hour later on the same day", () => {
    // Brazil's daylight saving time of 2018 began at midnight.
    const instant = fromWallClock(wall("2018-11-04T00:00:00"), "America/Sao_Paulo");
    expect(instant.toISOString()).toBe("2018-11-04T03:00:00.000Z");
    expect(dayOf(instant, "America/Sao_Paulo")).toBe("2018-11-04");
  });

  it("uses the rules of the time: Sao Paulo has had no daylight saving time since 2019", () => {
    expect(instantOf("2019-01-15T12:00:00", "America/Sao_Paulo")).toBe("2019-01-15T14:00:00.000Z");
    expect(instantOf("2020-01-15T12:00:00", "America/Sao_Paulo")).toBe("2020-01-15T15:00:00.000Z");
  });

  it("uses offsets that are not whole hours", () => {
    expect(instantOf("2026-01-02T00:00:00", "Asia/Kathmandu")).toBe("2026-01-01T18:15:00.000Z");
    // Lord Howe moves its clocks by half an hour.
    expect(instantOf("2026-10-04T02:15:00", "Australia/Lord_Howe")).toBe("2026-10-03T15:45:00.000Z");
  });

  it("on a skipped day moves forward by a day", () => {
    expect(instantOf("2011-12-30T12:00:00", "Pacific/Apia")).toBe("2011-12-30T22:00:00.000Z");
  });

  it("is on the day that the wall clock shows", () => {
    const zones = [
      "Europe/Madrid",
      "America/New_York",
      "America/Sao_Paulo",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
      "UTC",
    ];
    const hours = fc.integer({
      min: wall("2000-01-01T00:00:00") / 900_000,
      max: wall("2035-01-01T00:00:00") / 900_000,
    });
    fc.assert(
      fc.property(hours, fc.constantFrom(...zones), (quarter, zone) => {
        const time = quarter * 900_000;
        const instant = fromWallClock(time, zone);
        // A skipped time moves forward by at most an hour, which in these zones remains on the same day.
        expect(dayOf(instant, zone)).toBe(new Date(time).toISOString().slice(0, 10));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a day of the calendar", () => {
  it.each(["2026-02-28", "2024-02-29", "2000-02-29", "2026-12-31", "1900-01-01"])("%s is one", (day) => {
    expect(isDay(day)).toBe(true);
  });

  it.each([
    "2026-02-30",
    "2026-02-29",
    "1900-02-29",
    "1899-12-31",
    "2026-13-01",
    "2026-00-10",
    "2026-04-31",
    "2026-1-1",
    "26-01-01",
    "2026",
    "2026-01",
    "2026-01-01T00",
    "",
    "x",
  ])("%j is not one", (day) => {
    expect(isDay(day)).toBe(false);
  });
});

describe("the period of a day", () => {
  it.each([
    ["2026-11-22", "2026-11-16"],
    ["2026-11-16", "2026-11-16"],
    ["2026-01-01", "2025-12-29"],
    ["2025-12-31", "2025-12-29"],
    ["2024-01-01", "2024-01-01"],
    ["2023-12-31", "2023-12-25"],
    ["2021-01-03", "2020-12-28"],
    ["2024-03-01", "2024-02-26"],
  ])("%s is in the week of Monday %s", (day, monday) => {
    expect(periodOf(day, "week")).toBe(monday);
  });

  it("is the day itself, the first of its month or the first of its year", () => {
    const intervals = ["day", "month", "year"] as const;
    const periods = intervals.map((interval) => periodOf("2026-11-22", interval));
    expect(periods).toEqual(["2026-11-22", "2026-11-01", "2026-01-01"]);
  });
});

describe("a time zone", () => {
  it("is an IANA name in any case, and not a bare offset", () => {
    expect(canonicalTimezone("europe/madrid")).toBe("Europe/Madrid");
    expect(canonicalTimezone("Europe/Atlantis")).toBeNull();
    expect(canonicalTimezone("+02:00")).toBeNull();
    expect(canonicalTimezone("")).toBeNull();
  });
});

describe("a comparison of days", () => {
  it("uses the same date in another year, and 28 February for the 29th", () => {
    expect(addYears("2026-03-15", -1)).toBe("2025-03-15");
    expect(addYears("2024-02-29", -1)).toBe("2023-02-28");
    expect(addYears("2023-02-28", 1)).toBe("2024-02-28");
    expect(addYears("2024-02-29", 4)).toBe("2028-02-29");
  });

  it("uses the same time of the wall clock, also across a clock change", () => {
    const summer = new Date("2026-03-30T08:15:30.500Z");
    expect(sameTimeOn("2026-03-28", summer, "Europe/Madrid").toISOString()).toBe("2026-03-28T09:15:30.000Z");
    expect(sameTimeOn("2026-03-30", summer, "Europe/Madrid").toISOString()).toBe("2026-03-30T08:15:30.000Z");
  });

  it("continues with the next period", () => {
    for (const [period, interval, next] of [
      ["2026-02-28", "day", "2026-03-01"],
      ["2026-12-28", "week", "2027-01-04"],
      ["2026-01-01", "month", "2026-02-01"],
      ["2026-12-01", "month", "2027-01-01"],
      ["2024-01-01", "year", "2025-01-01"],
      ["2025-01-01", "year", "2026-01-01"],
    ] as const)
      expect(nextPeriod(period, interval)).toBe(next);
  });
});

describe("days that are counted", () => {
  it("follow and precede others, within four-digit years", () => {
    for (const [day, days, result] of [
      ["2026-02-28", 1, "2026-03-01"],
      ["2026-03-01", -1, "2026-02-28"],
      ["2026-01-01", 365, "2027-01-01"],
      ["9999-12-31", 1, "9999-12-31"],
      ["0000-01-01", -1, "0000-01-01"],
    ] as const)
      expect(addDays(day, days)).toBe(result);
  });

  it("are those from one to another, both inclusive", () => {
    expect(countDays("2026-02-27", "2026-03-01")).toBe(3);
    expect(countDays("2026-03-01", "2026-03-01")).toBe(1);
    expect(countDays("2026-03-02", "2026-03-01")).toBe(0);
  });

  it("begin at midnight of the shop, also after a clock change", () => {
    const start = (later?: number) => startOfDay("2026-03-29", "Europe/Madrid", later).toISOString();
    expect([start(), start(0), start(1), start(-1)]).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      "2026-03-27T23:00:00.000Z",
    ]);
  });

  it("are in months before and after others", () => {
    expect([-1, 0, 1, 13].map((months) => addMonths("2026-01-01", months))).toEqual([
      "2025-12-01",
      "2026-01-01",
      "2026-02-01",
      "2027-02-01",
    ]);
  });
});

it("an instant is supported from the beginning of 1900 on", () => {
  expect(isSupportedInstant("1900-01-01T00:00:00Z")).toBe(true);
  expect(isSupportedInstant("1899-12-31T23:59:59.999Z")).toBe(false);
});

describe("the wall clock of a shop", () => {
  it.each([
    ["2026-03-29T00:59:59.500Z", "Europe/Madrid", 3600],
    ["2026-03-29T01:00:00Z", "Europe/Madrid", 7200],
    ["2026-01-01T12:00:00Z", "America/New_York", -18_000],
    ["2026-01-01T12:00:00Z", "Asia/Kathmandu", 20_700],
  ])("at %s in %s is %d seconds ahead of UTC", (instant, zone, seconds) => {
    expect(offsetAt(new Date(instant), zone)).toBe(seconds);
  });

  it("shows a time and an hour of a day", () => {
    expect(timeOf(new Date("2026-07-01T06:05:09.900Z"), "Europe/Madrid")).toBe("08:05:09");
    const at = (instant: string) => hourOf(new Date(instant), "Europe/Madrid");
    expect(at("2026-06-30T22:30:00Z")).toEqual({ day: "2026-07-01", hour: 0, utc_offset: 7200 });
    expect(at("2026-10-25T00:30:00Z")).toEqual({ day: "2026-10-25", hour: 2, utc_offset: 7200 });
    expect(at("2026-10-25T01:30:00Z")).toEqual({ day: "2026-10-25", hour: 2, utc_offset: 3600 });
  });

  it("has 24 hours a day, one less or more where it is changed by an hour", () => {
    const hoursOf = (day: string, zone = "Europe/Madrid") => hoursOfDay(day, zone).map(({ hour }) => hour);
    const all = Array.from({ length: 24 }, (_, hour) => hour);
    expect(hoursOfDay("2026-07-01", "Europe/Madrid")).toEqual(
      all.map((hour) => ({ day: "2026-07-01", hour, utc_offset: 7200 })),
    );
    expect(hoursOf("2026-03-29")).toEqual(all.filter((hour) => hour !== 2));
    expect(hoursOf("2026-10-25")).toEqual(all.toSpliced(2, 0, 2));
    expect(hoursOf("2026-10-04", "Australia/Lord_Howe")).toEqual(all);
    // Samoa skipped a day to be on the other side of the date line.
    expect(hoursOf("2011-12-29", "Pacific/Apia")).toEqual(all);
    expect(hoursOf("2011-12-30", "Pacific/Apia")).toEqual([]);
  });
});
