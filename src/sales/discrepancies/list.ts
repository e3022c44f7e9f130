import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import type { Ctx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import { saleNumber } from "../record.ts";
import { StockDiscrepancy, type StockDiscrepancyQuery } from "./schema.ts";

const discrepancyKey = z.tuple([z.string(), z.string()]);

type Query = z.infer<typeof StockDiscrepancyQuery>;
type Discrepancy = z.infer<typeof StockDiscrepancy>;

function selectDiscrepancies(
  ctx: Ctx,
  query: Query,
  last: z.infer<typeof discrepancyKey> | null,
  limit: number,
): Promise<Discrepancy[]> {
  const filters: SQL[] = [
    sql`d.tenant_id = ${ctx.tenant.id}`,
    sql.raw(`d.is_open = ${query.open === "true" ? 1 : 0}`),
  ];
  if (query.product_id !== undefined) filters.push(sql`d.product_id = ${query.product_id}`);
  if (last) filters.push(sql`(d.created_at, d.id) < (${last[0]}, ${last[1]})`);
  return ctx.db.all(
    StockDiscrepancy,
    sql`SELECT d.id, d.product_id, p.sku, p.title, p.unit, ${unitsOf("d.missing")} AS missing, d.sale_id,
        ${saleNumber} AS sale_number, d.created_at, d.resolved_at, d.resolved_by
      FROM stock_discrepancies d CROSS JOIN products p ON p.tenant_id = d.tenant_id AND p.id = d.product_id
      CROSS JOIN sales s ON s.tenant_id = d.tenant_id AND s.id = d.sale_id
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY d.created_at DESC, d.id DESC LIMIT CAST(${limit} AS INTEGER)`,
  );
}

/** The open or the resolved discrepancies, newest first. One round trip. */
export async function listDiscrepancies(ctx: Ctx, query: Query) {
  const last = decodeCursor(discrepancyKey, "discrepancies", ctx.tenant.id, query.cursor);
  const discrepancies = await selectDiscrepancies(ctx, query, last, query.limit + 1);
  return pageOf(discrepancies, query.limit, (row) =>
    encodeCursor("discrepancies", ctx.tenant.id, [row.created_at, row.id]),
  );
}

/** The columns of discrepancies as CSV. */
export const discrepancyColumns: CsvColumns<Discrepancy> = {
  created_at: ({ created_at }, { word }) => word(created_at),
  sku: ({ sku }, { text }) => text(sku),
  title: ({ title }, { text }) => text(title),
  missing: ({ missing }, { number }) => number(missing),
  unit: ({ unit }, { word }) => word(unit),
  sale_number: ({ sale_number }, { text }) => text(sale_number),
  resolved_at: ({ resolved_at }, { word }) => word(resolved_at),
  resolved_by: ({ resolved_by }, { word }) => word(resolved_by),
  product_id: ({ product_id }, { word }) => word(product_id),
  sale_id: ({ sale_id }, { word }) => word(sale_id),
};

/** All discrepancies that match the filters as CSV, newest first. One round trip a page. */
export const discrepanciesCsv = (
  ctx: Ctx,
  query: Query,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<Discrepancy>(csvTable(discrepancyColumns, format), (last, limit) =>
    selectDiscrepancies(ctx, query, last ? [last.created_at, last.id] : null, limit),
  );
