// Names are never cached: they are removed from what is cached, and read for each cached response.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { alsoReads, type Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { runPlan } from "../../platform/plan.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { customerTotals, expectedCustomers, identified, toCustomer } from "./customers.ts";
import { rememberKeys } from "./expected.ts";
import { inOrder, pageCandidates, rankKey } from "./ranking.ts";
import type { TopCustomers, TopCustomersQuery } from "./schema.ts";
import { sumTotals } from "./totals.ts";

/**
 * The customers who bought most, with names for an ADMIN, or a key that reads customers; ties are sorted by id. One round trip, and another one
 * if the page has others than expected. @throws Problem invalid-cursor
 */
export async function topCustomers(
  ctx: Ctx,
  query: z.infer<typeof TopCustomersQuery>,
): Promise<z.infer<typeof TopCustomers>> {
  const list = `top-customers-${query.sort}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const pageName = JSON.stringify([list, query.limit, query.cursor ?? ""]);
  const [totals, expected] = [customerTotals(ctx, query), expectedCustomers(ctx, pageName)];
  const { customers, known } = await runPlan(ctx, {
    statements: [totals, ...expected.statements],
    read: (done) => ({
      customers: sumTotals("customers", done.of(totals)).map(toCustomer),
      known: expected.read(done),
    }),
  });
  const total = (row: { sales: number; units: number; revenue: number }) => row[query.sort];
  const candidates = pageCandidates(
    customers.filter(({ sales, refunds }) => sales !== 0 || refunds !== 0),
    total,
    previous,
    query.limit,
  );
  rememberKeys(
    ctx,
    pageName,
    candidates.map(({ key }) => key),
  );
  const rows = await identified(ctx, candidates, known);
  const page = pageOf(inOrder(rows, total, previous), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [total(row), row.sort_key]),
  );
  return {
    currency: ctx.tenant.currency,
    data: page.data.map((row) => ({
      customer_id: row.customer_id,
      customer_ref: row.customer_ref,
      name: alsoReads(ctx, "customers:read") ? row.name : null,
      sales: row.sales,
      units: fromThousandths(row.units),
      revenue: row.revenue,
    })),
    next_cursor: page.next_cursor,
    as_of: ctx.now.toISOString(),
  };
}

const nameRow = z.object({ id: z.string(), name: z.string().nullable() });

/** The same customers without names. */
export const withoutNames = (customers: z.infer<typeof TopCustomers>): z.infer<typeof TopCustomers> => ({
  ...customers,
  data: customers.data.map((row) => ({ ...row, name: null })),
});

/** The same customers, with their names for an ADMIN, or a key that reads customers: then one round trip. */
export async function withNames(
  ctx: Ctx,
  customers: z.infer<typeof TopCustomers>,
): Promise<z.infer<typeof TopCustomers>> {
  const ids = customers.data.flatMap(({ customer_id }) => customer_id ?? []);
  if (!alsoReads(ctx, "customers:read") || ids.length === 0) return customers;
  const rows = await ctx.db.all(
    nameRow,
    sql`SELECT k.id, k.name FROM json_each(${JSON.stringify(ids)}) j
      CROSS JOIN customers k ON k.tenant_id = ${ctx.tenant.id} AND k.id = j.value`,
  );
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return {
    ...customers,
    data: customers.data.map((row) => ({ ...row, name: names.get(row.customer_id ?? "") ?? null })),
  };
}
