// A sale that cannot be refused for want of stock, because the goods were handed over: the stock falls to 0 at most, and what is
// missing is recorded as a discrepancy until a count resolves it. The moves still add up to the stock.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../platform/context.ts";

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
        ${ctx.actor?.id ?? null}, ${at}
      FROM (${requested}) WHERE min(cumulated, stock) > min(cumulated - quantity, stock)`,
    sql`UPDATE products SET version = version + 1, updated_at = ${at}, stock = max(0, stock -
        ((SELECT json_group_object(id, units) FROM (SELECT value ->> 'product_id' AS id, sum(value ->> 'quantity') AS units
          FROM json_each(${items}) GROUP BY 1)) ->> products.id))
      WHERE tenant_id = ${tenantId} AND id IN (SELECT value ->> 'product_id' FROM json_each(${items})) AND stock IS NOT NULL`,
  ];
}
