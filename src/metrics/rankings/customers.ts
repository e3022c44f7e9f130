import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { sumsOf } from "../../rollups/daily-table.ts";
import { dailyTables, joinCustomers } from "../../rollups/daily-tables.ts";
import type { Range } from "../days.ts";
import { packedTotals, type Totals, totalOf } from "./totals.ts";

/** A customer with totals; `key` is their number, or until they have one whether they have an account, and their key. */
export type CustomerTotals = {
  key: number | string;
  sales: number;
  refunds: number;
  // Thousandths
  units: number;
  revenue: number;
  /** In days since 1970; 0 without a sale that is not a refund. */
  last_sale: number;
};

const sums = sumsOf(dailyTables.customers);

/** The statement with the totals of all customers in the range, for `sumTotals`. */
export const customerTotals = (ctx: Ctx, range: Range) =>
  packedTotals(
    ctx,
    "customers",
    range,
    (sales) => sql`SELECT coalesce(c.number, (s.customer_id IS NOT NULL) || s.customer_key) AS key, ${sums},
        max(iif(s.kind = 'sale', CAST(julianday(s.day) - 2440587.5 AS INTEGER), 0)) AS last_sale
      ${sales(sql.raw(`LEFT ${joinCustomers}`))} AND s.customer_key IS NOT NULL GROUP BY 1`,
  );

export const toCustomer = (totals: Totals): CustomerTotals => ({
  key: totals[0],
  sales: totalOf(totals, 0),
  refunds: totalOf(totals, 1),
  units: totalOf(totals, 2),
  revenue: totalOf(totals, 3),
  last_sale: totalOf(totals, 4),
});

/** A customer as the wire names them (an account by `customer_id`, a customer of imported sales by `customer_ref`), and a key that sorts customers. */
export type Identified = { customer_id: string | null; customer_ref: string | null; sort_key: string };

const numberRow = z.object({ number: z.number(), customer_key: z.string(), is_account: sqlBoolean });

const identify = (key: string, isAccount: boolean): Identified => ({
  customer_id: isAccount ? key : null,
  customer_ref: isAccount ? null : key,
  sort_key: `${Number(isAccount)}${key}`,
});

/** The same customers with what identifies them. One round trip. */
export async function identified<T extends { key: number | string }>(
  ctx: Ctx,
  customers: T[],
): Promise<(T & Identified)[]> {
  const numbers = customers.flatMap(({ key }) => (typeof key === "number" ? [key] : []));
  const rows = await ctx.db.all(
    numberRow,
    sql`SELECT c.number, c.customer_key, c.is_account FROM json_each(${JSON.stringify(numbers)}) j
      CROSS JOIN customer_numbers c ON c.tenant_id = ${ctx.tenant.id} AND c.number = j.value`,
  );
  const known = new Map(rows.map((row) => [row.number, identify(row.customer_key, row.is_account)]));
  return customers.flatMap((customer) => {
    const { key } = customer;
    const ids = typeof key === "number" ? known.get(key) : identify(key.slice(1), key.startsWith("1"));
    return ids ? [{ ...customer, ...ids }] : [];
  });
}
