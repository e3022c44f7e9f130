import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { sumsOf } from "../../rollups/daily-table.ts";
import { dailyTables, joinCustomers } from "../../rollups/daily-tables.ts";
import type { Range } from "../days.ts";
import { packedTotals, type Totals, totalOf } from "./totals.ts";

/** A customer with totals; `key` is their number, or until they have one whether they have a record, and their key. */
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

/** What identifies a customer on the wire, and a key that sorts customers. */
export type Identified = { customer_id: string | null; customer_ref: string | null; sort_key: string };

const customerRow = z.object({
  number: z.number().nullable(),
  customer_key: z.string(),
  is_account: sqlBoolean,
  external_ref: z.string().nullable(),
});

type CustomerRow = z.infer<typeof customerRow>;

const keyOf = ({ number, customer_key, is_account }: CustomerRow): number | string =>
  number ?? `${Number(is_account)}${customer_key}`;

// A customer without a record is a reference of sales that a job has not reached yet.
const identify = ({ customer_key: key, is_account, external_ref }: CustomerRow): Identified => ({
  customer_id: is_account ? key : null,
  customer_ref: is_account ? external_ref : key,
  sort_key: `${Number(is_account)}${key}`,
});

/** The same customers with what identifies them. One round trip. */
export async function identified<T extends { key: number | string }>(
  ctx: Ctx,
  customers: T[],
): Promise<(T & Identified)[]> {
  const keys = JSON.stringify(customers.map(({ key }) => key));
  const isMine = sql`k.tenant_id = ${ctx.tenant.id}`;
  const rows = await ctx.db.all(
    customerRow,
    sql`SELECT c.number, c.customer_key, c.is_account, k.external_ref FROM json_each(${keys}) j
        CROSS JOIN customer_numbers c ON c.tenant_id = ${ctx.tenant.id} AND c.number = j.value
        LEFT JOIN customers k ON ${isMine} AND k.id = iif(c.is_account, c.customer_key, NULL)
        WHERE j.type = 'integer'
      UNION ALL SELECT NULL, substr(j.value, 2), substr(j.value, 1, 1) = '1', k.external_ref FROM json_each(${keys}) j
        LEFT JOIN customers k ON ${isMine} AND k.id = iif(j.value LIKE '1%', substr(j.value, 2), NULL)
        WHERE j.type = 'text'`,
  );
  const known = new Map(rows.map((row) => [keyOf(row), identify(row)]));
  return customers.flatMap((customer) => {
    const ids = known.get(customer.key);
    return ids ? [{ ...customer, ...ids }] : [];
  });
}
