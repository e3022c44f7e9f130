// Sets of customers by their numbers, so that distinct customers are exact over any days: JSON arrays of chunk, mask, chunk, mask
// ... with 30 customers a chunk, which fits JavaScript's bitwise operators.
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
  for (let at = 0; at < except.length; at += 2) excepted.set(except[at] ?? 0, except[at + 1] ?? 0);
  for (let at = 0; at < stored.length; at += 2) {
    const chunk = stored[at] ?? 0;
    const mask = (stored[at + 1] ?? 0) & ~(excepted.get(chunk) ?? 0);
    if (mask !== 0) masks.set(chunk, (masks.get(chunk) ?? 0) | mask);
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

/** A column with a stored set, and with those by country. */
export const setColumn = json(numbers);
export const setsColumn = json(z.record(z.string(), numbers));
