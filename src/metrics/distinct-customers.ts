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
const customers = `json_group_array(DISTINCT coalesce(c.number, (s.customer_id IS NOT NULL) || s.customer_key))
  FILTER (WHERE s.customer_key IS NOT NULL)`;

/** What `withCustomers` adds to a row: the customers of sales that months and days lack. */
export const soldTo = { customers: z.array(z.union([z.int(), z.string()])).nullish() };

/** For `tableRows`: also the customers of the sales that months and days lack, so that these are read once. */
export const withCustomers = { ofSales: { customers }, join: `LEFT ${joinCustomers}` };

type Sold = { customers?: (number | string)[] | null | undefined };

const storedSets = <T>(ctx: Ctx, range: Range, column: "customers" | "countries", shape: z.ZodType<T>) => {
  const rows = (interval: "day" | "month") => ({
    table: "customer_sets t",
    period: "period",
    select: `t.${column} AS stored`,
    where: `t.interval = '${interval}'`,
  });
  return returning(
    z.object({ stored: shape }),
    builtRows(ctx, range, { monthly: rows("month"), daily: rows("day") }),
  );
};

/** The statement with the stored sets of the range. */
export const setsOfShop = (ctx: Ctx, range: Range) => storedSets(ctx, range, "customers", setColumn);

/** The statement with the stored sets of the range by country. */
export const setsOfCountries = (ctx: Ctx, range: Range) => storedSets(ctx, range, "countries", setsColumn);

/** The number of distinct customers in stored sets and sales. */
export function countCustomers(stored: { stored: number[] }[], sold: Sold[]): number {
  const set = emptySet();
  for (const row of stored) addStored(set, row.stored);
  for (const row of sold) addCustomers(set, row.customers ?? []);
  return sizeOf(set);
}

/** The same by country; countries without customers are missing. */
export function countByCountry(
  stored: { stored: Record<string, number[]> }[],
  sold: (Sold & { country: string })[],
): Map<string, number> {
  const sets = new Map<string, CustomerSet>();
  const setOf = (country: string): CustomerSet => {
    const known = sets.get(country) ?? emptySet();
    sets.set(country, known);
    return known;
  };
  for (const row of stored)
    for (const [country, set] of Object.entries(row.stored)) addStored(setOf(country), set);
  for (const { country, customers } of sold) if (customers) addCustomers(setOf(country), customers);
  return new Map([...sets].map(([country, set]) => [country, sizeOf(set)]));
}
