// What sales have taken beyond the stock stays open until a count. The rows belong to sales, which come after the catalogue.
import { sql, type SQL } from "drizzle-orm";
import { userIdOf, type Ctx } from "../../platform/context.ts";

/** The statement that resolves the open discrepancies of products (SQL that yields their ids), for the batch of their count. */
export const resolveDiscrepancies = (ctx: Ctx, productIds: SQL): SQL =>
  // Without INDEXED BY the planner would scan all discrepancies of the shop.
  sql`UPDATE stock_discrepancies INDEXED BY stock_discrepancies_by_product SET resolved_at = max(created_at, ${ctx.now.toISOString()}), resolved_by = ${userIdOf(ctx)}
    WHERE tenant_id = ${ctx.tenant.id} AND product_id IN (${productIds}) AND is_open = 1`;
