// What the full-text index holds of a product. Every token begins with its shop's prefix, so a search walks only the
// postings of one shop, and no word that somebody types can be query syntax.
import { createHash } from "node:crypto";
import { SHORTEST, variantsOf } from "./edits.ts";
import { languagesOf, stemsOf } from "./stems.ts";
import { codeOf, formsOf, wordsOf } from "./words.ts";

/** The fields of a product that can be searched. */
export type Searchable = {
  title: string;
  author: string | null;
  series: string | null;
  publisher: string | null;
  category: string | null;
  description: string | null;
  isbn: string | null;
  sku: string;
  language: string | null;
};

// Variants are some eight times the words: those of a long description would be more than all the rest.
const DESCRIPTION_WORDS = 150;

/** Begins the tokens of a shop. Two shops may share it (32 bits): what is found is still looked up in one shop. */
export const prefixOf = (tenantId: string): string => tenantId.slice(-8);

const tokensOf = (text: string | null): string[] => formsOf(text ?? "").map((word) => word.text);

const ARTICLES = new Set(["a", "an", "the", "el", "la", "los", "las", "un", "una", "lo"]);

/** The words that a completion may begin with: the title's first, with and without its article, and any of a name. */
function startsOf(title: string, author: string | null): string[] {
  const words = wordsOf(title).map((word) => word.text);
  const first = words.findIndex((word) => !ARTICLES.has(word));
  return [...words.slice(0, Math.max(first, 0) + 1), ...tokensOf(author)];
}

/** Marks what a filter may ask for: a category, an author or a language, exactly as it is written. */
export const markOf = (field: MarkedField, value: string): string =>
  field[0] + createHash("sha256").update(value).digest("hex").slice(0, 16);

export const markedFields = ["category", "author", "language"] as const;

type MarkedField = (typeof markedFields)[number];

const marksOf = (product: Searchable): string[] =>
  markedFields.flatMap((field) => (product[field] === null ? [] : [markOf(field, product[field])]));

const unique = (words: string[]): string[] => [...new Set(words)];

const nearTo = (words: string[]): string[] =>
  unique(words)
    .filter((word) => word.length >= SHORTEST - 1)
    .flatMap(variantsOf);

/** The columns of a product in the index, each a text of tokens. */
export function documentOf(tenantId: string, product: Searchable): Record<string, string> {
  const prefix = prefixOf(tenantId);
  const tokens = (words: string[]): string => words.map((word) => prefix + word).join(" ");
  const title = tokensOf(product.title);
  const author = tokensOf(product.author);
  const details = [product.series, product.publisher, product.category].flatMap(tokensOf);
  const description = tokensOf(product.description);
  const codes = [product.sku, product.isbn ?? ""].map(codeOf).filter((code) => code !== "");
  const languages = languagesOf(product.language);
  const stems = unique([...title, ...details, ...description].flatMap((word) => stemsOf(word, languages)));
  return {
    title: tokens(title),
    author: tokens(author),
    details: tokens(details),
    description: tokens(description),
    codes: tokens(codes),
    stems: tokens(stems),
    near: tokens(nearTo([...title, ...author, ...details])),
    near_description: tokens(nearTo(description).slice(0, DESCRIPTION_WORDS * 8)),
    starts: tokens(unique(startsOf(product.title, product.author))),
    marks: tokens(marksOf(product)),
  };
}
