// How well a product matches a query.
import { describe, expect, it } from "vitest";
import { type SearchableProduct, searchDocument } from "../../../src/catalog/search/documents.ts";
import { deletionVariants, isFuzzyPrefix, isWithinOneEdit } from "../../../src/catalog/search/edits.ts";
import { matchExpression, searchTerms } from "../../../src/catalog/search/match.ts";
import { correctionOf, createRanker } from "../../../src/catalog/search/rank.ts";
import { stemLanguages } from "../../../src/catalog/search/stems.ts";
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
    ["by a letter more than a short word has", "sol mesa", "Solo mesa", 1.05],
    ["by the beginning of a word", "flo", "Florero", 0.8 + 0.45 / 7 + 0.1],
    ["by two letters", "fl", "Flor", 0.975],
    ["not by one letter", "f", "Flor", 0],
    ["by one letter after another word", "sol f", "Sol flor", (1 + 0.25 * 0.8375) / 1.25 + 0.2],
    ["by the beginning of a word after a single letter", "x flo", "Florero", (0.8 + 0.45 / 7) / 1.25 + 0.1],
    ["by its better word, where that comes second", "libro", "Libros libro", 1.05],
    ["by its better word, where that comes first", "libro", "Libro libros", 1.05],
    ["not by the beginning of a word before the last", "flo azul", "Florero azul", 0.55],
    ["by a beginning with a wrong letter", "quikot", "Quijotesco", 0.65],
    ["by a beginning with an extra letter", "quijjot", "Quijotesco", 0.65],
    ["by a beginning that lacks a letter", "quiot", "Quijotesco", 0.65],
    ["not by a beginning of four letters with a wrong one", "flar", "Florero", 0],
    ["not by a beginning with a wrong letter before the last word", "quikot mesa", "Quijotesco mesa", 0.55],
    ["with less weight for a stop word that it lacks", "de flor", "Flor", 0.9],
    ["with less weight for a letter that it lacks", "x flor", "Flor", 0.9],
    ["with words apart", "tango azul", "Tango viejo azul", 1 + 0.2 / 3],
    ["with words in another order", "azul tango", "Tango azul", 1.1],
    ["with three words together", "tango azul viejo", "Tango azul viejo", 1.2],
    ["with two of three words together", "tango azul viejo", "Tango azul muy viejo", 1.125],
    ["with two words that mean the same one", "quijote quixote", "Quijote", 0.95],
  ])("matches %s", (_, q, title, score) => {
    expect(rank(q, { title }).score).toBeCloseTo(score, 6);
  });

  it.each<[keyof SearchableProduct, number]>([
    ["title", 1.1],
    ["author", 0.95],
    ["series", 0.85],
    ["category", 0.5],
    ["publisher", 0.5],
    ["description", 0.3],
    ["isbn", 10],
  ])("matches by its %s", (field, score) => {
    const [q, text] = field === "isbn" ? ["0306406152", "9780306406157"] : ["borges", "Borges"];
    expect(rank(q, { [field]: text }).score).toBeCloseTo(score, 6);
  });

  it("matches words of two fields, which are not adjacent", () => {
    expect(rank("tango garcia", { title: "Tango", author: "Ana García" }).score).toBeCloseTo(1.075, 6);
  });

  it.each([
    ["LAMP-BLUE-01", 10],
    ["lamp-b", 0.5],
    ["blu", 0.5],
    ["la", 0],
    ["amp", 0],
  ])("matches the code %j", (q, score) => {
    expect(rank(q, { sku: "LAMP-BLUE-01" }).score).toBe(score);
  });

  it("does not match by a code that begins with the name of nothing", () => {
    expect(rank("la", { sku: "NULL-1" }).score).toBe(0);
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

it("a query is corrected to the first of the words that are equally near", () => {
  const terms = termsOf("cava azxl");
  const candidates = ["Caza casa azul", "Casa azul"].map((title) => {
    const found = product({ title });
    return { product: found, ranking: createRanker(terms)(found) };
  });
  expect(correctionOf(terms, candidates)).toBe("caza azul");
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

describe("two words", () => {
  it.each([
    ["sola", "sola"],
    ["sola", "solo"],
    ["sola", "sol"],
    ["sola", "ola"],
    ["sola", "osla"],
    ["sola", "soal"],
    ["aa", "aaa"],
  ])("%s and %s are one edit apart at most", (one, other) => {
    expect([isWithinOneEdit(one, other), isWithinOneEdit(other, one)]).toEqual([true, true]);
  });

  it.each([
    ["sola", "so"],
    ["sola", "sila y"],
    ["sola", "siia"],
    ["sola", "slxa"],
    ["sola", "sxoa"],
    ["sola", "sxa"],
    ["abx", "bay"],
    ["ab", "bay"],
  ])("%s and %s are further apart", (one, other) => {
    expect([isWithinOneEdit(one, other), isWithinOneEdit(other, one)]).toEqual([false, false]);
  });

  it("of which one is the other without a letter begin alike", () => {
    expect(isFuzzyPrefix("hobit", "hobbit")).toBe(true);
    expect(isFuzzyPrefix("hobit", "rabbit")).toBe(false);
  });
});

it.each([
  ["es-MX", ["es"]],
  ["spa", ["es"]],
  ["EN-us", ["en"]],
  ["eng", ["en"]],
  ["de", ["es", "en"]],
  [null, ["es", "en"]],
])("the words of a text in the language %j have stems in %j", (tag, languages) => {
  expect(stemLanguages(tag)).toEqual(languages);
});

describe("the codes", () => {
  it("in a query are its ISBNs, its words of eight characters, and all of it", () => {
    const { codes } = termsOf("see 0-306-40615-2 or 12345678, 1234567");
    expect(codes).toEqual(["see0306406152or123456781234567", "9780306406157", "12345678"]);
  });

  it("that begin like a query are sought from three characters on", () => {
    expect(termsOf("a-bc").codePrefix).toBe("abc");
    expect(termsOf("a-b").codePrefix).toBeNull();
  });

  it("of a product are its SKU and the parts of at least three characters", () => {
    const { codes } = searchDocument("00000000-0000-7000-8000-0000000000ab", product({ sku: "LAMP-XL-R" }));
    expect(codes).toBe("000000ablampxlr 000000abxlr");
  });
});

it("only the last word of a query finds words that begin with it, unless it is all of it and a single letter", () => {
  const prefixes = (q: string) =>
    [...matchExpression("shop", termsOf(q), "all").matchAll(/description} : \("shop(\w+)" \*/g)].map(
      ([, word]) => word,
    );
  expect(["sol", "so", "s", "sol s", "sol y luna"].map(prefixes)).toEqual([
    ["sol"],
    ["so"],
    [],
    ["s"],
    ["luna"],
  ]);
});

describe("the words that a typo finds", () => {
  it("are those of three letters as they are, and those of four without each letter", () => {
    expect(deletionVariants("sol")).toEqual(["sol"]);
    expect(deletionVariants("sola")).toEqual(["sola", "ola", "sla", "soa", "sol"]);
    expect(deletionVariants("abcdefghijklmnopqrstuvwxyz")[0]).toBe("abcdefghijklmnopqrstuvwx");
    const { near } = searchDocument("00000000-0000-7000-8000-0000000000ab", product({ title: "Un sol" }));
    expect(near).toBe("000000absol");
  });

  it("begin with a variant of a word of five letters, and not of four", () => {
    const isPrefix = (q: string) =>
      /near_description} : \([^)]*\*/.test(matchExpression("shop", termsOf(q), "all"));
    expect([isPrefix("sola"), isPrefix("solar")]).toEqual([false, true]);
    // Only the last word may still be incomplete.
    expect(isPrefix("solar de")).toBe(false);
  });
});
