import { describe, expect, it } from "vitest";
import {
  canonicalTag,
  folded,
  isStorable,
  label,
  LanguageTag,
  textLines,
  trimmed,
} from "../../src/values/text.ts";

describe("a language tag", () => {
  it.each([
    ["es-mx", "es-MX"],
    ["spa", "es"],
    [`en-x${"-abcdefgh".repeat(3)}-abc`, `en-x${"-abcdefgh".repeat(3)}-abc`],
  ])("%s is stored as %s", (tag, stored) => {
    expect(LanguageTag.parse(tag)).toBe(stored);
  });

  it.each([`en-x${"-abcdefgh".repeat(3)}-abcd`, "x", "", "es_MX", "spanish"])("%j is refused", (tag) => {
    expect(LanguageTag.safeParse(tag).success).toBe(false);
  });

  it("whose canonical form is too long is refused", () => {
    const tag = (last: string) => `es-u-ca-islamicc-x-abcdefgh${last}`;
    expect(LanguageTag.parse(tag("-a"))).toBe("es-u-ca-islamic-civil-x-abcdefgh-a");
    expect(LanguageTag.safeParse(tag("-abc")).success).toBe(false);
  });
});

it("a malformed language tag is compared as it is written, any other in its canonical form", () => {
  expect(["eng", "es-mx", "es_MX", "english"].map(canonicalTag)).toEqual(["en", "es-MX", "es_MX", "english"]);
});

describe("a line of text", () => {
  const Line = label(5, "Sol");

  it.each([
    [" Sol ", "Sol"],
    ["\u00A0a b\t", "a b"],
    ["❤\uFE0F", "❤\uFE0F"],
    ["12345", "12345"],
    [" 12345 ", "12345"],
  ])("%j is stored as %j", (text, stored) => {
    expect(Line.parse(text)).toBe(stored);
  });

  it.each([
    "",
    "  ",
    "123456",
    "a\nb",
    "a\tb",
    "a\u200Bb",
    "\uFEFFa",
    "a\u2028",
    "a\u202Eb",
    "a\u2800b",
    "a\u{1D159}",
    "a\u115Fb",
    "a\uD800",
    "a\u0000",
  ])("%j is refused", (text) => {
    expect(Line.safeParse(text).success).toBe(false);
  });
});

describe("lines of text", () => {
  const Lines = textLines(5, "Sol");

  it("have LF at their ends, may be empty in between, and are trimmed as a whole", () => {
    expect(Lines.parse("\r\n a\r\n\r\nb \n")).toBe("a\n\nb");
    expect(Lines.parse("a\nbcd")).toBe("a\nbcd");
  });

  it.each(["", "\n", "a\nbcde", "a\rb", "a\n\u200B", "a\tb"])("are not %j", (text) => {
    expect(Lines.safeParse(text).success).toBe(false);
  });
});

it("characters that must be refused are not trimmed", () => {
  expect([" a\u00A0", "a \uFEFF", "\u2028 a", "a\u2029"].map(trimmed)).toEqual([
    "a",
    "a \uFEFF",
    "\u2028 a",
    "a\u2029",
  ]);
});

it("texts are compared without regard to case and Unicode form", () => {
  expect(folded("CAFE\u0301@Example.COM")).toBe("caf\u00E9@example.com");
  // The lower case of this letter has a dot above, which is not composed.
  expect(folded("\u0130")).toBe("i\u0307");
  // And that of this one is composed, though the letter itself is not.
  expect(folded("J\u030C")).toBe("\u01F0");
});

it("text is stored unchanged unless it has NUL or an unpaired surrogate", () => {
  expect(["a", "😀", "a\n\u200B", "a\u0000", "\uD83D", "\uDE00a"].map(isStorable)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
