// A sale that cannot be refused for want of stock, because the goods were handed over: the stock falls to 0 at most, and what is
// missing is recorded as a discrepancy until a count resolves it. The moves still add up to the stock.
import { sql, type SQL } from "drizzle-orm";
import { decrementStock } from "../catalog/stock/stock.ts";
import { emit } from "../events/outbox.ts";
import { userIdOf, type Ctx } from "../platform/context.ts";
import type { Statement } from "../platform/d1.ts";
import { unitsOf } from "../platform/quantity-sql.ts";
import { newId } from "../values/ids.ts";
import { saleNumber } from "./record.ts";

/** The statements that take items (JSON `[{ product_id, quantity, line_no, move_id }]`, thousandths) as far as the stock goes. */
export function takeBeyondStock(ctx: Ctx, items: string, saleId: string): SQL[] {
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const requested = sql`SELECT item.value ->> 'product_id' AS product_id, item.value ->> 'move_id' AS move_id,
      item.value ->> 'quantity' AS quantity, p.stock AS stock,
      sum(item.value ->> 'quantity') OVER (PARTITION BY item.value ->> 'product_id' ORDER BY item.value ->> 'line_no') AS cumulated
    FROM json_each(${items}) AS item
    CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = item.value ->> 'product_id' AND p.stock IS NOT NULL`;
  return [
    sql`INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at)
      SELECT ${tenantId}, min(move_id), product_id, ${saleId}, sum(quantity) - stock, ${at}
      FROM (${requested}) GROUP BY product_id, stock HAVING sum(quantity) > stock`,
    sql`INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
      SELECT ${tenantId}, product_id, move_id, min(cumulated - quantity, stock) - min(cumulated, stock), 'sale', ${saleId},
        ${userIdOf(ctx)}, ${at}
      FROM (${requested}) WHERE min(cumulated, stock) > min(cumulated - quantity, stock)`,
    decrementStock(ctx, items, true),
  ];
}

/** The statement that emits `stock.discrepancy` if the statements of `takeBeyondStock` for the same lines have recorded one. */
export function emitDiscrepancies(ctx: Ctx, saleId: string, lines: { move_id: string }[]): Statement {
  const tenantId = ctx.tenant.id;
  const ids = JSON.stringify(lines.map(({ move_id }) => move_id));
  const recorded = sql`stock_discrepancies d WHERE d.tenant_id = ${tenantId} AND d.id IN (SELECT value FROM json_each(${ids}))`;
  const payload = sql`(SELECT json_object('sale_id', s.id, 'number', ${saleNumber}, 'placed_at', s.placed_at,
      'discrepancies', json((SELECT json_group_array(json_object('id', d.id, 'product_id', p.id, 'sku', p.sku,
          'title', p.title, 'unit', p.unit, 'missing', ${unitsOf("d.missing")}) ORDER BY d.id)
        FROM (SELECT d.id, d.tenant_id, d.product_id, d.missing FROM ${recorded}) d
        CROSS JOIN products p ON p.tenant_id = d.tenant_id AND p.id = d.product_id)))
    FROM sales s WHERE s.tenant_id = ${tenantId} AND s.id = ${saleId})`;
  return emit(ctx, tenantId, newId(), "stock.discrepancy", payload, sql`EXISTS (SELECT 1 FROM ${recorded})`);
}

/** The statement that resolves the open discrepancies of a sale. */
export const resolveMissing = (ctx: Ctx, saleId: string): SQL =>
  sql`UPDATE stock_discrepancies SET resolved_at = max(created_at, ${ctx.now.toISOString()}), resolved_by = ${userIdOf(ctx)}
    WHERE tenant_id = ${ctx.tenant.id} AND sale_id = ${saleId} AND resolved_at IS NULL`;
