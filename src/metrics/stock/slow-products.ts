// Products in stock that have not sold for some days, those that have not sold for longest first: the order of their index.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor } from "../../platform/cursor.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import { addDays, dayOf, startOfDay } from "../../values/days.ts";
import { quantityColumn, Unit } from "../../values/quantities.ts";
import type { SlowProducts, SlowProductsQuery } from "./schema.ts";

const slowRow = z.object({
  product_id: z.string(),
  sku: z.string(),
  title: z.string(),
  last_sold_day: z.string(),
  stock: quantityColumn,
  unit: Unit,
  cost_value: z.number().nullable(),
  price_value: z.number(),
  is_slow: sqlBoolean,
  is_end: sqlBoolean,
});

type SlowRow = z.infer<typeof slowRow>;

const cursorKey = z.tuple([z.string(), z.string()]);

/** SQL for what the stock of a product is worth by this column. */
const valueOf = (column: string): SQL => sql.raw(`CAST(round(${column} * 1.0 * stock / 1000) AS INTEGER)`);

/** What a page looks at. */
const MAX_SCANNED = 1_500;
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * The first products of the index that are slow; a new product is not yet. With `scanned`, only that many are looked at, and the last
 * of them is returned as `is_end`, slow or not.
 */
function readSlow(
  ctx: Ctx,
  days: number,
  last: readonly [string, string] | null,
  { limit, scanned }: { limit: number; scanned: number },
): Promise<SlowRow[]> {
  const { timezone, id: tenantId } = ctx.tenant;
  const since = addDays(dayOf(ctx.now, timezone), -days);
  const after = last ? sql`AND (last_sold_day, id) > (${last[0]}, ${last[1]})` : sql``;
  // last_sold_day follows once a night.
  const isSlow = sql`(p.stock > 0 AND p.removed_at IS NULL AND p.created_at < ${startOfDay(since, timezone, 1).toISOString()}
    AND NOT EXISTS (SELECT 1 FROM dirty_product_days u
      CROSS JOIN daily_products x ON x.tenant_id = u.tenant_id AND x.day = u.day AND x.product_id = p.id AND x.orders > 0
      WHERE u.tenant_id = ${tenantId} AND u.is_built = 0 AND u.day > ${since}))`;
  return ctx.db.all(
    slowRow,
    sql`SELECT * FROM (
        SELECT p.id AS product_id, sku, title, last_sold_day, coalesce(stock, 0) AS stock, unit, ${valueOf("cost")} AS cost_value,
          coalesce(${valueOf("price")}, 0) AS price_value, coalesce(${isSlow}, 0) AS is_slow, nth,
          nth = ${scanned} AS is_end
        FROM (SELECT *, row_number() OVER (ORDER BY last_sold_day, id) AS nth FROM products INDEXED BY products_by_last_sale
          WHERE tenant_id = ${tenantId} AND last_sold_day <= ${since} ${after} ORDER BY last_sold_day, id LIMIT ${scanned}) p)
      WHERE is_slow = 1 OR is_end = 1 ORDER BY nth LIMIT ${limit}`,
  );
}

const keyOf = ({ last_sold_day, product_id }: SlowRow): [string, string] => [last_sold_day, product_id];

const wireOf = (row: SlowRow) => ({
  product_id: row.product_id,
  sku: row.sku,
  title: row.title,
  last_sold: row.last_sold_day === "" ? null : row.last_sold_day,
  stock: row.stock,
  unit: row.unit,
  cost_value: row.cost_value,
  price_value: row.price_value,
});

/** A page of products, which may be short and still have a next one. One round trip. @throws Problem invalid-cursor */
export async function slowProducts(
  ctx: Ctx,
  { days, limit, cursor }: z.infer<typeof SlowProductsQuery>,
): Promise<z.infer<typeof SlowProducts>> {
  const list = `slow-products-${days}`;
  const last = decodeCursor(cursorKey, list, ctx.tenant.id, cursor);
  const rows = await readSlow(ctx, days, last, { limit: limit + 1, scanned: MAX_SCANNED });
  const slow = rows.filter((row) => row.is_slow);
  const shown = slow.slice(0, limit);
  const next = slow.length > limit ? shown.at(-1) : rows.findLast((row) => row.is_end);
  return {
    currency: ctx.tenant.currency,
    data: shown.map(wireOf),
    next_cursor: next ? encodeCursor(list, ctx.tenant.id, keyOf(next)) : null,
    as_of: ctx.now.toISOString(),
  };
}

/** The columns of the products as CSV. */
export const slowColumns: CsvColumns<SlowRow> = {
  product_id: ({ product_id }, { word }) => word(product_id),
  sku: ({ sku }, { text }) => text(sku),
  title: ({ title }, { text }) => text(title),
  last_sold: ({ last_sold_day }, { word }) => word(last_sold_day),
  stock: ({ stock }, { number }) => number(stock),
  unit: ({ unit }, { word }) => word(unit),
  cost_value: ({ cost_value }, { amount }) => amount(cost_value),
  price_value: ({ price_value }, { amount }) => amount(price_value),
  currency: (_, { currency }) => currency(),
};

/** All products as CSV. */
export const slowProductsCsv = (
  ctx: Ctx,
  days: number,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<SlowRow>(csvTable(slowColumns, format), (last, limit) =>
    readSlow(ctx, days, last ? keyOf(last) : null, { limit, scanned: ALL }),
  );
