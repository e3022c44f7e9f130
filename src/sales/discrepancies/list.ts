import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import type { Ctx } from "../../platform/context.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { saleNumber } from "../record.ts";
import { StockDiscrepancy, type StockDiscrepancyQuery } from "./schema.ts";

const discrepancyKey = z.tuple([z.string(), z.string()]);

/** The open or the resolved discrepancies, newest first. One round trip. */
export async function listDiscrepancies(ctx: Ctx, query: z.infer<typeof StockDiscrepancyQuery>) {
  const last = decodeCursor(discrepancyKey, "discrepancies", ctx.tenant.id, query.cursor);
  const filters: SQL[] = [
    sql`d.tenant_id = ${ctx.tenant.id}`,
    sql.raw(`d.is_open = ${query.open === "true" ? 1 : 0}`),
  ];
  if (query.product_id !== undefined) filters.push(sql`d.product_id = ${query.product_id}`);
  if (last) filters.push(sql`(d.created_at, d.id) < (${last[0]}, ${last[1]})`);
  const discrepancies = await ctx.db.all(
    StockDiscrepancy,
    sql`SELECT d.id, d.product_id, p.sku, p.title, p.unit, ${unitsOf("d.missing")} AS missing, d.sale_id,
        ${saleNumber} AS sale_number, d.created_at, d.resolved_at, d.resolved_by
      FROM stock_discrepancies d CROSS JOIN products p ON p.tenant_id = d.tenant_id AND p.id = d.product_id
      CROSS JOIN sales s ON s.tenant_id = d.tenant_id AND s.id = d.sale_id
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY d.created_at DESC, d.id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(discrepancies, query.limit, (row) =>
    encodeCursor("discrepancies", ctx.tenant.id, [row.created_at, row.id]),
  );
}
