import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignedRight, centred, printable, widthOf, wrapped } from "../../src/values/fixed-width.ts";

describe("the columns of a text", () => {
  it.each([
    ["plain letters", "Sol", 3],
    ["letters with accents, composed and decomposed", "é e\u0301", 3],
    ["a letter with many marks", "Z\u0351\u036B\u0343", 1],
    ["Chinese, Japanese and Korean", "书店 ほん 책", 12],
    ["Korean in parts", "\u1112\u1161\u11AB", 2],
    ["full-width and half-width forms", "Ａｱ", 3],
    ["emoji, with a skin tone, a family and a flag", "😀👍🏽👨‍👩‍👧🇪🇸", 8],
    ["a symbol that is drawn as an emoji, and as text", "❤\uFE0F❤", 3],
    ["Hebrew and Arabic", "ספר كتاب", 8],
    ["Devanagari", "हिन्दी", 5],
    ["currency symbols", "€£¥", 3],
  ])("counts %s", (_, text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });
});

describe("printable text", () => {
  it("is one line without control, format and unpaired surrogate characters", () => {
    expect(printable(" a\r\n\tb\u0000c\u2028d\u00A0e ")).toBe("a b c d e");
    expect(printable("\u202Eabc\u2066\u200B\uFEFF\u00AD")).toBe("abc");
    expect(printable("a\uD800b")).toBe("a\uFFFDb");
  });

  it("keeps the joiners of emoji and of scripts that need them", () => {
    expect(printable("👨‍👩‍👧 می‌خواهم")).toBe("👨‍👩‍👧 می‌خواهم");
  });
});

describe("wrapping", () => {
  it("breaks between words, and within a word that is longer than a line", () => {
    expect(wrapped("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrapped("a incomprehensible b", 6)).toEqual(["a", "incomp", "rehens", "ible b"]);
    expect(wrapped("书店书店", 5)).toEqual(["书店", "书店"]);
    expect(wrapped("👨‍👩‍👧👍🏽", 2)).toEqual(["👨‍👩‍👧", "👍🏽"]);
    expect(wrapped(`ka${"\u093E".repeat(4)}`, 3)).toEqual(["ka\u093E", "\u093E\u093E\u093E"]);
    expect(wrapped("", 5)).toEqual([""]);
  });

  it("loses nothing and never exceeds the width", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.integer({ min: 2, max: 48 }),
        (text, width) => {
          const visible = printable(text);
          const lines = wrapped(visible, width);
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
          expect(lines.join("").replaceAll(" ", "")).toBe(visible.replaceAll(" ", ""));
        },
      ),
    );
  });
});

describe("alignment", () => {
  it("counts columns, not characters", () => {
    expect(alignedRight("书店", 6)).toBe("  书店");
    expect(centred("书店", 8)).toBe("  书店");
    expect(centred("abc", 8)).toBe("  abc");
    expect(centred("abcd", 2)).toBe("abcd");
  });
});
