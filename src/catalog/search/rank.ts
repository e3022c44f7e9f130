// The order of what the index found. FTS5 finds candidates; here each is read again, word by word, to see how well it
// answers: as written, by stem, as a beginning, with a mistake; in its title or only in its description.
import type { Searchable } from "./documents.ts";
import { beginsNear, isNear, SHORTEST } from "./edits.ts";
import { goesOn, isCommon, type Wanted } from "./match.ts";
import { stemsOf } from "./stems.ts";
import { codeOf, formsOf, wordsOf, type Word } from "./words.ts";

export const fields = ["title", "author", "series", "category", "publisher", "description"] as const;

type Field = (typeof fields)[number];

// How much a field says of what a product is.
const weights: Record<Field, number> = {
  title: 1,
  author: 0.95,
  series: 0.85,
  category: 0.5,
  publisher: 0.5,
  description: 0.3,
};

// How well a word of a product answers a word of the query. A common word of the query weighs a quarter of another.
const EXACT = 1;
const STEM = 0.85;
const BEGINS = 0.8;
const NEAR = 0.7;
const BEGINS_NEAR = 0.55;
const COMMON = 0.25;
// So much of a description is compared, and all of it only where nothing else answers.
const DESCRIPTION = 1_000;
// More than words can reach: who asks by a code wants that product.
const CODE = 10;

/** A word of a product that answers the query's word at `asked`; `quality` is 0 to 1, NEAR or below only with a mistake. */
type Hit = { field: Field; at: number; word: Word; asked: number; quality: number };

/** How well a product answers (0 and up), the best hit of each word of the query, and every hit. */
export type Ranked = { score: number; best: (Hit | null)[]; hits: Hit[] };

const worth = (hit: Hit): number => hit.quality * weights[hit.field];

const weightOf = (word: string): number => (isCommon(word) ? COMMON : 1);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Compares products with one query. */
export function ranking(wanted: Wanted): (product: Searchable) => Ranked {
  const { words: asked } = wanted;
  const stems = new Map<string, string[]>();
  const stemsFor = (word: string): string[] => {
    const known = stems.get(word) ?? stemsOf(word, ["es", "en"]);
    stems.set(word, known);
    return known;
  };
  const isOpen = goesOn(asked);
  const qualityOf = (at: number, word: string): number => {
    const query = asked[at] ?? "";
    if (query === word) return EXACT;
    const open = isOpen && at === asked.length - 1;
    if (open && word.startsWith(query)) return BEGINS + (0.15 * query.length) / word.length;
    if (stemsFor(query).some((stem) => stemsFor(word).includes(stem))) return STEM;
    if (Math.max(query.length, word.length) < SHORTEST || query.length < SHORTEST - 1) return 0;
    if (isNear(query, word)) return NEAR;
    if (open && query.length > SHORTEST && beginsNear(query, word)) return BEGINS_NEAR;
    return 0;
  };
  // Products of a shop share most of their words.
  const qualities = asked.map(() => new Map<string, number>());
  const quality = (at: number, word: string): number => {
    const known = qualities[at]?.get(word) ?? qualityOf(at, word);
    qualities[at]?.set(word, known);
    return known;
  };
  const compare = (product: Searchable, description: string): Ranked => {
    const hits = fields.flatMap((field) =>
      formsOf((field === "description" ? description : product[field]) ?? "").flatMap((word, at) =>
        asked.flatMap((_, index): Hit[] => {
          const found = quality(index, word.text);
          return found > 0 ? [{ field, at, word, asked: index, quality: found }] : [];
        }),
      ),
    );
    const best = asked.map((_, index) =>
      hits
        .filter((hit) => hit.asked === index)
        .reduce<Hit | null>((most, hit) => (most && worth(most) >= worth(hit) ? most : hit), null),
    );
    const isIt = [product.sku, product.isbn ?? ""].some((code) => wanted.codes.includes(codeOf(code)));
    return { score: isIt ? CODE : scoreOf(asked, best, product.title), best, hits };
  };
  return (product) => {
    const description = product.description ?? "";
    const ranked = compare(product, description.slice(0, DESCRIPTION));
    const isDeep = ranked.score === 0 && description.length > DESCRIPTION;
    return isDeep ? compare(product, description) : ranked;
  };
}

/**
 * The weighted mean of how well each word is answered; up to a tenth more where words stand together as they were asked
 * for, and up to a tenth more where they are most of the title.
 */
function scoreOf(asked: string[], best: (Hit | null)[], title: string): number {
  const answered = sum(best.map((hit, at) => (hit ? weightOf(asked[at] ?? "") * worth(hit) : 0)));
  const together = best.filter((hit, at) => {
    const before = best[at - 1];
    return at > 0 && hit && before && hit.field === before.field && hit.at === before.at + 1;
  }).length;
  const inTitle = new Set(best.flatMap((hit) => (hit?.field === "title" ? [hit.at] : []))).size;
  return (
    answered / sum(asked.map(weightOf)) +
    (0.1 * together) / Math.max(1, asked.length - 1) +
    (0.1 * inTitle) / Math.max(1, wordsOf(title).length)
  );
}

/** Whether a hit is a mistake in the query's word. */
const isMistake = (hit: Hit): boolean => hit.quality === NEAR || hit.quality === BEGINS_NEAR;

/**
 * The query as it was probably meant, in the words of the products, or null where each word that was found stands somewhere
 * as it was typed. `found` is in its order: the best product says what was meant.
 */
export function correctionOf(
  wanted: Wanted,
  found: { product: Searchable; ranked: Ranked }[],
): string | null {
  let isCorrected = false;
  const words = wanted.typed.map((typed, at) => {
    if (found.some(({ ranked: { best } }) => best[at] && !isMistake(best[at]))) return typed;
    const meant = found.find(({ ranked }) => ranked.best[at]);
    const hit = meant?.ranked.best[at];
    if (!meant || !hit) return typed;
    isCorrected = true;
    return (meant.product[hit.field] ?? "").slice(hit.word.start, hit.word.end).toLowerCase();
  });
  return isCorrected ? words.join(" ") : null;
}
