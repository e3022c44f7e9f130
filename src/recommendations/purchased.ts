// The products that a customer has bought and not fully refunded, or has ordered. Few rows are read however long the history:
// customer_products indexes the sales of days that are built; the sales of other days and the shop's pending sales are read.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../platform/context.ts";

/** The condition that the caller has bought or ordered the product `p`; false for an anonymous caller. */
export function isPurchased(ctx: Ctx): SQL {
  if (ctx.actor?.kind !== "user") return sql.raw("false");
  const tenantId = ctx.tenant.id;
  const line = sql.raw("ON l.tenant_id = s.tenant_id AND l.sale_id = s.id AND l.refunded < l.quantity");
  return sql`(EXISTS (
      SELECT 1 FROM customer_products o
      CROSS JOIN sales s ON s.tenant_id = o.tenant_id AND s.id = o.sale_id AND s.status = 'completed'
      CROSS JOIN sale_lines l ${line} AND l.line_no = o.line_no
      WHERE o.tenant_id = ${tenantId} AND o.customer_id = ${ctx.actor.id} AND o.product_id = p.id)
    OR p.id IN (
      SELECT l.product_id FROM (
        SELECT day FROM dirty_days WHERE tenant_id = ${tenantId}
        UNION SELECT day FROM dirty_product_days WHERE tenant_id = ${tenantId} AND is_built = 0) d
      CROSS JOIN sales s INDEXED BY sales_customer ON s.tenant_id = ${tenantId} AND s.customer_key = ${ctx.actor.id}
        AND s.customer_id = ${ctx.actor.id} AND s.day = d.day AND s.kind = 'sale' AND s.status = 'completed'
      CROSS JOIN sale_lines l ${line}
      UNION ALL SELECT l.product_id FROM sales s INDEXED BY sales_unfinished
      CROSS JOIN sale_lines l ${line}
      WHERE s.tenant_id = ${tenantId} AND s.status <> 'completed' AND s.status = 'pending'
        AND s.customer_id = ${ctx.actor.id}))`;
}
