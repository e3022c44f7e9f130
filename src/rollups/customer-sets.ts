// Sets of customers by their numbers, so that distinct customers are exact over any days: JSON arrays of chunk, mask, chunk, mask
// ... with 30 customers a chunk, which fits JavaScript's bitwise operators. The only customer of a chunk is -1 less their number.
import { z } from "zod";

export const CUSTOMERS_PER_CHUNK = 30;

/** The numbers of a part, as a row of a set or ranking has them: a whole number of chunks, and less than 2 MB of JSON. */
export const NUMBERS_PER_PART = 30_000;

/** Distinct customers; those without a number yet count by their key. */
export type CustomerSet = { masks: Map<number, number>; keys: Set<string> };

export const emptySet = (): CustomerSet => ({ masks: new Map(), keys: new Set() });

/** Adds the customers of a stored set that are not in the other one. */
export function addStored({ masks }: CustomerSet, stored: number[], except: number[] = []): void {
  const excepted = new Map<number, number>();
  forEachChunk(except, (chunk, mask) => void excepted.set(chunk, mask));
  forEachChunk(stored, (chunk, mask) => {
    const added = mask & ~(excepted.get(chunk) ?? 0);
    if (added !== 0) masks.set(chunk, (masks.get(chunk) ?? 0) | added);
  });
}

function forEachChunk(stored: number[], use: (chunk: number, mask: number) => void): void {
  for (let at = 0; at < stored.length; at += 1) {
    const value = stored[at] ?? 0;
    if (value < 0)
      use(Math.floor((-1 - value) / CUSTOMERS_PER_CHUNK), 1 << ((-1 - value) % CUSTOMERS_PER_CHUNK));
    else {
      at += 1;
      use(value, stored[at] ?? 0);
    }
  }
}

/** Adds customers by their number, or by their key until they have one. */
export function addCustomers({ masks, keys }: CustomerSet, customers: (number | string)[]): void {
  for (const customer of customers)
    if (typeof customer === "string") keys.add(customer);
    else {
      const chunk = Math.floor(customer / CUSTOMERS_PER_CHUNK);
      masks.set(chunk, (masks.get(chunk) ?? 0) | (1 << (customer % CUSTOMERS_PER_CHUNK)));
    }
}

/** The number of distinct customers. */
export const sizeOf = ({ masks, keys }: CustomerSet): number =>
  [...masks.values()].reduce((size, mask) => size + bitsOf(mask), keys.size);

function bitsOf(mask: number): number {
  let bits = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

const json = <T>(shape: z.ZodType<T>) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(shape);

// Not z.array, which takes a hundred times as long.
const numbers = z.custom<number[]>(
  (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
);

/** A column with a stored set, and with those by country; null for a country without customers. */
export const setColumn = json(numbers);
export const setsColumn = json(z.record(z.string(), numbers.nullable()));
