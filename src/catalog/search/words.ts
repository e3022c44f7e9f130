// Splits text into folded words, so that accents, case and letter variants do not matter. Both the index and the queries
// are folded here and nowhere else.

// Letters that Unicode does not decompose into a base letter and a mark.
const LETTER_REPLACEMENTS: Record<string, string> = {
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
const REPLACED_LETTERS = new RegExp(`[${Object.keys(LETTER_REPLACEMENTS).join("")}]`, "g");

/** Lower case without accents; Latin letters that do not decompose are replaced by plain ones. */
export const foldText = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(REPLACED_LETTERS, (letter) => LETTER_REPLACEMENTS[letter] ?? letter);

// "it's" is one word, since people also type "its".
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’ʼ][\p{L}\p{N}\p{M}]+)*/gu;

/** A folded word, and its position in the text in UTF-16 code units. */
export type Word = { text: string; start: number; end: number };

/** The words of a text, in order. */
export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(WORD)].flatMap((match) => {
    const folded = foldText(match[0]).replaceAll(/['’ʼ]/g, "");
    return folded === "" ? [] : [{ text: folded, start: match.index, end: match.index + match[0].length }];
  });

// "amour" also matches "l'amour", and "spiderman" matches "spider-man".
const AFTER_APOSTROPHE = /(?<=\p{L}['’ʼ])\p{L}{3,}/gu;
const JOINED = /[\p{L}\p{N}]+(?:[-‐‑/·][\p{L}\p{N}]+)+/gu;

/** The words of a text, and the alternative forms in which people type some of them. */
export const wordForms = (text: string): Word[] => [
  ...wordsOf(text),
  ...[AFTER_APOSTROPHE, JOINED].flatMap((form) =>
    [...text.matchAll(form)].map(({ 0: match, index }) => ({
      text: normalizeCode(match),
      start: index,
      end: index + match.length,
    })),
  ),
];

/** An ISBN or SKU as one folded word without separators. */
export const normalizeCode = (text: string): string => foldText(text).replaceAll(/[^\p{L}\p{N}]/gu, "");
