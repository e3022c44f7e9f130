import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { type Plan, runPlan } from "../../platform/plan.ts";
import { sumsOf } from "../../rollups/daily-table.ts";
import { dailyTables, joinCustomers } from "../../rollups/daily-tables.ts";
import type { Range } from "../days.ts";
import { completeRows, expectedRows, type Found, type Key, limitOfFew, type LookUp } from "./expected.ts";
import { packedTotals, type Totals, totalOf } from "./totals.ts";

/** A customer with totals; `key` is their number, or until they have one whether they have a record, and their key. */
export type CustomerTotals = {
  key: Key;
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

/** What identifies a customer on the wire, a key that sorts customers, and their name. */
export type Identified = {
  customer_id: string | null;
  customer_ref: string | null;
  name: string | null;
  sort_key: string;
};

const customerRow = z.object({
  key: z.union([z.number(), z.string()]),
  customer_key: z.string(),
  is_account: sqlBoolean,
  external_ref: z.string().nullable(),
  name: z.string().nullable(),
});

type CustomerRow = z.infer<typeof customerRow>;

// A customer without a record is a reference of sales that a job has not reached yet.
const identify = ({ customer_key: key, is_account, external_ref, name }: CustomerRow): Identified => ({
  customer_id: is_account ? key : null,
  customer_ref: is_account ? external_ref : key,
  name,
  sort_key: `${Number(is_account)}${key}`,
});

const customersLookUp: LookUp<CustomerRow> = {
  byKeys: ({ tenant }, customers) => {
    const keys = JSON.stringify(customers);
    const isMine = sql`k.tenant_id = ${tenant.id}`;
    return returning(
      customerRow,
      sql`SELECT c.number AS key, c.customer_key, c.is_account, k.external_ref, k.name FROM json_each(${keys}) j
          CROSS JOIN customer_numbers c ON c.tenant_id = ${tenant.id} AND c.number = j.value
          LEFT JOIN customers k ON ${isMine} AND k.id = iif(c.is_account, c.customer_key, NULL)
          WHERE j.type = 'integer'
        UNION ALL SELECT j.value, substr(j.value, 2), substr(j.value, 1, 1) = '1', k.external_ref, k.name FROM json_each(${keys}) j
          LEFT JOIN customers k ON ${isMine} AND k.id = iif(j.value LIKE '1%', substr(j.value, 2), NULL)
          WHERE j.type = 'text'`,
    );
  },
  ofFew: ({ tenant }) =>
    returning(
      customerRow,
      sql`SELECT coalesce(c.number, '1' || k.id) AS key, k.id AS customer_key, 1 AS is_account, k.external_ref, k.name
        FROM customers k LEFT JOIN customer_numbers c ON c.tenant_id = k.tenant_id AND c.customer_key = k.id AND c.is_account = 1
        WHERE k.tenant_id = ${tenant.id} LIMIT ${limitOfFew(tenant.id, "customer_numbers")}`,
    ),
};

/** Customers by key. */
export type Known = Found<CustomerRow>;

/** The customers whom a list is expected to have. */
export const expectedCustomers = (ctx: Ctx, list: string): Plan<Known> =>
  expectedRows(ctx, list, customersLookUp);

/** The same customers with what identifies them. One round trip, or none if all are known. */
export async function identified<T extends { key: Key }>(
  ctx: Ctx,
  customers: T[],
  expected: Known = new Map(),
): Promise<(T & Identified)[]> {
  const keys = customers.map(({ key }) => key);
  const known = await runPlan(ctx, completeRows(ctx, customersLookUp, expected, keys));
  return customers.flatMap((customer) => {
    const row = known.get(customer.key);
    return row ? [{ ...customer, ...identify(row) }] : [];
  });
}
