// The MATCH expression of a query. It consists of quoted tokens, so any input is literal text.
import { toEan } from "../products/barcode.ts";
import { toIsbn13 } from "../products/isbn.ts";
import { filterFields, filterToken, MIN_CODE_PREFIX_LENGTH, shopPrefix } from "./documents.ts";
import { MIN_FUZZY_LENGTH, deletionVariants } from "./edits.ts";
import { stemsOf } from "./stems.ts";
import { normalizeCode, type Word } from "./words.ts";

/** Further words of a query are ignored: each adds a term to the expression. */
export const MAX_WORDS = 12;

/**
 * The words of a query, as typed and folded, the codes (SKUs, ISBNs and barcodes) that it may contain, and the start of a code
 * that it may be as a whole; null if it is too short.
 */
export type SearchTerms = { typed: string[]; words: string[]; codes: string[]; codePrefix: string | null };

export const searchTerms = (query: string, words: Word[]): SearchTerms => ({
  typed: words.map(({ start, end }) => query.slice(start, end)),
  words: words.map((word) => word.text),
  codes: codesIn(query, words),
  codePrefix: codePrefixOf(query),
});

// ISBN-10 and ISBN-13, with or without separators, also within other text.
const ISBN_LIKE = /[\dXx](?:[\dXx]|[ -](?=[\dXx])){8,16}/g;
// A shorter number among other words is part of a title.
const MIN_CODE_LENGTH = 8;

/** The codes that a query may contain: the whole query, its ISBNs, its long words and the EAN-13 of a UPC-A. */
function codesIn(query: string, words: Word[]): string[] {
  const isbns = (query.match(ISBN_LIKE) ?? []).flatMap((text) => toIsbn13(text) ?? []);
  const long = words.map((word) => word.text).filter((word) => word.length >= MIN_CODE_LENGTH);
  return [...new Set([normalizeCode(query), ...isbns, ...long, ...long.map(toEan)])].filter(
    (code) => code !== "",
  );
}

function codePrefixOf(query: string): string | null {
  const code = normalizeCode(query);
  return code.length >= MIN_CODE_PREFIX_LENGTH ? code : null;
}

/** Whether the last word is also matched as a prefix: a single letter is the prefix of too many words. */
export const allowsPrefix = (words: readonly string[]): boolean =>
  words.length > 1 || (words[0]?.length ?? 0) > 1;

const STOP_WORDS = new Set(
  (
    "a an and as at by for from in is it of on or the to with " +
    "al con de del el en es la las lo los o para por que se su un una y e i"
  ).split(" "),
);

/** Whether a product need not contain this word of the query. */
export const isStopWord = (word: string): boolean => word.length === 1 || STOP_WORDS.has(word);

const TEXT_COLUMNS = "{title author details description}";
const VARIANT_COLUMNS = "{near near_description}";

const anyOf = (columns: string, phrases: string[]): string => `${columns} : (${phrases.join(" OR ")})`;

/** One word of a query: as it is written, by its stem, within one edit, and as a prefix if `isPrefix`. */
function wordExpression(prefix: string, word: string, isPrefix: boolean): string {
  const token = (text: string): string => `"${prefix}${text}"`;
  const alternatives = [anyOf(TEXT_COLUMNS, [`${token(word)}${isPrefix ? " *" : ""}`])];
  const stems = stemsOf(word, ["es", "en"]);
  if (stems.length > 0) alternatives.push(anyOf("{stems}", stems.map(token)));
  const letters = Array.from(word).length;
  if (letters >= MIN_FUZZY_LENGTH - 1) {
    const variants = letters < MIN_FUZZY_LENGTH ? [word] : deletionVariants(word);
    // A prefix with an edit is a prefix of one of the variants.
    const isVariantPrefix = isPrefix && letters >= MIN_FUZZY_LENGTH + 1;
    alternatives.push(
      anyOf(
        VARIANT_COLUMNS,
        variants.map((variant) => (isVariantPrefix ? `${token(variant)} *` : token(variant))),
      ),
    );
  }
  return `(${alternatives.join(" OR ")})`;
}

/** The accepted values of each filter. */
export type FilterValues = Partial<Record<(typeof filterFields)[number], string[] | undefined>>;

/**
 * Matches products with all words of a query, or (`any`) at least one, or one of its codes, or a code that starts with the query,
 * restricted to the filters. Stop words are required only in a query that has no other words.
 */
export function matchExpression(
  tenantId: string,
  { words, codes, codePrefix }: SearchTerms,
  required: "all" | "any",
  filters: FilterValues = {},
): string {
  const prefix = shopPrefix(tenantId);
  const isPrefix = (at: number): boolean => at === words.length - 1 && allowsPrefix(words);
  const all = words.map((word, at) => ({ word, at }));
  const significant = all.filter(({ word, at }) => !isStopWord(word) || isPrefix(at));
  const expressions = (significant.length > 0 ? significant : all).map(({ word, at }) =>
    wordExpression(prefix, word, isPrefix(at)),
  );
  const phrases = (texts: string[]): string[] => texts.map((text) => `"${prefix}${text}"`);
  const codePhrases = [...phrases(codes), ...(codePrefix === null ? [] : [`"${prefix}${codePrefix}" *`])];
  const text = `((${expressions.join(required === "all" ? " AND " : " OR ")}) OR ${anyOf("{codes}", codePhrases)})`;
  const restrictions = filterFields.flatMap((field) => {
    const values = filters[field];
    return values ? [anyOf("{marks}", phrases(values.map((value) => filterToken(field, value))))] : [];
  });
  return [text, ...restrictions].join(" AND ");
}

/** Matches products by the start of their title or author: for fewer than four letters, which are the prefix of too many words. */
export const prefixExpression = (tenantId: string, word: string): string =>
  `{starts} : "${shopPrefix(tenantId)}${word}" *`;
