// Distinct customers over any days: the union of the sets of months and days, and of the customers of the sales that these lack.
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
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

const soldTo = z.array(z.union([z.int(), z.string()])).nullish();

/** What `withCustomers` and `withBuyers` add to a row: the customers of sales that months and days lack. */
export const ofCustomers = { customers: soldTo };
export const ofBuyers = { customers: soldTo, buyers: soldTo };

type Customers = z.infer<typeof soldTo>;

type Stored = { columns: SQL; isRead?: SQL };

function storedSets<T>(ctx: Ctx, range: Range, { columns, isRead = sql`true` }: Stored, shape: z.ZodType<T>) {
  const rows = (interval: "day" | "month") => ({
    table: "customer_sets t",
    period: "period",
    select: columns,
    where: sql`t.interval = ${interval} AND ${isRead}`,
  });
  return returning(shape, builtRows(ctx, range, { monthly: rows("month"), daily: rows("day") }));
}

const shopSet = z.object({ customers: setColumn, without_sales: setColumn });
const countrySets = z.object({ countries: setsColumn });

/** The statement with the stored sets of the range. */
export const setsOfShop = (ctx: Ctx, range: Range) =>
  storedSets(ctx, range, { columns: sql`t.customers, t.without_sales` }, shopSet);

/** The statement with the stored sets of these countries in the range: at most ten, because each is bound four times. */
export function setsOfCountries(ctx: Ctx, range: Range, countries: string[]) {
  const sets = countries.map(
    (country) => sql`${country}, json_extract(t.countries, '$.' || json_quote(${country}))`,
  );
  const columns = sql`json_object(${sql.join(sets, sql`, `)}) AS countries`;
  return storedSets(ctx, range, { columns }, countrySets);
}

// Their sets by country are small, even if they buy in many countries.
const FEW_CUSTOMERS = 2_000;

/** SQL: whether the shop has few customers. Their numbers have no gaps. */
export const hasFewCustomers = (ctx: Ctx): SQL =>
  sql`(SELECT coalesce(max(number), 0) < ${FEW_CUSTOMERS} FROM customer_numbers WHERE tenant_id = ${ctx.tenant.id})`;

/** The statement with the stored sets of all countries, without rows unless the shop has few customers. */
export const setsOfAllCountries = (ctx: Ctx, range: Range) =>
  storedSets(ctx, range, { columns: sql`t.countries`, isRead: hasFewCustomers(ctx) }, countrySets);

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
    for (const [country, set] of Object.entries(countries)) if (set) addStored(setOf(country), set);
  for (const { country, customers } of sold) if (customers) addCustomers(setOf(country), customers);
  return new Map([...sets].map(([country, set]) => [country, sizeOf(set)]));
}
