// The customers of a shop with the totals of their sales, as CSV. The totals of all customers are read at once, packed, so that a page reads
// few rows whatever its customers bought.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { matchExpression } from "../../customers/search.ts";
import { isUnrestricted, type ActorCtx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { planOf, runPlan } from "../../platform/plan.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import { addDays } from "../../values/days.ts";
import { type CustomerTotals, customerTotals, toCustomer } from "../rankings/customers.ts";
import { sumTotals } from "../rankings/totals.ts";

const customerRow = z.object({
  id: z.string(),
  external_ref: z.string().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  tax_id: z.string().nullable(),
  created_at: z.string(),
  number: z.number().nullable(),
  first_day: z.string().nullable(),
});

type Customer = z.infer<typeof customerRow> & Partial<CustomerTotals>;

/** The columns of customers; only an ADMIN gets names, e-mails, telephone numbers and tax ids. */
export const customerCsvColumns: CsvColumns<Customer> = {
  customer_id: ({ id }, { word }) => word(id),
  customer_ref: ({ external_ref }, { text }) => text(external_ref),
  name: ({ name }, { text }) => text(name),
  email: ({ email }, { text }) => text(email),
  phone: ({ phone }, { text }) => text(phone),
  tax_id: ({ tax_id }, { text }) => text(tax_id),
  sales: ({ sales = 0 }, { number }) => number(sales),
  refunds: ({ refunds = 0 }, { number }) => number(refunds),
  units: ({ units = 0 }, { thousandths }) => thousandths(units),
  revenue: ({ revenue = 0 }, { amount }) => amount(revenue),
  currency: (_, { currency }) => currency(),
  first_day: ({ first_day }, { word }) => word(first_day),
  last_day: ({ last_sale = 0 }, { word }) => word(last_sale === 0 ? null : addDays("1970-01-01", last_sale)),
  created_at: ({ created_at }, { word }) => word(created_at),
};

/** The totals of all customers by number, or by a key until they have one. One round trip. */
async function allTotals(ctx: ActorCtx): Promise<Map<number | string, CustomerTotals>> {
  const totals = await runPlan(
    ctx,
    planOf(customerTotals(ctx, {}), (rows) => sumTotals("customers", rows)),
  );
  return new Map(totals.map((row) => [row[0], toCustomer(row)]));
}

/** The condition that the customer `k` matches a search. */
function matches(ctx: ActorCtx, q: string): SQL {
  const expression = matchExpression(ctx.tenant.id, q);
  return expression === null
    ? sql`false`
    : sql`k.rowid IN (SELECT rowid FROM customer_search WHERE customer_search MATCH ${expression})`;
}

/** The next customers by id that satisfy the condition, also erased ones who have bought. One round trip, which reads some four rows a customer. */
const customersAfter = (ctx: ActorCtx, isMatch: SQL, id: string, limit: number) => {
  const isNamed = isUnrestricted(ctx) ? sql.raw("true") : sql.raw("false");
  return ctx.db.all(
    customerRow,
    sql`SELECT k.id, k.external_ref, iif(${isNamed}, k.name, NULL) AS name,
        iif(${isNamed}, coalesce(k.email, k.account_email), NULL) AS email,
        iif(${isNamed}, k.phone, NULL) AS phone, iif(${isNamed}, k.tax_id, NULL) AS tax_id, k.created_at, n.number,
        (SELECT s.day FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = k.tenant_id AND s.customer_key = k.id
          AND s.kind = 'sale' AND s.status = 'completed' ORDER BY s.day LIMIT 1) AS first_day
      FROM customers k LEFT JOIN customer_numbers n ON n.tenant_id = k.tenant_id AND n.customer_key = k.id AND n.is_account = 1
      WHERE k.tenant_id = ${ctx.tenant.id} AND k.id > ${id} AND ${isMatch} AND k.merged_into IS NULL AND (k.erased_at IS NULL OR EXISTS (
        SELECT 1 FROM sales e INDEXED BY sales_customer WHERE e.tenant_id = k.tenant_id AND e.customer_key = k.id))
      ORDER BY k.id LIMIT CAST(${limit} AS INTEGER)`,
  );
};

const MAX_CUSTOMERS = 800;

/** All customers, or those that match `q`, as CSV, oldest first. Two round trips, and one for each further page. */
export async function customersCsv(
  ctx: ActorCtx,
  q: string | undefined,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> {
  const isMatch = q === undefined ? sql`true` : matches(ctx, q);
  const totals = await allTotals(ctx);
  return csvStream<Customer>(
    csvTable(customerCsvColumns, format),
    async (last, limit) => {
      const page = await customersAfter(ctx, isMatch, last?.id ?? "", limit);
      return page.map((row) => ({ ...row, ...totals.get(row.number ?? `1${row.id}`) }));
    },
    { maxRows: MAX_CUSTOMERS },
  );
}
