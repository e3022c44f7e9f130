// Distinct customers over any days: the union of the sets of months and days, and of the customers of the sales that these lack.
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { joinCustomers } from "../rollups/daily-tables.ts";
import {
  addCustomers,
  addStored,
  type CustomerSet,
  emptySet,
  setColumn,
  setsColumn,
  sizeOf,
} from "../rollups/customer-sets.ts";
import type { Range } from "./days.ts";
import { builtRows } from "./months.ts";

/** By their number, or by a key until they have one. */
const distinct = (condition: string): string =>
  `json_group_array(DISTINCT coalesce(c.number, (s.customer_id IS NOT NULL) || s.customer_key))
  FILTER (WHERE s.customer_key IS NOT NULL AND ${condition})`;

const soldTo = z.array(z.union([z.int(), z.string()])).nullish();

/** What `withCustomers` and `withBuyers` add to a row: the customers of sales that months and days lack. */
export const ofCustomers = { customers: soldTo };
export const ofBuyers = { customers: soldTo, buyers: soldTo };

/** For `tableRows`: also the customers of the sales that months and days lack, so that these are read once. */
export const withCustomers = { ofSales: { customers: distinct("true") }, join: `LEFT ${joinCustomers}` };

/** The same, and those of them who bought something. */
export const withBuyers = {
  ...withCustomers,
  ofSales: { ...withCustomers.ofSales, buyers: distinct("s.kind = 'sale'") },
};

type Customers = z.infer<typeof soldTo>;

const storedSets = <T>(ctx: Ctx, range: Range, columns: string[], shape: z.ZodType<T>) => {
  const rows = (interval: "day" | "month") => ({
    table: "customer_sets t",
    period: "period",
    select: columns.map((column) => `t.${column}`).join(", "),
    where: `t.interval = '${interval}'`,
  });
  return returning(shape, builtRows(ctx, range, { monthly: rows("month"), daily: rows("day") }));
};

const shopSet = z.object({ customers: setColumn, without_sales: setColumn });
const countrySets = z.object({ countries: setsColumn });

/** The statement with the stored sets of the range. */
export const setsOfShop = (ctx: Ctx, range: Range) =>
  storedSets(ctx, range, ["customers", "without_sales"], shopSet);

/** The statement with the stored sets of the range by country. */
export const setsOfCountries = (ctx: Ctx, range: Range) => storedSets(ctx, range, ["countries"], countrySets);

/** The number of distinct customers in stored sets and sales. */
export function countCustomers(stored: z.infer<typeof shopSet>[], sold: { customers?: Customers }[]): number {
  const set = emptySet();
  for (const { customers } of stored) addStored(set, customers);
  for (const { customers } of sold) addCustomers(set, customers ?? []);
  return sizeOf(set);
}

/** The number of those of them who bought something in the range. */
export function countBuyers(stored: z.infer<typeof shopSet>[], sold: { buyers?: Customers }[]): number {
  const set = emptySet();
  for (const { customers, without_sales } of stored) addStored(set, customers, without_sales);
  for (const { buyers } of sold) addCustomers(set, buyers ?? []);
  return sizeOf(set);
}

/** The same by country; countries without customers are missing. */
export function countByCountry(
  stored: z.infer<typeof countrySets>[],
  sold: { country: string; customers?: Customers }[],
): Map<string, number> {
  const sets = new Map<string, CustomerSet>();
  const setOf = (country: string): CustomerSet => {
    const known = sets.get(country) ?? emptySet();
    sets.set(country, known);
    return known;
  };
  for (const { countries } of stored)
    for (const [country, set] of Object.entries(countries)) addStored(setOf(country), set);
  for (const { country, customers } of sold) if (customers) addCustomers(setOf(country), customers);
  return new Map([...sets].map(([country, set]) => [country, sizeOf(set)]));
}
