import { describe, expect, it } from "vitest";
import { snippet } from "../../../src/catalog/search/highlight.ts";

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
