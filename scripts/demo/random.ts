// Random numbers from a seed, so that the demo data are the same on every machine.

/** Returns the next number, from 0 up to but not including 1. */
export type Random = () => number;

/** A generator for this seed: mulberry32, started with the FNV-1a hash of the text. */
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

/** Picks an item of the list. With a `bias` above 1 the first items are more likely. */
export function pick<T>(random: Random, list: readonly T[], bias = 1): T {
  const chosen = list[Math.floor(list.length * random() ** bias)];
  if (chosen === undefined) throw new Error("The list is empty.");
  return chosen;
}

/** The list in random order. */
export const shuffled = <T>(random: Random, list: readonly T[]): T[] =>
  list
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
