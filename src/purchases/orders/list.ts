// The orders of the shop, newest first. One filter chooses an index in this order, the others are applied to the rows that it returns.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { scanPage } from "../../platform/bounded-scan.ts";
import { dayTimeKey, decodeCursor, encodeCursor } from "../../platform/cursor.ts";
import type { Plan } from "../../platform/plan.ts";
import {
  headColumns,
  headRow,
  numberIn,
  orderFilters,
  type OrderHeadBody,
  type Query,
  rowFilters,
} from "./head.ts";
import { matchExpression } from "../../customers/search.ts";
import { ordersOfCustomers } from "./search.ts";

// Whether an order was refunded is read from its lines.
const MAX_SCANNED = 300;

const ORDER = ["day", "placed_at", "id"] as const;

const positionRow = z.object({ day: z.string(), placed_at: z.string(), id: z.string() });

/** The orders that match the filters, without their lines. @throws Problem invalid-cursor, forbidden */
export function listOrders(
  ctx: ActorCtx,
  query: Query,
): Plan<{ data: OrderHeadBody[]; next_cursor: string | null }> {
  const list = `orders:${query.q === undefined ? "" : "q"}`;
  const last = decodeCursor(dayTimeKey, list, ctx.tenant.id, query.cursor);
  const cursor = ({ day, placed_at, id }: z.infer<typeof positionRow>): string =>
    encodeCursor(list, ctx.tenant.id, [day, placed_at, id]);
  const range: SQL[] = [];
  if (query.from !== undefined) range.push(sql`day >= ${query.from}`);
  // The index takes one upper bound: the plus sign leaves it to the cursor, so that earlier pages are not read again.
  if (query.to !== undefined) range.push(sql`${sql.raw(last ? "+" : "")}day <= ${query.to}`);
  if (last) {
    const [day, placedAt, id] = last;
    range.push(sql`(day, placed_at, id) < (${day}, ${placedAt}, ${id})`);
  }
  const words = query.q === undefined || numberIn(query.q) !== null ? undefined : query.q;
  const filters = orderFilters(ctx, query, "");
  if (words !== undefined) {
    const match = matchExpression(ctx.tenant.id, words);
    return ordersOfCustomers(ctx, query, {
      match,
      range,
      filters: filters.map(({ condition }) => condition),
      cursor,
    });
  }
  const [served, ...others] = filters;
  return scanPage(
    {
      table: "sales",
      index: served.index,
      indexed: [sql`tenant_id = ${ctx.tenant.id}`, served.condition, ...range],
      filters: [...others.map(({ condition }) => condition), ...rowFilters(query)],
      columns: headColumns(ctx),
      row: headRow,
      order: ORDER,
      key: positionRow,
      limit: query.limit,
      maxRows: MAX_SCANNED,
    },
    cursor,
  );
}
