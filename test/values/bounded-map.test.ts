import { expect, it } from "vitest";
import { setBounded } from "../../src/values/bounded-map.ts";

it("a bounded map has the entries that were set last, and never more than its size", () => {
  const map = new Map<string, number>();
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
    ["a", 4],
    ["d", 5],
  ] as const) {
    setBounded(map, 3, key, value);
    expect(map.size).toBeLessThanOrEqual(3);
  }
  expect([...map]).toEqual([
    ["c", 3],
    ["a", 4],
    ["d", 5],
  ]);
});
