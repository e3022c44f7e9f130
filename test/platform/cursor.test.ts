import { describe, expect, it } from "vitest";
import { dayTimeKey, decodeCursor, encodeCursor, pageOf, singleKey } from "../../src/platform/cursor.ts";

const cursor = encodeCursor("sales", "shop", ["ñ 1"]);

describe("a cursor", () => {
  it("has the key of the last row", () => {
    expect(decodeCursor(singleKey, "sales", "shop", cursor)).toEqual(["ñ 1"]);
    const key = ["2026-11-01", "2026-11-01T10:00:00.000Z", "7"];
    expect(decodeCursor(dayTimeKey, "sales", "shop", encodeCursor("sales", "shop", key))).toEqual(key);
    expect(decodeCursor(singleKey, "sales", "shop", undefined)).toBeNull();
  });

  it.each([
    ["of another list", cursor, "users", "shop"],
    ["of another shop", cursor, "sales", "other"],
    ["with another end", `${cursor}A`, "sales", "shop"],
    ["that is cut", cursor.slice(0, -1), "sales", "shop"],
    ["that is empty", "", "sales", "shop"],
    ["with more keys than its list", encodeCursor("sales", "shop", ["1", "2"]), "sales", "shop"],
    ["with a number for a text", encodeCursor("sales", "shop", [1]), "sales", "shop"],
  ])("%s is refused", (_, text, list, shop) => {
    expect(() => decodeCursor(singleKey, list, shop, text)).toThrow(
      expect.objectContaining({ slug: "invalid-cursor" }),
    );
  });
});

it("a page has a cursor only if rows follow it, and that of its own last row", () => {
  const rows = ["a", "b", "c"];
  const pages = [1, 2, 3, 4].map((limit) => pageOf(rows, limit, (last) => `after ${last}`));
  expect(pages).toEqual([
    { data: ["a"], next_cursor: "after a" },
    { data: ["a", "b"], next_cursor: "after b" },
    { data: rows, next_cursor: null },
    { data: rows, next_cursor: null },
  ]);
});
