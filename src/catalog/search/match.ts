// The MATCH expression of a query. It is built of quoted tokens alone, so any input is literal text.
import { prefixOf } from "./documents.ts";
import { SHORTEST, variantsOf } from "./edits.ts";
import { stemsOf } from "./stems.ts";

// So common that they would match most of a shop, and say nothing.
const COMMON = new Set(
  (
    "a an and as at by for from in is it of on or the to with " +
    "al con de del el en es la las lo los o para por que se su un una y e i"
  ).split(" "),
);

/** Whether a word says so little that a product is not asked for it. */
export const isCommon = (word: string): boolean => COMMON.has(word);

const WRITTEN = "{title author details description codes}";
const NEAR = "{near near_description}";

const anyOf = (columns: string, phrases: string[]): string => `${columns} : (${phrases.join(" OR ")})`;

/** One word of a query: as it is written, by its stem, with a mistake, and as a beginning where it may go on. */
function groupOf(prefix: string, word: string, goesOn: boolean): string {
  const token = (text: string): string => `"${prefix}${text}"`;
  const begins = goesOn ? " *" : "";
  const ways = [anyOf(WRITTEN, [`${token(word)}${begins}`])];
  const stems = stemsOf(word, ["es", "en"]);
  if (stems.length > 0) ways.push(anyOf("{stems}", stems.map(token)));
  const letters = [...word].length;
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

/** Products that have all the words of a query (`all`), or at least one; common words only where there are no others. */
export function matchOf(tenantId: string, words: string[], goesOn: boolean, need: "all" | "any"): string {
  const prefix = prefixOf(tenantId);
  const last = words.length - 1;
  const telling = words
    .map((word, at) => ({ word, at }))
    .filter(({ word, at }) => !isCommon(word) || (at === last && goesOn));
  const asked = telling.length > 0 ? telling : words.map((word, at) => ({ word, at }));
  return asked
    .map(({ word, at }) => groupOf(prefix, word, goesOn && at === last))
    .join(need === "all" ? " AND " : " OR ");
}

/** Products whose title or author begins so: for one, two or three letters, which begin too many words. */
export const startsMatch = (tenantId: string, word: string): string =>
  `{starts} : "${prefixOf(tenantId)}${word}" *`;
