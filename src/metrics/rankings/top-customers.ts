// Names are never cached: they are added to the cached figures for each response.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { CUSTOMER_SORT_KEY, customerIds, customerKey, customersUntil } from "./customers.ts";
import { dailyRows, type Range } from "../days.ts";
import { afterRank, rankKey } from "./ranking.ts";
import type { TopCustomers, TopCustomersQuery } from "./schema.ts";

const customerRow = z.object({
  ...customerKey,
  sales: z.number(),
  // Thousandths
  units: z.number(),
  revenue: z.number(),
  sort_key: z.string(),
});

/** The totals of each customer in the range, as rows to be summed. */
const customerDays = (ctx: Ctx, { from, to }: Range): SQL =>
  from === undefined ? customersUntil(ctx, to) : dailyRows(ctx, dailyTables.customers, { from, to });

/** The customers who bought most, without names; ties are sorted by id. One round trip. @throws Problem invalid-cursor */
export async function topCustomers(
  ctx: Ctx,
  query: z.infer<typeof TopCustomersQuery>,
): Promise<z.infer<typeof TopCustomers>> {
  const list = `top-customers-${query.sort}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const found = await ctx.db.all(
    customerRow,
    sql`SELECT customer_key, is_account, sales, units, revenue, sort_key FROM (
        SELECT customer_key, is_account, sum(sales) AS sales, sum(refunds) AS refunds,
          CAST(total(units) AS INTEGER) AS units, CAST(total(revenue) AS INTEGER) AS revenue,
          ${sql.raw(CUSTOMER_SORT_KEY)} AS sort_key
        FROM (${customerDays(ctx, query)}) GROUP BY customer_key, is_account)
      WHERE (sales <> 0 OR refunds <> 0) AND ${afterRank(previous, query.sort, "sort_key")}
      ORDER BY ${sql.raw(query.sort)} DESC, sort_key LIMIT ${query.limit + 1}`,
  );
  const page = pageOf(found, query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row[query.sort], row.sort_key]),
  );
  return {
    currency: ctx.tenant.currency,
    data: page.data.map((row) => ({
      ...customerIds(row),
      name: null,
      sales: row.sales,
      units: fromThousandths(row.units),
      revenue: row.revenue,
    })),
    next_cursor: page.next_cursor,
    as_of: ctx.now.toISOString(),
  };
}

const nameRow = z.object({ id: z.string(), name: z.string() });

/** The same customers, with the names of accounts if the actor is an ADMIN. One round trip for an ADMIN. */
export async function withNames(
  ctx: ActorCtx,
  customers: z.infer<typeof TopCustomers>,
): Promise<z.infer<typeof TopCustomers>> {
  const ids = customers.data.flatMap(({ customer_id }) => customer_id ?? []);
  if (ctx.actor.role !== "ADMIN" || ids.length === 0) return customers;
  const rows = await ctx.db.all(
    nameRow,
    sql`SELECT u.id, u.first_name || ' ' || u.last_name AS name FROM json_each(${JSON.stringify(ids)}) j
      CROSS JOIN users u ON u.tenant_id = ${ctx.tenant.id} AND u.id = j.value WHERE u.erased_at IS NULL`,
  );
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return {
    ...customers,
    data: customers.data.map((row) => ({ ...row, name: names.get(row.customer_id ?? "") ?? null })),
  };
}
