// Names are never cached: they are added to the cached figures for each response.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { runPlan, planOf } from "../../platform/plan.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { customerTotals, identified, toCustomer } from "./customers.ts";
import { inOrder, pageCandidates, rankKey } from "./ranking.ts";
import type { TopCustomers, TopCustomersQuery } from "./schema.ts";
import { sumTotals } from "./totals.ts";

/** The customers who bought most, without names; ties are sorted by id. Two round trips. @throws Problem invalid-cursor */
export async function topCustomers(
  ctx: Ctx,
  query: z.infer<typeof TopCustomersQuery>,
): Promise<z.infer<typeof TopCustomers>> {
  const list = `top-customers-${query.sort}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const customers = await runPlan(
    ctx,
    planOf(customerTotals(ctx, query), (rows) => sumTotals("customers", rows).map(toCustomer)),
  );
  const total = (row: { sales: number; units: number; revenue: number }) => row[query.sort];
  const candidates = pageCandidates(
    customers.filter(({ sales, refunds }) => sales !== 0 || refunds !== 0),
    total,
    previous,
    query.limit,
  );
  const page = pageOf(inOrder(await identified(ctx, candidates), total, previous), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [total(row), row.sort_key]),
  );
  return {
    currency: ctx.tenant.currency,
    data: page.data.map((row) => ({
      customer_id: row.customer_id,
      customer_ref: row.customer_ref,
      name: null,
      sales: row.sales,
      units: fromThousandths(row.units),
      revenue: row.revenue,
    })),
    next_cursor: page.next_cursor,
    as_of: ctx.now.toISOString(),
  };
}

const nameRow = z.object({ id: z.string(), name: z.string().nullable() });

/** The same customers, with their names if the actor is an ADMIN. One round trip for an ADMIN. */
export async function withNames(
  ctx: ActorCtx,
  customers: z.infer<typeof TopCustomers>,
): Promise<z.infer<typeof TopCustomers>> {
  const ids = customers.data.flatMap(({ customer_id }) => customer_id ?? []);
  if (ctx.actor.role !== "ADMIN" || ids.length === 0) return customers;
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
