// How well a product matches a query.
import { describe, expect, it } from "vitest";
import { type SearchableProduct, searchDocument } from "../../../src/catalog/search/documents.ts";
import { deletionVariants } from "../../../src/catalog/search/edits.ts";
import { matchExpression, searchTerms } from "../../../src/catalog/search/match.ts";
import { correctionOf, createRanker } from "../../../src/catalog/search/rank.ts";
import { wordForms, wordsOf } from "../../../src/catalog/search/words.ts";

const product = (fields: Partial<SearchableProduct>): SearchableProduct => ({
  title: "",
  author: null,
  series: null,
  publisher: null,
  category: null,
  description: null,
  isbn: null,
  barcodes: [],
  sku: "A",
  language: null,
  ...fields,
});

const termsOf = (q: string) => searchTerms(q, wordsOf(q));

const rank = (q: string, fields: Partial<SearchableProduct>) => createRanker(termsOf(q))(product(fields));

describe("a product", () => {
  it.each([
    ["as written", "flor azul", "Flor azul", 1.2],
    ["by stem", "flores", "Flor", 0.95],
    ["by a word of its title of two", "azul", "Flor azul", 1.05],
    ["within one edit", "azil", "Azul", 0.8],
    ["not at all, where a short word differs by one letter", "sal", "Sol", 0],
  ])("matches %s", (_, q, title, score) => {
    expect(rank(q, { title }).score).toBeCloseTo(score, 6);
  });

  it("matches by the start of its description, and by all of it only if nothing else does", () => {
    const description = `Oslo ${"a ".repeat(600)}Bergen Oslo`;
    expect(rank("bergen", { description }).hits).toHaveLength(1);
    expect(rank("oslo", { description }).hits).toHaveLength(1);
    expect(rank("bergen", { title: "Bergen", description }).hits.map(({ field }) => field)).toEqual([
      "title",
    ]);
  });
});

it("a query whose last word begins like a word but for a typo is corrected to it", () => {
  const terms = termsOf("philosohp");
  const found = product({ title: "The Philosopher" });
  const candidates = [{ product: found, ranking: createRanker(terms)(found) }];
  expect(correctionOf(terms, candidates)).toBe("philosopher");
});

it("another form of a word has the place of its text", () => {
  const text = "L'amour de spider-man";
  const forms = wordForms(text).map(({ text: form, start, end }) => [form, text.slice(start, end)]);
  expect(forms).toEqual(
    expect.arrayContaining([
      ["lamour", "L'amour"],
      ["amour", "amour"],
      ["spiderman", "spider-man"],
    ]),
  );
});

describe("the words that a typo finds", () => {
  it("are those of three letters as they are, and those of four without each letter", () => {
    expect(deletionVariants("sol")).toEqual(["sol"]);
    expect(deletionVariants("sola")).toEqual(["sola", "ola", "sla", "soa", "sol"]);
    const { near } = searchDocument("00000000-0000-7000-8000-0000000000ab", product({ title: "Un sol" }));
    expect(near).toBe("000000absol");
  });

  it("begin with a variant of a word of five letters, and not of four", () => {
    const isPrefix = (q: string) =>
      /near_description} : \([^)]*\*/.test(matchExpression("shop", termsOf(q), "all"));
    expect([isPrefix("sola"), isPrefix("solar")]).toEqual([false, true]);
  });
});
