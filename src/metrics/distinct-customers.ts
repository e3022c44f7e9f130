// Distinct customers over any days: the union of the sets of months and days, and of the customers of the sales that these lack.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { columnsOf, type DailyTable } from "../rollups/daily-table.ts";
import { joinCustomers } from "../rollups/daily-tables.ts";
import {
  addCustomers,
  addStored,
  type CustomerSet,
  customersColumn,
  emptySet,
  setColumn,
  setsColumn,
  sizeOf,
} from "../rollups/customer-sets.ts";
import { type Range, unreadRows } from "./days.ts";
import { builtRows, builtTotals } from "./months.ts";

/** What `withCustomers` adds to a row. */
export const soldTo = { customers: customersColumn };

/** By their number, or by a key until they have one. */
const customers = `json_group_array(DISTINCT coalesce(c.number, (s.customer_id IS NOT NULL) || s.customer_key))
  FILTER (WHERE s.customer_key IS NOT NULL)`;

/** As `monthlyRows`, with the `customers` of the sales that months and days lack, so that these are read once. */
export function withCustomers(ctx: Ctx, table: DailyTable, range: Range): SQL {
  const columns = columnsOf(table);
  const sold = { ...table, sums: { ...table.sums, customers }, join: `LEFT ${joinCustomers}` };
  return sql`SELECT *, NULL AS customers FROM (${builtTotals(ctx, table, range, columns)})
    UNION ALL ${unreadRows(ctx, sold, range, [...columns, "customers"])}`;
}

type Sold = { customers: (number | string)[] | null };

const storedSets = <T>(ctx: Ctx, range: Range, column: "customers" | "countries", shape: z.ZodType<T>) => {
  const rows = (interval: "day" | "month") => ({
    table: "customer_sets t",
    period: "period",
    select: `t.${column} AS stored`,
    where: `t.interval = '${interval}'`,
  });
  return returning(z.object({ stored: shape }), builtRows(ctx, range, rows("month"), rows("day")));
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
