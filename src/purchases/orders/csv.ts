// Orders as CSV, one a row, oldest first like a ledger.
import { sql, type SQL } from "drizzle-orm";
import type { ActorCtx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
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
import { matchedCustomers } from "./search.ts";

/** The columns of orders; `time` is that of the shop's clock, `placed_at` is in UTC. */
export const orderCsvColumns: CsvColumns<OrderHeadBody> = {
  number: ({ number }, { text }) => text(number),
  status: ({ status }, { word }) => word(status),
  day: ({ day }, { word }) => word(day),
  time: ({ placed_at }, { time }) => time(placed_at),
  placed_at: ({ placed_at }, { word }) => word(placed_at),
  customer: ({ customer }, { text }) => text(customer?.name),
  email: ({ customer }, { text }) => text(customer?.email),
  phone: ({ customer }, { text }) => text(customer?.phone),
  country: ({ country }, { text }) => text(country),
  payment_terms: ({ payment_terms }, { word }) => word(payment_terms),
  payment_method: ({ payment_method }, { word }) => word(payment_method),
  lines: ({ lines }, { number }) => number(lines),
  units: ({ units }, { number }) => number(units),
  discount: ({ discount }, { amount }) => amount(discount),
  net: ({ net }, { amount }) => amount(net),
  tax: ({ tax }, { amount }) => amount(tax),
  total: ({ total }, { amount }) => amount(total),
  currency: (_, { currency }) => currency(),
  hold_expires_at: ({ hold_expires_at }, { word }) => word(hold_expires_at),
  seller_id: ({ seller_id }, { word }) => word(seller_id),
  customer_id: ({ customer_id }, { word }) => word(customer_id),
  order_id: ({ id }, { word }) => word(id),
};

const oldestFirst = sql.raw("s.day, s.placed_at, s.id");

/** All orders that match the filters as CSV. One round trip a page. @throws Problem forbidden */
export const ordersCsv = (
  ctx: ActorCtx,
  query: Query,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> => {
  const { from, to, q } = query;
  const filters = orderFilters(ctx, query, "s.");
  const conditions: SQL[] = [
    sql`s.tenant_id = ${ctx.tenant.id}`,
    ...filters.map(({ condition }) => condition),
    ...rowFilters(query),
  ];
  if (to !== undefined) conditions.push(sql`s.day <= ${to}`);
  const isSearch = q !== undefined && numberIn(q) === null;
  // Without INDEXED BY the planner, which has no statistics, may read all online sales for those of a customer.
  const index = isSearch
    ? "sales_customer"
    : (filters.find((each) => each.index !== null)?.index ?? "sales_day");
  if (isSearch)
    conditions.push(sql`s.customer_key IN (${matchedCustomers(ctx, matchExpression(ctx.tenant.id, q))})`);
  // One lower bound, because an index takes no other.
  const begin = (last: OrderHeadBody | undefined): SQL =>
    last ? sql`(${oldestFirst}) > (${last.day}, ${last.placed_at}, ${last.id})` : sql`s.day >= ${from ?? ""}`;
  const read = (last: OrderHeadBody | undefined, limit: number): Promise<OrderHeadBody[]> =>
    ctx.db.all(
      headRow,
      sql`SELECT ${headColumns(ctx)} FROM sales s INDEXED BY ${sql.raw(index)} WHERE ${sql.join([...conditions, begin(last)], sql` AND `)}
        ORDER BY ${oldestFirst} LIMIT CAST(${limit} AS INTEGER)`,
    );
  return csvStream(csvTable(orderCsvColumns, format), read, { cost: ctx.db.cost });
};
