// Orders by words of their customer. The full-text index finds the customers; of each a bounded number of sales is read, newest first,
// and the page ends where the first of these ends, so that none is left out.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { pageOf } from "../../platform/cursor.ts";
import { returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { headColumns, headRow, type OrderHeadBody, type Query, rowFilters } from "./head.ts";

const MAX_CUSTOMERS = 20;
const SALES_PER_CUSTOMER = 30;

const positionRow = z.object({ day: z.string(), placed_at: z.string(), id: z.string() });

type Position = z.infer<typeof positionRow>;

type Search = {
  /** The MATCH expression, or null for a query without words. */
  match: string | null;
  /** Conditions on unqualified columns of sales that their index serves. */
  range: SQL[];
  /** Further conditions on unqualified columns. */
  filters: SQL[];
  cursor: (last: Position) => string;
};

/** A query: the ids of the newest customers that match. */
export const matchedCustomers = (ctx: ActorCtx, match: string | null): SQL =>
  match === null
    ? sql`SELECT NULL AS id WHERE false`
    : sql`SELECT c.id FROM customer_search f CROSS JOIN customers c ON c.rowid = f.rowid
        WHERE customer_search MATCH ${match} AND c.tenant_id = ${ctx.tenant.id}
        ORDER BY f.rowid DESC LIMIT ${MAX_CUSTOMERS}`;

/** The orders of customers that match, newest first. */
export function ordersOfCustomers(
  ctx: ActorCtx,
  query: Query,
  { match, range, filters, cursor }: Search,
): Plan<{ data: OrderHeadBody[]; next_cursor: string | null }> {
  const read = sql`WITH matched AS MATERIALIZED (${matchedCustomers(ctx, match)}),
    scanned AS MATERIALIZED (
      SELECT x.*, m.id AS matched_id FROM matched m CROSS JOIN sales x ON x.tenant_id = ${ctx.tenant.id} AND x.id IN (
        SELECT y.id FROM sales y INDEXED BY sales_customer
        WHERE ${sql.join([sql`tenant_id = ${ctx.tenant.id} AND customer_key = m.id`, ...range], sql` AND `)}
        ORDER BY day DESC, placed_at DESC, id DESC LIMIT ${SALES_PER_CUSTOMER})),
    cut AS MATERIALIZED (SELECT day, placed_at, id FROM (
        SELECT day, placed_at, id, row_number() OVER newest AS nth FROM scanned
        WINDOW newest AS (PARTITION BY matched_id ORDER BY day DESC, placed_at DESC, id DESC))
      WHERE nth = ${SALES_PER_CUSTOMER} ORDER BY day DESC, placed_at DESC, id DESC LIMIT 1)`;
  const page = returning(
    headRow,
    sql`${read} SELECT ${headColumns(ctx)} FROM scanned s
      WHERE ${sql.join([...filters, ...rowFilters(query)], sql` AND `)}
        AND NOT EXISTS (SELECT 1 FROM cut WHERE (s.day, s.placed_at, s.id) < (cut.day, cut.placed_at, cut.id))
      ORDER BY s.day DESC, s.placed_at DESC, s.id DESC LIMIT ${query.limit + 1}`,
  );
  const end = returning(positionRow, sql`${read} SELECT day, placed_at, id FROM cut`);
  return {
    statements: [page, end],
    read: (done) => {
      const { data, next_cursor } = pageOf(done.of(page), query.limit, cursor);
      const [last] = done.of(end);
      return { data, next_cursor: next_cursor ?? (last ? cursor(last) : null) };
    },
  };
}
