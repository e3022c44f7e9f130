// The customers of a shop with the totals of their sales, as CSV: first accounts, then customers whom only imported sales name. The totals
// are read from the sales, a page of customers at a time, so that they are exact at once.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";

const customerRow = z.object({
  customer_id: z.string().nullable(),
  customer_ref: z.string().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  created_at: z.string().nullable(),
  sales: z.number(),
  refunds: z.number(),
  // Thousandths
  units: z.number(),
  revenue: z.number(),
  first_day: z.string().nullable(),
  last_day: z.string().nullable(),
});

type Customer = z.infer<typeof customerRow>;

/** The columns of customers; only an ADMIN gets names and e-mails. */
export const customerCsvColumns: CsvColumns<Customer> = {
  customer_id: (row, { word }) => word(row.customer_id),
  customer_ref: (row, { text }) => text(row.customer_ref),
  name: ({ name }, { text }) => text(name),
  email: ({ email }, { text }) => text(email),
  sales: ({ sales }, { number }) => number(sales),
  refunds: ({ refunds }, { number }) => number(refunds),
  units: ({ units }, { thousandths }) => thousandths(units),
  revenue: ({ revenue }, { amount }) => amount(revenue),
  currency: (_, { currency }) => currency(),
  first_day: ({ first_day }, { word }) => word(first_day),
  last_day: ({ last_day }, { word }) => word(last_day),
  created_at: ({ created_at }, { word }) => word(created_at),
};

const totals =
  sql.raw(`coalesce(sum(s.kind = 'sale'), 0) AS sales, coalesce(sum(s.kind = 'refund'), 0) AS refunds,
  CAST(total(s.units) AS INTEGER) AS units, CAST(total(s.total) AS INTEGER) AS revenue,
  min(iif(s.kind = 'sale', s.day, NULL)) AS first_day, max(iif(s.kind = 'sale', s.day, NULL)) AS last_day`);

const hasSale = sql.raw(`EXISTS (SELECT 1 FROM sales e INDEXED BY sales_customer
  WHERE e.tenant_id = u.tenant_id AND e.customer_key = u.id AND e.status = 'completed')`);

/** Accounts of customers, and of staff who have bought. */
const accountsAfter = (ctx: ActorCtx, id: string, limit: number): Promise<Customer[]> => {
  const isNamed = ctx.actor.role === "ADMIN" ? sql`a.erased_at IS NULL` : sql`false`;
  return ctx.db.all(
    customerRow,
    sql`SELECT a.id AS customer_id, NULL AS customer_ref, iif(${isNamed}, a.first_name || ' ' || a.last_name, NULL) AS name,
        iif(${isNamed}, a.email, NULL) AS email, a.created_at, ${totals}
      FROM (SELECT * FROM users u WHERE u.tenant_id = ${ctx.tenant.id} AND u.id > ${id}
          AND (u.role = 'CUSTOMER' AND u.erased_at IS NULL OR ${hasSale}) ORDER BY u.id LIMIT CAST(${limit} AS INTEGER)) a
        LEFT JOIN sales s INDEXED BY sales_customer ON s.tenant_id = a.tenant_id AND s.customer_key = a.id
          AND s.customer_id IS NOT NULL AND s.status = 'completed'
      GROUP BY a.id ORDER BY a.id`,
  );
};

const referencesAfter = (ctx: ActorCtx, ref: string, limit: number): Promise<Customer[]> =>
  ctx.db.all(
    customerRow,
    sql`SELECT NULL AS customer_id, s.customer_key AS customer_ref, NULL AS name, NULL AS email, NULL AS created_at, ${totals}
      FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = ${ctx.tenant.id} AND s.customer_key > ${ref}
        AND s.customer_id IS NULL AND s.status = 'completed'
      GROUP BY s.customer_key ORDER BY s.customer_key LIMIT CAST(${limit} AS INTEGER)`,
  );

// A page reads all sales of its customers.
const MAX_CUSTOMERS = 200;

/** All customers as CSV. One or two round trips a page. */
export const customersCsv = (ctx: ActorCtx, format: CsvFormat): Promise<ReadableStream<Uint8Array>> =>
  csvStream<Customer>(
    csvTable(customerCsvColumns, format),
    async (last, limit) => {
      if (last && last.customer_ref !== null) return referencesAfter(ctx, last.customer_ref, limit);
      const accounts = await accountsAfter(ctx, last?.customer_id ?? "", limit);
      if (accounts.length === limit) return accounts;
      return [...accounts, ...(await referencesAfter(ctx, "", limit - accounts.length))];
    },
    MAX_CUSTOMERS,
  );
