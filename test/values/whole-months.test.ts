import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitMonths } from "../../src/values/whole-months.ts";
import { addDays, countDays, nextPeriod } from "../../src/values/days.ts";

const daysOf = (first: string, last: string): string[] =>
  Array.from({ length: countDays(first, last) }, (_, index) => addDays(first, index));

describe("a range of days", () => {
  it("is split into whole months and other days, which together are each of its days once", () => {
    fc.assert(
      fc.property(fc.nat(800), fc.integer({ min: -5, max: 200 }), (start, length) => {
        const from = addDays("2023-12-20", start);
        const to = addDays(from, length - 1);
        const { months, edges } = splitMonths(from, to);
        const days = edges.flatMap(([first, last]) => daysOf(first, last));
        if (months) days.push(...daysOf(months[0], addDays(nextPeriod(months[1], "month"), -1)));
        expect(days.toSorted()).toEqual(length > 0 ? daysOf(from, to) : []);
        const longest = Math.max(0, ...edges.map(([first, last]) => countDays(first, last)));
        expect(longest).toBeLessThanOrEqual(60);
      }),
    );
  });

  it.each([
    ["2026-02-01", "2026-02-28", ["2026-02-01", "2026-02-01"], []],
    ["2024-02-01", "2024-02-28", null, [["2024-02-01", "2024-02-28"]]],
    ["2026-03-02", "2026-03-01", null, []],
    [
      "2026-01-31",
      "2026-04-01",
      ["2026-02-01", "2026-03-01"],
      [
        ["2026-01-31", "2026-01-31"],
        ["2026-04-01", "2026-04-01"],
      ],
    ],
    [undefined, "2026-01-31", ["0000-01-01", "2026-01-01"], []],
    [undefined, "2026-01-30", ["0000-01-01", "2025-12-01"], [["2026-01-01", "2026-01-30"]]],
    ["2026-01-02", undefined, ["2026-02-01", "9999-12-01"], [["2026-01-02", "2026-01-31"]]],
    [undefined, undefined, ["0000-01-01", "9999-12-01"], []],
    ["9999-12-15", undefined, null, [["9999-12-15", "9999-12-31"]]],
    ["9999-12-01", "9999-12-30", null, [["9999-12-01", "9999-12-30"]]],
  ])("from %s to %s has the months %j and the days %j", (from, to, months, edges) => {
    expect(splitMonths(from, to)).toEqual({ months, edges });
  });
});
