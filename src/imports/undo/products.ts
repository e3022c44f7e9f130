// Removes the products that an import added, if nothing has changed or used them since. Products that the file changed stay as
// they are, since their previous values are not known.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { removeProduct } from "../../catalog/products/removal.ts";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { commitStep, type UndoStep } from "./steps.ts";

const PRODUCTS_PER_BATCH = 200;
// The row of a removed product is deleted in a shop with at most so many lines. SQLite searches all lines of a shop for each product
// that is deleted, because of the foreign key; in other shops the row stays, without its content.
const MAX_LINES_TO_DELETE = 1_000;

/** Removes the next products. Resolves to null when another consumer has done it. Two round trips. */
export async function undoProducts(ctx: Ctx, importId: string, step: UndoStep): Promise<UndoStep | null> {
  const tenantId = ctx.tenant.id;
  const candidates = returning(
    z.object({ id: z.string() }),
    sql`SELECT id FROM products WHERE tenant_id = ${tenantId} AND id > ${step.after}
      AND (added_by_import = ${importId} OR import_id = ${importId}) ORDER BY id LIMIT ${PRODUCTS_PER_BATCH}`,
  );
  const total = returning(
    z.object({ lines: z.number() }),
    sql`SELECT coalesce(sum(lines), 0) AS lines FROM daily_sales WHERE tenant_id = ${tenantId}`,
  );
  const done = await ctx.db.batch([candidates, total]);
  const ids = done.of(candidates).map(({ id }) => id);
  const last = ids.at(-1);
  const next: UndoStep = last === undefined ? { phase: "customers", after: "" } : { ...step, after: last };
  const isSmallShop = (done.of(total)[0]?.lines ?? 0) <= MAX_LINES_TO_DELETE;
  const statements = last === undefined ? [] : removeProducts(ctx, importId, step, ids, isSmallShop);
  return (await commitStep(ctx, importId, step, next, {}, statements)) ? next : null;
}

function removeProducts(
  ctx: Ctx,
  importId: string,
  { since = "" }: UndoStep,
  candidates: string[],
  isSmallShop: boolean,
): SQL[] {
  const tenantId = ctx.tenant.id;
  const ids = sql`(SELECT value FROM json_each(${JSON.stringify(candidates)}))`;
  const removedAt = new Date().toISOString();
  const isUsed = sql`(EXISTS (SELECT 1 FROM import_retained r WHERE r.tenant_id = p.tenant_id AND r.import_id = ${importId}
      AND r.kind = 'product' AND r.id = p.id)
    OR p.id IN (SELECT product_id FROM sale_lines WHERE tenant_id = ${tenantId} AND sale_id > ${since}))`;
  const isMoved = sql`EXISTS (SELECT 1 FROM stock_moves m WHERE m.tenant_id = p.tenant_id AND m.product_id = p.id
    AND m.reference IS NOT ${importId})`;
  const isSaved = sql`(p.id IN (SELECT product_id FROM cart_items WHERE tenant_id = ${tenantId})
    OR p.id IN (SELECT product_id FROM saved_items WHERE tenant_id = ${tenantId}))`;
  const removed = sql`FROM products r WHERE r.tenant_id = ${tenantId} AND r.id IN ${ids} AND r.removed_at = ${removedAt}`;
  const ofRemoved = sql`tenant_id = ${tenantId} AND product_id IN (SELECT r.id ${removed})`;
  return [
    sql`UPDATE products AS p SET ${removeProduct(removedAt)} WHERE p.tenant_id = ${tenantId} AND p.id IN ${ids}
      AND p.added_by_import = ${importId} AND p.version = 1 AND NOT ${isUsed} AND NOT ${isMoved} AND NOT ${isSaved}`,
    sql`INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
      SELECT p.tenant_id, ${importId}, 'product', p.id, p.sku, CASE
        WHEN p.added_by_import IS NOT ${importId} THEN 'existed before; its previous values are not known'
        WHEN ${isUsed} THEN 'in other sales' WHEN ${isMoved} THEN 'its stock was changed since'
        WHEN p.version > 1 THEN 'changed since' ELSE 'in a cart or list' END
      FROM products p WHERE p.tenant_id = ${tenantId} AND p.id IN ${ids} AND p.removed_at IS NULL
      ON CONFLICT DO NOTHING`,
    sql`UPDATE imports SET undone_products = undone_products + (SELECT count(*) ${removed}),
        undo_retained = undo_retained + ${candidates.length} - (SELECT count(*) ${removed})
      WHERE tenant_id = ${tenantId} AND id = ${importId}`,
    sql`DELETE FROM product_search WHERE rowid IN (SELECT r.rowid ${removed})`,
    sql`DELETE FROM product_neighbours WHERE ${ofRemoved}`,
    sql`DELETE FROM stock_moves WHERE ${ofRemoved}`,
    ...(isSmallShop
      ? [
          // Days that another undo has yet to rebuild.
          sql`DELETE FROM daily_products WHERE ${ofRemoved}`,
          sql`DELETE FROM products WHERE tenant_id = ${tenantId} AND id IN (SELECT r.id ${removed})`,
        ]
      : []),
    sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenantId}`,
  ];
}
