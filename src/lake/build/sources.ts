// Reads complete partitions from D1 page by page, so that memory does not grow with the size of a day.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, Tenant } from "../../platform/context.ts";
import { dayOf, addDays } from "../../values/days.ts";
import { lakePayload, saleLineColumns, joinSaleLines } from "./datasets.ts";
import type { Row } from "./parquet.ts";
import type { PartitionState } from "../manifest.ts";
import { type Dataset, eventIds, firstOfMonth } from "../partitions.ts";

const PAGE_ROWS = 2000;
// An event may contain a complete sale.
const PAGE_EVENTS = 500;
// D1 takes a thousand statements an invocation: more pages could not be read.
const MAX_PAGES = 1_000;

const cell = z.union([z.string(), z.number(), z.null()]);

/** A shop with the bounds of its sealed days. */
type SourceTenant = Tenant & Pick<PartitionState, "sealed_day" | "sealed_end">;

/** The pages of a query with keyset pagination; a page with fewer than `limit` rows is the last. */
async function* readPages<K extends z.ZodRawShape>(
  ctx: Base,
  keys: K,
  limit: number,
  pageAfter: (last: z.infer<z.ZodObject<K>> | null) => SQL,
): AsyncGenerator<Row[]> {
  const key = z.object(keys);
  const row = z.record(z.string(), cell);
  let last: z.infer<typeof key> | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: Row[] = await ctx.db.all(row, pageAfter(last));
    yield page;
    // A timer lets the runtime serve other requests during a long build.
    await scheduler.wait(1);
    if (page.length < limit) return;
    last = key.parse(page.at(-1));
  }
  throw new Error(`A partition has more than ${MAX_PAGES} pages.`);
}

/** The sale lines of a day in the order of sale. */
const saleLines = (ctx: Base, { id, currency }: Tenant, day: string) =>
  readPages(ctx, { placed_at: z.string(), sale_id: z.string(), line_no: z.number() }, PAGE_ROWS, (last) => {
    // The previous page may have ended within a sale.
    const after = last
      ? sql`AND (s.placed_at, s.id) >= (${last.placed_at}, ${last.sale_id})
          AND (s.placed_at, s.id, l.line_no) > (${last.placed_at}, ${last.sale_id}, ${last.line_no})`
      : sql``;
    return sql`SELECT ${saleLineColumns}, ${currency} AS currency FROM sales s INDEXED BY sales_day ${joinSaleLines}
      WHERE s.tenant_id = ${id} AND s.day = ${day} AND s.status <> 'pending' ${after}
      ORDER BY s.placed_at, s.id, l.line_no LIMIT ${PAGE_ROWS}`;
  });

/**
 * The exported events of a day in order. The day after the sealed ones begins where those end, also if the time zone has changed
 * since. An event that is exported later is added by its batch.
 */
function events(ctx: Base, { id, timezone, sealed_day, sealed_end }: SourceTenant, day: string) {
  const { first, end } = eventIds(day, timezone);
  const from = addDays(day, -1) === sealed_day || first < sealed_end ? sealed_end : first;
  return readPages(
    ctx,
    { event_id: z.string() },
    PAGE_EVENTS,
    (
      last,
    ) => sql`SELECT e.id AS event_id, e.type, CASE WHEN e.type LIKE 'sale.%' THEN e.payload ->> 'id' END AS sale_id,
        e.created_at, ${lakePayload} FROM events e
      WHERE e.tenant_id = ${id} AND e.id < ${end} AND ${last ? sql`e.id > ${last.event_id}` : sql`e.id >= ${from}`}
        AND e.exported_at IS NOT NULL
      ORDER BY e.id LIMIT ${PAGE_EVENTS}`,
  );
}

/** The totals of the past days of a month by day, country, seller and channel. */
async function* monthTotals(ctx: Base, { id, timezone, currency }: Tenant, month: string) {
  const today = dayOf(ctx.now, timezone);
  const next = firstOfMonth(addDays(month, 31));
  yield await ctx.db.all(
    z.record(z.string(), cell),
    sql`SELECT s.day, s.country, s.seller_id, s.channel, sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds,
        sum(s.lines) AS lines, sum(s.units) AS units, sum(s.total) AS revenue, ${currency} AS currency
      FROM sales s INDEXED BY sales_day
      WHERE s.tenant_id = ${id} AND s.day >= ${month} AND s.day < ${next < today ? next : today} AND s.status = 'completed'
      GROUP BY s.day, s.country, s.seller_id, s.channel ORDER BY s.day, s.country, s.seller_id, s.channel`,
  );
}

/** The shop's products, including hidden ones. */
const products = (ctx: Base, { id, currency }: Tenant) =>
  readPages(
    ctx,
    { product_id: z.string() },
    PAGE_ROWS,
    (
      last,
    ) => sql`SELECT id AS product_id, sku, title, category, author, isbn, publisher, language, publication_year,
        price, ${currency} AS currency, stock, unit, rating, is_active, created_at, updated_at FROM products
      WHERE tenant_id = ${id} AND removed_at IS NULL ${last ? sql`AND id > ${last.product_id}` : sql``} ORDER BY id LIMIT ${PAGE_ROWS}`,
  );

const sources = { purchases: saleLines, events, daily_summary: monthTotals, products } satisfies Record<
  Dataset,
  (ctx: Base, tenant: SourceTenant, day: string) => AsyncIterable<Row[]>
>;

/** Pages of the current rows of a partition. */
export const partitionRows = (
  ctx: Base,
  tenant: SourceTenant,
  dataset: Dataset,
  day: string,
): AsyncIterable<Row[]> => sources[dataset](ctx, tenant, day);
