// The events of changes of stock that no sale explains. Sales, refunds and cancellations have their own.
import { sql, type SQL } from "drizzle-orm";
import { emit } from "../../events/outbox.ts";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import type { Statement } from "../../platform/d1.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { newId } from "../../values/ids.ts";

type Change = { reason: string; reference?: string | undefined; delta: SQL };

/** The statement that emits product.stock_changed where `when` holds, for before the UPDATE that sets the stock to `next` (thousandths). */
export const emitStockChanged = (
  ctx: ActorCtx,
  productId: string,
  { reason, reference, delta }: Change,
  next: SQL,
  when: SQL = sql`true`,
): Statement =>
  emit(
    ctx,
    ctx.tenant.id,
    newId(),
    "product.stock_changed",
    sql`(SELECT json_object('product_id', id, 'sku', sku, 'before', ${unitsOf("stock")}, 'after', ${unitsOf("next")},
        'delta', ${unitsOf("delta")}, 'reason', ${reason}, 'reference', ${reference ?? null})
      FROM (SELECT id, sku, stock, CAST(${next} AS INTEGER) AS next, ${delta} AS delta FROM products
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}))`,
    when,
  );

// Bounds the event of a chunk to about 30 KB. A receiver that needs more reads GET /products?updated_since=.
const MAX_LISTED = 500;

/**
 * The statement that emits products.imported for `products` products of a chunk. `moves` is a FROM clause of the moves `m` of the
 * chunk and their products `p`, after both are stored.
 */
export const emitProductsImported = (ctx: Ctx, importId: string, products: number, moves: SQL): Statement =>
  emit(
    ctx,
    ctx.tenant.id,
    newId(),
    "products.imported",
    sql`(SELECT json_object('import_id', ${importId}, 'products', CAST(${products} AS INTEGER),
        'updated_at', ${ctx.now.toISOString()}, 'stock_changes', count(*),
        'stock', json_group_array(json_array(id, ${unitsOf("before")}, ${unitsOf("after")})) FILTER (WHERE n <= ${MAX_LISTED}))
      FROM (SELECT p.id, p.stock - m.delta AS before, p.stock AS after, row_number() OVER () AS n ${moves}))`,
  );
