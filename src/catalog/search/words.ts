// What a word is to search: folded, so that accents, case and letters that look alike do not matter. The index and the
// query are folded here and nowhere else.

// Letters that Unicode does not decompose into a base letter and a mark.
const LETTERS: Record<string, string> = {
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ħ: "h",
  ŧ: "t",
  ı: "i",
  ŋ: "n",
  ĸ: "k",
  ə: "e",
};
const UNFOLDED = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

/** Lower case, without accents, with plain letters for the Latin ones that have none of their own. */
export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(UNFOLDED, (letter) => LETTERS[letter] ?? letter);

// An apostrophe within a word belongs to it: "it's" is one word, as people type it without.
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’ʼ][\p{L}\p{N}\p{M}]+)*/gu;

/** A word of a text: folded, and where it stands there (UTF-16 units). */
export type Word = { text: string; start: number; end: number };

/** The words of a text in their order. */
export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(WORD)].flatMap((match) => {
    const folded = fold(match[0]).replaceAll(/['’ʼ]/g, "");
    return folded === "" ? [] : [{ text: folded, start: match.index, end: match.index + match[0].length }];
  });

// "l'amour" is also found by "amour", and "spider-man" by "spiderman".
const PART = /(?<=\p{L}['’ʼ])\p{L}{3,}/gu;
const JOINED = /[\p{L}\p{N}]+(?:[-‐‑/·][\p{L}\p{N}]+)+/gu;

/** The words of a text, and the other forms in which people type some of them. */
export const formsOf = (text: string): Word[] => [
  ...wordsOf(text),
  ...[PART, JOINED].flatMap((form) =>
    [...text.matchAll(form)].map(({ 0: match, index }) => ({
      text: codeOf(match),
      start: index,
      end: index + match.length,
    })),
  ),
];

/** A code (ISBN, SKU) as one word: folded, without its separators. */
export const codeOf = (text: string): string => fold(text).replaceAll(/[^\p{L}\p{N}]/gu, "");
