// What a page lists is known only when the totals have been summed. So that its look-up needs no round trip of its own, it rides in the
// batch of the totals: all rows in a shop with few of them, and otherwise those that the same list had recently in this isolate, of whichever
// days. What the page lists besides is looked up in a second round trip.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import type { Returning } from "../../platform/d1.ts";
import { type Plan, planOf } from "../../platform/plan.ts";
import { setBounded } from "../../values/bounded-map.ts";

export type Key = number | string;

/** How the rows of a list are looked up. */
export type LookUp<T> = {
  byKeys: (ctx: Ctx, keys: Key[]) => Returning<T>;
  /** All rows; none in a shop with `FEW` or more. */
  ofFew: (ctx: Ctx) => Returning<T>;
};

const FEW = 100;

/** SQL: the LIMIT of all rows; 0 in a shop that has given more numbers in this table. A condition would be tested for each row. */
export const limitOfFew = (tenantId: string, numbers: "customer_numbers" | "product_numbers"): SQL =>
  sql`iif((SELECT coalesce(max(number), 0) < ${FEW} FROM ${sql.raw(numbers)} WHERE tenant_id = ${tenantId}), ${FEW}, 0)`;

const MAX_LISTS = 2_000;
const MAX_KEYS = 200;

const recentKeys = new Map<string, Key[]>();

const nameOf = ({ tenant }: Ctx, list: string): string => `${tenant.id} ${list}`;

/** What the list had recently, the last first; null if this isolate does not remember it. */
export const expectedKeys = (ctx: Ctx, list: string): Key[] | null =>
  recentKeys.get(nameOf(ctx, list)) ?? null;

/** Remembers what the list has. */
export function rememberKeys(ctx: Ctx, list: string, keys: Key[]): void {
  const recent = new Set([...keys, ...(expectedKeys(ctx, list) ?? [])]);
  setBounded(recentKeys, MAX_LISTS, nameOf(ctx, list), [...recent].slice(0, MAX_KEYS));
}

export type Found<T> = Map<Key, T>;

const byKey = <T extends { key: Key }>(rows: T[]): Found<T> => new Map(rows.map((row) => [row.key, row]));

/** The rows that the list is expected to have. */
export function expectedRows<T extends { key: Key }>(
  ctx: Ctx,
  list: string,
  lookUp: LookUp<T>,
): Plan<Found<T>> {
  const keys = expectedKeys(ctx, list);
  return planOf(keys ? lookUp.byKeys(ctx, keys) : lookUp.ofFew(ctx), byKey);
}

/** The rows of these keys, without any statement if all were expected. */
export function completeRows<T extends { key: Key }>(
  ctx: Ctx,
  lookUp: LookUp<T>,
  expected: Found<T>,
  keys: Key[],
): Plan<Found<T>> {
  const missing = keys.filter((key) => !expected.has(key));
  if (missing.length === 0) return { statements: [], read: () => expected };
  return planOf(lookUp.byKeys(ctx, missing), (rows) => new Map([...expected, ...byKey(rows)]));
}
