// Chance that is the same on every machine: the demo data depend on nothing but a seed.

/** Draws numbers from 0 up to 1. */
export type Random = () => number;

/** The numbers of this seed, whatever text it is (FNV-1a to start, then mulberry32). */
export function randomOf(seed: string): Random {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `least` to `most`, both included. */
export const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

/** One of the list. With a `lean` above 1 the first ones come more often. */
export function pick<T>(random: Random, list: readonly T[], lean = 1): T {
  const chosen = list[Math.floor(list.length * random() ** lean)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

/** The list in an order of chance. */
export const shuffled = <T>(random: Random, list: readonly T[]): T[] =>
  list
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
