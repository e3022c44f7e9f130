import { describe, expect, it } from "vitest";
import { highlight, snippet } from "../../../src/catalog/search/highlight.ts";

const word = (text: string, of: string) => {
  const start = text.indexOf(of);
  return [{ text: of, start, end: start + of.length }];
};

describe("the excerpt of a description around its first match", () => {
  it.each([
    ["without any space", `${"a".repeat(300)}-needle-${"b".repeat(300)}`],
    ["whose first space comes after the match", `${"a".repeat(300)}-needle ${"b ".repeat(300)}`],
    ["whose last space comes before the match", `${"a ".repeat(150)}needle-${"b".repeat(300)}`],
    ["of many words", `${"a ".repeat(150)}needle ${"b ".repeat(300)}`],
  ])("contains the match in a text %s, and is short", (_, text) => {
    const html = snippet(text, word(text, "needle"));
    expect(html).toContain("<mark>needle</mark>");
    expect(html.length).toBeLessThan(260);
  });
});

describe("the excerpt of a description", () => {
  it("is the whole of a text of 200 characters, and ends at a space of a longer one", () => {
    const text = (length: number): string => "needle is in ".padEnd(length, "ab ").slice(0, length - 1) + "z";
    expect(snippet(text(200), word(text(200), "needle"))).toBe(
      text(200).replace("needle", "<mark>needle</mark>"),
    );
    expect(snippet(text(201), word(text(201), "needle"))).toMatch(/[ab] …$/);
  });

  it("begins with the text if the match is among its first 60 characters", () => {
    const at = (place: number): string => `${"a ".repeat(40).slice(0, place - 1)} needle`;
    expect(snippet(at(60), word(at(60), "needle"))).toMatch(/^a a /);
    expect(snippet(at(61), word(at(61), "needle"))).toMatch(/^… /);
  });

  it("marks what it contains, and nothing after it", () => {
    const text = `needle ${"a ".repeat(200)}thread`;
    expect(snippet(text, [...word(text, "needle"), ...word(text, "thread")])).toMatch(
      /^<mark>needle<\/mark> [a ]+ …$/,
    );
  });
});

describe("the excerpt of a description with words on both sides of its match", () => {
  it("begins and ends between words", () => {
    const text = `${"ab ".repeat(50)}needle ${"cd ".repeat(100)}`;
    expect(snippet(text, word(text, "needle"))).toBe(
      `… ${"ab ".repeat(19)}<mark>needle</mark> ${"cd ".repeat(44)}cd …`,
    );
  });

  it("marks a match at its end", () => {
    const text = "needle and thread";
    expect(snippet(text, [...word(text, "needle"), ...word(text, "thread")])).toBe(
      "<mark>needle</mark> and <mark>thread</mark>",
    );
  });
});

describe("a text with matches", () => {
  it("marks them in any order, and one of two forms of a word", () => {
    const text = "L'amour & paix";
    const words = [...word(text, "paix"), ...word(text, "L'amour"), ...word(text, "amour")];
    expect(highlight(text, words)).toBe("<mark>L&#39;amour</mark> &amp; <mark>paix</mark>");
  });
});
