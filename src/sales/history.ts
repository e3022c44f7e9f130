// The sales of a shop, newest day first. One filter chooses an index in this order, the other filters are applied to the rows that it
// returns. Without INDEXED BY the planner, which has no statistics, may sort all sales of the shop.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { currentCustomer, selectCustomer } from "../customers/customers.ts";
import { actorId, type ActorCtx, type Ctx, seesColleagues } from "../platform/context.ts";
import { scanPage } from "../platform/bounded-scan.ts";
import { encodeCursor, decodeCursor, dayTimeKey } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { saleColumns, saleJson, type SaleBody } from "./record.ts";
import { type CustomerSalesQuery, Sale, type SaleQuery } from "./schema.ts";

// What the cursor needs and what SQLite has no type for; the route validates the rest.
const listRow = z.looseObject({
  id: z.string(),
  day: z.string(),
  placed_at: z.string(),
  offline: sqlBoolean,
  is_void: sqlBoolean,
  restocked: sqlBoolean,
});

const NUMBER = /^([ACR])-(\d+)$/i;

/** The condition on the number of a receipt, refund or order; the literal series lets SQLite use the partial index. */
function isNumbered(number: string, of: string): SQL {
  const [, series, digits] = NUMBER.exec(number) ?? [];
  const column = sql.raw(`${of}number`);
  return sql`${sql.raw(of)}series = ${series?.toUpperCase() ?? ""} AND ${column} = CAST(${digits ?? ""} AS INTEGER)`;
}

const saleOrNull = z.object({ sale: z.string().nullable() });

/** One sale with its lines. One round trip. @throws Problem not-found */
export async function getSale(ctx: Ctx, id: string): Promise<SaleBody> {
  const [row] = await ctx.db.all(saleOrNull, sql`SELECT ${saleJson(ctx, id)} AS sale`);
  if (!row || row.sale === null) throw notFound("sale");
  return Sale.parse(JSON.parse(row.sale));
}

type Query = z.infer<typeof SaleQuery>;

export type Filters = Pick<
  Query,
  "from" | "to" | "channel" | "kind" | "status" | "seller_id" | "customer" | "number"
>;

/** A filter of the list: its condition, and the index that serves it, if there is one. */
type Filter = { condition: SQL; index: string | null };

/** A customer is named by the id of a record, also a merged one, by its reference in other systems, or as a sale of an import names it. */
const customerKey = (
  ctx: ActorCtx,
  customer: string,
): SQL => sql`coalesce(${currentCustomer(ctx.tenant.id, customer)},
  (SELECT coalesce(merged_into, id) FROM customers
    WHERE tenant_id = ${ctx.tenant.id} AND external_ref = ${customer}), ${customer})`;

/** The filters of a query, those with the most selective index first; `of` is the prefix of the columns of sales. */
function filtersOf(ctx: ActorCtx, query: Filters, of = ""): Filter[] {
  const { number, customer, seller_id, status, kind, channel } = query;
  const filters: Filter[] = [];
  const add = (condition: SQL, index: string | null) => void filters.push({ condition, index });
  if (number !== undefined) add(isNumbered(number, of), "sales_series_number");
  if (customer !== undefined)
    add(sql`${sql.raw(of)}customer_key = ${customerKey(ctx, customer)}`, "sales_customer");
  // Literals, because SQLite does not use a partial index for a parameter.
  if (status === "completed") add(sql.raw(`${of}status = 'completed'`), null);
  else if (status !== undefined)
    add(sql.raw(`${of}status = '${status}' AND ${of}status <> 'completed'`), "sales_unfinished");
  if (seller_id !== undefined) add(sql`${sql.raw(of)}seller_id = ${seller_id}`, "sales_seller");
  if (kind !== undefined) add(sql.raw(`${of}kind = '${kind}'`), kind === "refund" ? "sales_refunds" : null);
  if (channel !== undefined) add(sql`${sql.raw(of)}channel = ${channel}`, "sales_channel");
  return filters;
}

/**
 * What an EMPLOYEE who does not see colleagues lists: their own sales, online orders that no colleague took, and the one that they
 * look up by number, as for a refund. @throws Problem forbidden
 */
function visibleSales(ctx: ActorCtx, query: Filters, of = ""): Filter[] {
  if (seesColleagues(ctx)) return [];
  if (query.seller_id !== undefined && query.seller_id !== actorId(ctx))
    throw new Problem("forbidden", "This shop shows an EMPLOYEE only their own sales.");
  if (query.number !== undefined) return [];
  const seller = sql.raw(`${of}seller_id`);
  const isOwn = sql`${seller} = ${actorId(ctx)}`;
  return query.channel === "online"
    ? [{ condition: sql`(${seller} IS NULL OR ${isOwn})`, index: null }]
    : // A customer has fewer sales than a seller.
      [{ condition: isOwn, index: query.customer === undefined ? "sales_seller" : null }];
}

/**
 * The conditions on sales `s` of all filters and of what the actor may list, to be joined by AND, and the index that serves them.
 * @throws Problem forbidden
 */
export function saleFilters(ctx: ActorCtx, query: Filters): { index: string; conditions: SQL[] } {
  const range: SQL[] = [sql`s.tenant_id = ${ctx.tenant.id}`];
  if (query.from !== undefined) range.push(sql`s.day >= ${query.from}`);
  if (query.to !== undefined) range.push(sql`s.day <= ${query.to}`);
  const filters = [...visibleSales(ctx, query, "s."), ...filtersOf(ctx, query, "s.")];
  const served = filters.find(({ index }) => index !== null);
  return {
    index: served?.index ?? "sales_day",
    conditions: [...range, ...filters.map(({ condition }) => condition)],
  };
}

const ORDER = ["day", "placed_at", "id"] as const;

const positionRow = z.object({ day: z.string(), placed_at: z.string(), id: z.string() });

/** The sales and refunds that match the filters and that the actor may list, without their lines. @throws Problem invalid-cursor, forbidden */
export function listSales(
  ctx: ActorCtx,
  query: Filters & { limit: number; cursor?: string | undefined },
  list = "sales",
) {
  const last = decodeCursor(dayTimeKey, list, ctx.tenant.id, query.cursor);
  const filters = [...visibleSales(ctx, query), ...filtersOf(ctx, query)];
  const served = filters.find(({ index }) => index !== null);
  const indexed: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`];
  if (served) indexed.push(served.condition);
  const range: SQL[] = [];
  if (query.from !== undefined) range.push(sql`day >= ${query.from}`);
  // The index takes one upper bound: the plus sign leaves it to the cursor, so that earlier pages are not read again.
  if (query.to !== undefined) range.push(sql`${sql.raw(last ? "+" : "")}day <= ${query.to}`);
  if (last) {
    const [day, placedAt, id] = last;
    range.push(sql`(day, placed_at, id) < (${day}, ${placedAt}, ${id})`);
  }
  return scanPage(
    {
      table: "sales",
      index: served?.index ?? "sales_day",
      indexed: [...indexed, ...range],
      filters: filters.filter((each) => each !== served).map(({ condition }) => condition),
      columns: sql`${saleColumns}, ${ctx.tenant.currency} AS currency`,
      row: listRow,
      order: ORDER,
      key: positionRow,
      limit: query.limit,
    },
    ({ day, placed_at, id }) => encodeCursor(list, ctx.tenant.id, [day, placed_at, id]),
  );
}

/** The sales and refunds of a customer. One round trip. @throws Problem not-found, invalid-cursor */
export async function listSalesOf(
  ctx: ActorCtx,
  id: string,
  query: z.infer<typeof CustomerSalesQuery>,
): Promise<{ data: unknown[]; next_cursor: string | null }> {
  const customer = selectCustomer(ctx, id);
  const page = listSales(ctx, { ...query, customer: id }, `sales of ${id}`);
  const done = await ctx.db.batch([customer, ...page.statements]);
  if (done.of(customer).length === 0) throw notFound("customer");
  return page.read(done);
}
