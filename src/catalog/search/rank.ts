// Ranks the candidates that FTS5 finds. Each is compared word by word with the query: as written, by stem, as a prefix or
// within one edit, in its title or only in its description.
import { codesOf, type SearchableProduct, skuPartsOf } from "./documents.ts";
import { isFuzzyPrefix, isWithinOneEdit, MIN_FUZZY_LENGTH } from "./edits.ts";
import { allowsPrefix, isStopWord, type SearchTerms } from "./match.ts";
import { stemsOf } from "./stems.ts";
import { wordForms, wordsOf, type Word } from "./words.ts";

export const rankedFields = ["title", "author", "series", "category", "publisher", "description"] as const;

type Field = (typeof rankedFields)[number];

const weights: Record<Field, number> = {
  title: 1,
  author: 0.95,
  series: 0.85,
  category: 0.5,
  publisher: 0.5,
  description: 0.3,
};

// The quality of a match of two words.
const EXACT = 1;
const STEM = 0.85;
const PREFIX = 0.8;
const FUZZY = 0.7;
const FUZZY_PREFIX = 0.55;
// The weight of a stop word of the query; other words weigh 1.
const STOP_WORD_WEIGHT = 0.25;
// Only the start of a description is compared, unless nothing else matches.
const DESCRIPTION_LENGTH = 1_000;
// Above the score that words can reach: a product whose SKU, ISBN or barcode was searched comes first.
const CODE_SCORE = 10;
// A code, or a part of a SKU, that starts with the query is like a match in the category.
const CODE_PREFIX_SCORE = 0.5;

/**
 * A word of a product that matches the word `term` of the query (its index); `quality` is 0 to 1, at most FUZZY if the
 * match needs an edit.
 */
type Hit = { field: Field; at: number; word: Word; term: number; quality: number };

/** How well a product matches (0 and up), the best hit of each word of the query, and every hit. */
export type Ranking = { score: number; best: (Hit | null)[]; hits: Hit[] };

const scoreOfHit = (hit: Hit): number => hit.quality * weights[hit.field];

const weightOf = (word: string): number => (isStopWord(word) ? STOP_WORD_WEIGHT : 1);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** A function that compares products with one query. */
export function createRanker({
  words: terms,
  codes,
  codePrefix,
}: SearchTerms): (product: SearchableProduct) => Ranking {
  const stems = new Map<string, string[]>();
  const cachedStems = (word: string): string[] => {
    const known = stems.get(word) ?? stemsOf(word, ["es", "en"]);
    stems.set(word, known);
    return known;
  };
  const hasPrefix = allowsPrefix(terms);
  const compareWords = (term: number, word: string): number => {
    const query = terms[term] ?? "";
    if (query === word) return EXACT;
    const isPrefix = hasPrefix && term === terms.length - 1;
    if (isPrefix && word.startsWith(query)) return PREFIX + (0.15 * query.length) / word.length;
    if (cachedStems(query).some((stem) => cachedStems(word).includes(stem))) return STEM;
    if (Math.max(query.length, word.length) < MIN_FUZZY_LENGTH || query.length < MIN_FUZZY_LENGTH - 1)
      return 0;
    if (isWithinOneEdit(query, word)) return FUZZY;
    if (isPrefix && query.length > MIN_FUZZY_LENGTH && isFuzzyPrefix(query, word)) return FUZZY_PREFIX;
    return 0;
  };
  // The products of a shop share most of their words.
  const qualities = terms.map(() => new Map<string, number>());
  const cachedQuality = (term: number, word: string): number => {
    const known = qualities[term]?.get(word) ?? compareWords(term, word);
    qualities[term]?.set(word, known);
    return known;
  };
  const codeScoreOf = (product: SearchableProduct): number => {
    const productCodes = codesOf(product);
    if (productCodes.some((code) => codes.includes(code))) return CODE_SCORE;
    const isStart =
      codePrefix !== null &&
      [...productCodes, ...skuPartsOf(product)].some((code) => code.startsWith(codePrefix));
    return isStart ? CODE_PREFIX_SCORE : 0;
  };
  const compare = (product: SearchableProduct, description: string): Ranking => {
    const hits = rankedFields.flatMap((field) =>
      wordForms((field === "description" ? description : product[field]) ?? "").flatMap((word, at) =>
        terms.flatMap((_, term): Hit[] => {
          const quality = cachedQuality(term, word.text);
          return quality > 0 ? [{ field, at, word, term, quality }] : [];
        }),
      ),
    );
    const best = terms.map((_, term) =>
      hits
        .filter((hit) => hit.term === term)
        .reduce<Hit | null>((top, hit) => (top && scoreOfHit(top) >= scoreOfHit(hit) ? top : hit), null),
    );
    return { score: Math.max(codeScoreOf(product), scoreOf(terms, best, product.title)), best, hits };
  };
  return (product) => {
    const description = product.description ?? "";
    const ranking = compare(product, description.slice(0, DESCRIPTION_LENGTH));
    const needsFullText = ranking.score === 0 && description.length > DESCRIPTION_LENGTH;
    return needsFullText ? compare(product, description) : ranking;
  };
}

/**
 * The weighted mean of the quality of each word; up to a tenth more for words that are adjacent as in the query, and up to a
 * tenth more for words that are most of the title.
 */
function scoreOf(terms: string[], best: (Hit | null)[], title: string): number {
  const matched = sum(best.map((hit, term) => (hit ? weightOf(terms[term] ?? "") * scoreOfHit(hit) : 0)));
  const adjacent = best.filter((hit, term) => {
    const previous = best[term - 1];
    return term > 0 && hit && previous && hit.field === previous.field && hit.at === previous.at + 1;
  }).length;
  const inTitle = new Set(best.flatMap((hit) => (hit?.field === "title" ? [hit.at] : []))).size;
  return (
    matched / sum(terms.map(weightOf)) +
    (0.1 * adjacent) / Math.max(1, terms.length - 1) +
    (0.1 * inTitle) / Math.max(1, wordsOf(title).length)
  );
}

const isFuzzy = (hit: Hit): boolean => hit.quality === FUZZY || hit.quality === FUZZY_PREFIX;

/**
 * The query with each misspelled word replaced by the word of the best product that matches it, or null if every word that
 * matches is spelled so in some product. `candidates` are ordered best first.
 */
export function correctionOf(
  { typed }: SearchTerms,
  candidates: { product: SearchableProduct; ranking: Ranking }[],
): string | null {
  let isCorrected = false;
  const words = typed.map((word, term) => {
    if (candidates.some(({ ranking: { best } }) => best[term] && !isFuzzy(best[term]))) return word;
    const match = candidates.find(({ ranking }) => ranking.best[term]);
    const hit = match?.ranking.best[term];
    if (!match || !hit) return word;
    isCorrected = true;
    return (match.product[hit.field] ?? "").slice(hit.word.start, hit.word.end).toLowerCase();
  });
  return isCorrected ? words.join(" ") : null;
}
