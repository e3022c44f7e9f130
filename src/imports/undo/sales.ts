// Removes the sales of an import. A sale that was refunded since stays with its lines, because the refund refers to it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { markDaysForRebuild } from "../../sales/record.ts";
import { commitStep, type UndoStep } from "./steps.ts";

// D1 has one writer, which a batch occupies for less than a tenth of a second. A sale takes as long as so many lines, because it is in
// more indexes.
const LINES_PER_BATCH = 4_000;
const LINES_PER_SALE = 8;

const saleRow = z.object({ id: z.string(), lines: z.number() });

/** Removes the next sales, some thousand lines. Resolves to null when another consumer has done it. Two round trips. */
export async function undoSales(ctx: Ctx, importId: string, step: UndoStep): Promise<UndoStep | null> {
  const tenantId = ctx.tenant.id;
  const page = await ctx.db.all(
    saleRow,
    sql`SELECT id, lines FROM sales INDEXED BY sales_import WHERE tenant_id = ${tenantId} AND import_id = ${importId}
      AND id > ${step.after} ORDER BY id LIMIT ${LINES_PER_BATCH / LINES_PER_SALE}`,
  );
  const ids: string[] = [];
  let lines = 0;
  for (const sale of page) {
    lines += sale.lines + LINES_PER_SALE;
    if (ids.length > 0 && lines > LINES_PER_BATCH) break;
    ids.push(sale.id);
  }
  const last = ids.at(-1);
  const next: UndoStep = last === undefined ? { phase: "days", after: "" } : { phase: "sales", after: last };
  const chosen = sql`FROM json_each(${JSON.stringify(ids)}) j
    CROSS JOIN sales s ON s.tenant_id = ${tenantId} AND s.id = j.value AND s.import_id = ${importId}`;
  // Refunds of the same import are removed too.
  const isRefunded = sql`EXISTS (SELECT 1 FROM sales r INDEXED BY sales_refund_of
    WHERE r.tenant_id = s.tenant_id AND r.refund_of = s.id AND r.import_id IS NOT s.import_id)`;
  const removed = sql`${chosen} WHERE NOT ${isRefunded}`;
  const ofRemoved = sql`tenant_id = ${tenantId} AND sale_id IN (SELECT s.id ${removed})`;
  const isCommitted = await commitStep(
    ctx,
    importId,
    step,
    next,
    {
      sales: sql`(SELECT count(*) ${removed})`,
      retained: sql`(SELECT count(*) ${chosen} WHERE ${isRefunded})`,
    },
    ids.length === 0
      ? []
      : [
          sql`INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
            SELECT s.tenant_id, s.import_id, 'sale', s.id, coalesce(s.external_ref, s.id), 'refunded since'
            ${chosen} WHERE ${isRefunded} ON CONFLICT DO NOTHING`,
          ...markDaysForRebuild(tenantId, sql`(SELECT json_group_array(DISTINCT s.day) ${removed})`),
          sql`UPDATE sales INDEXED BY sales_refund_of SET refund_of = NULL WHERE tenant_id = ${tenantId}
            AND refund_of IN (SELECT s.id ${removed}) AND import_id = ${importId}`,
          sql`DELETE FROM customer_products INDEXED BY customer_products_sale WHERE ${ofRemoved}`,
          sql`DELETE FROM sale_payments WHERE ${ofRemoved}`,
          sql`DELETE FROM sale_lines WHERE ${ofRemoved}`,
          sql`DELETE FROM sales WHERE tenant_id = ${tenantId} AND id IN (SELECT s.id ${removed})`,
        ],
  );
  return isCommitted ? next : null;
}
