// The MATCH expression of a query. It is built of quoted tokens alone, so any input is literal text.
import { toIsbn13 } from "../products/isbn.ts";
import { markedFields, markOf, prefixOf } from "./documents.ts";
import { SHORTEST, variantsOf } from "./edits.ts";
import { stemsOf } from "./stems.ts";
import { codeOf, type Word } from "./words.ts";

/** More words than a title has say nothing more, and each is another part of the expression. */
export const MOST_WORDS = 12;

/** A query as it is compared with products: its words as typed and folded, and the codes that it may name. */
export type Wanted = { typed: string[]; words: string[]; codes: string[] };

export const wantedOf = (query: string, words: Word[]): Wanted => ({
  typed: words.map(({ start, end }) => query.slice(start, end)),
  words: words.map((word) => word.text),
  codes: codesOf(query, words),
});

// ISBNs of either length, with separators or without, also within other text.
const ISBN_LIKE = /[\dXx](?:[\dXx]|[ -](?=[\dXx])){8,16}/g;
// A shorter number among other words is no code: there are titles with numbers.
const SHORTEST_CODE = 8;

/** The codes that a query may name: all of it, the ISBNs in it, and its long words. */
function codesOf(query: string, words: Word[]): string[] {
  const isbns = (query.match(ISBN_LIKE) ?? []).flatMap((text) => toIsbn13(text) ?? []);
  const long = words.map((word) => word.text).filter((word) => word.length >= SHORTEST_CODE);
  return [...new Set([codeOf(query), ...isbns, ...long])].filter((code) => code !== "");
}

/** Whether the last word may be a beginning: one letter alone begins too much. */
export const goesOn = (words: readonly string[]): boolean => words.length > 1 || (words[0]?.length ?? 0) > 1;

// So common that they would match most of a shop, and say nothing.
const COMMON = new Set(
  (
    "a an and as at by for from in is it of on or the to with " +
    "al con de del el en es la las lo los o para por que se su un una y e i"
  ).split(" "),
);

/** Whether a word says so little that a product is not asked for it. */
export const isCommon = (word: string): boolean => word.length === 1 || COMMON.has(word);

const WRITTEN = "{title author details description}";
const NEAR = "{near near_description}";

const anyOf = (columns: string, phrases: string[]): string => `${columns} : (${phrases.join(" OR ")})`;

/** One word of a query: as it is written, by its stem, with a mistake, and as a beginning where it may go on. */
function groupOf(prefix: string, word: string, goesOn: boolean): string {
  const token = (text: string): string => `"${prefix}${text}"`;
  const begins = goesOn ? " *" : "";
  const ways = [anyOf(WRITTEN, [`${token(word)}${begins}`])];
  const stems = stemsOf(word, ["es", "en"]);
  if (stems.length > 0) ways.push(anyOf("{stems}", stems.map(token)));
  const letters = Array.from(word).length;
  if (letters >= SHORTEST - 1) {
    const near = letters < SHORTEST ? [word] : variantsOf(word);
    // The beginning of a word with a mistake is the beginning of one of its variants.
    const open = goesOn && letters >= SHORTEST + 1;
    ways.push(
      anyOf(
        NEAR,
        near.map((variant) => (open ? `${token(variant)} *` : token(variant))),
      ),
    );
  }
  return `(${ways.join(" OR ")})`;
}

/** Of a facet, any of several values. */
export type Marks = Partial<Record<(typeof markedFields)[number], string[] | undefined>>;

/**
 * Products that have all the words of a query, or (`any`) at least one, or a code of it; common words are asked for only where
 * there are no others. Of these, the ones with the marks.
 */
export function matchOf(
  tenantId: string,
  { words, codes }: Wanted,
  need: "all" | "any",
  marks: Marks = {},
): string {
  const prefix = prefixOf(tenantId);
  const isOpen = (at: number): boolean => at === words.length - 1 && goesOn(words);
  const every = words.map((word, at) => ({ word, at }));
  const telling = every.filter(({ word, at }) => !isCommon(word) || isOpen(at));
  const groups = (telling.length > 0 ? telling : every).map(({ word, at }) =>
    groupOf(prefix, word, isOpen(at)),
  );
  const phrases = (texts: string[]): string[] => texts.map((text) => `"${prefix}${text}"`);
  const found = `((${groups.join(need === "all" ? " AND " : " OR ")}) OR ${anyOf("{codes}", phrases(codes))})`;
  const wanted = markedFields.flatMap((field) => {
    const values = marks[field];
    return values ? [anyOf("{marks}", phrases(values.map((value) => markOf(field, value))))] : [];
  });
  return [found, ...wanted].join(" AND ");
}

/** Products whose title or author begins so: for one, two or three letters, which begin too many words. */
export const startsMatch = (tenantId: string, word: string): string =>
  `{starts} : "${prefixOf(tenantId)}${word}" *`;
