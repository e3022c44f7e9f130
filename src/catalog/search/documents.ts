// What the full-text index stores about a product. Every token starts with the prefix of its shop, so a search reads the
// postings of one shop only, and no word that a user types can be query syntax.
import { createHash } from "node:crypto";
import { MIN_FUZZY_LENGTH, deletionVariants } from "./edits.ts";
import { stemLanguages, stemsOf } from "./stems.ts";
import { normalizeCode, wordForms, wordsOf } from "./words.ts";

/** The fields of a product that are indexed. */
export type SearchableProduct = {
  title: string;
  author: string | null;
  series: string | null;
  publisher: string | null;
  category: string | null;
  description: string | null;
  isbn: string | null;
  barcodes: string[];
  sku: string;
  language: string | null;
};

// A word has about eight variants; those of a long description would outweigh all other fields.
const MAX_DESCRIPTION_VARIANTS = 1_200;

/** The prefix of a shop's tokens. It has 32 bits, so shops may share it: every query also filters by tenant. */
export const shopPrefix = (tenantId: string): string => tenantId.slice(-8);

const tokensOf = (text: string | null): string[] => wordForms(text ?? "").map((word) => word.text);

const ARTICLES = new Set(["a", "an", "the", "el", "la", "los", "las", "un", "una", "lo"]);

/** The words that a completion may start with: the first of the title, with and without its article, and any of the author. */
function completionStarts(title: string, author: string | null): string[] {
  const words = wordsOf(title).map((word) => word.text);
  const first = words.findIndex((word) => !ARTICLES.has(word));
  return [...words.slice(0, Math.max(first, 0) + 1), ...tokensOf(author)];
}

/** A token for the exact value of a filter: a category, an author or a language. */
export const filterToken = (field: FilterField, value: string): string =>
  field[0] + createHash("sha256").update(value).digest("hex").slice(0, 16);

export const filterFields = ["category", "author", "language"] as const;

type FilterField = (typeof filterFields)[number];

const filterTokens = (product: SearchableProduct): string[] =>
  filterFields.flatMap((field) => (product[field] === null ? [] : [filterToken(field, product[field])]));

const unique = (words: string[]): string[] => [...new Set(words)];

const fuzzyVariants = (words: string[]): string[] =>
  unique(words)
    .filter((word) => word.length >= MIN_FUZZY_LENGTH - 1)
    .flatMap(deletionVariants);

/** The SKU, the ISBN and the barcodes of a product, each as one folded word. */
export const codesOf = ({ sku, isbn, barcodes }: SearchableProduct): string[] =>
  [sku, isbn ?? "", ...barcodes].map(normalizeCode).filter((code) => code !== "");

/** The shortest start of a code that a search finds: a shorter one is the start of too many codes. */
export const MIN_CODE_PREFIX_LENGTH = 3;

/** What follows each separator of a SKU, as one folded word: of LAMP-BLUE-01 "blue01". */
export const skuPartsOf = ({ sku }: SearchableProduct): string[] =>
  wordsOf(sku)
    .slice(1)
    .map(({ start }) => normalizeCode(sku.slice(start)))
    .filter((part) => part.length >= MIN_CODE_PREFIX_LENGTH);

/** The columns of a product's row in the index, each a string of tokens. */
export function searchDocument(tenantId: string, product: SearchableProduct): Record<string, string> {
  const prefix = shopPrefix(tenantId);
  const tokens = (words: string[]): string => words.map((word) => prefix + word).join(" ");
  const title = tokensOf(product.title);
  const author = tokensOf(product.author);
  const details = [product.series, product.publisher, product.category].flatMap(tokensOf);
  const description = tokensOf(product.description);
  const languages = stemLanguages(product.language);
  const stems = unique([...title, ...details, ...description].flatMap((word) => stemsOf(word, languages)));
  return {
    title: tokens(title),
    author: tokens(author),
    details: tokens(details),
    description: tokens(description),
    codes: tokens([...codesOf(product), ...skuPartsOf(product)]),
    stems: tokens(stems),
    near: tokens(fuzzyVariants([...title, ...author, ...details])),
    near_description: tokens(fuzzyVariants(description).slice(0, MAX_DESCRIPTION_VARIANTS)),
    starts: tokens(unique(completionStarts(product.title, product.author))),
    marks: tokens(filterTokens(product)),
  };
}
