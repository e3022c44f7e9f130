// Removes the products that an import added, if nothing has changed or used them since. Products that the file changed stay as
// they are, since their previous values are not known.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { commitStep, type UndoStep } from "./steps.ts";

const CANDIDATES_PER_PAGE = 500;
const PRODUCTS_PER_BATCH = 200;
// For each deleted product SQLite searches all lines of the shop, because no index has them by product: such an index would be
// as large as the lines. The number of products in a batch limits how long it occupies D1's only writer.
const LINES_SEARCHED_PER_BATCH = 1_000_000;

const candidateRow = z.object({ id: z.string(), is_used: sqlBoolean });

/** Removes the next products, a page of candidates. Resolves to null when another consumer has done it. */
export async function undoProducts(ctx: Ctx, importId: string, step: UndoStep): Promise<UndoStep | null> {
  const tenantId = ctx.tenant.id;
  // Whether a product has lines is found by one search for the whole page.
  const candidates = await ctx.db.all(
    candidateRow,
    sql`WITH page AS MATERIALIZED (
        SELECT id FROM products WHERE tenant_id = ${tenantId} AND id > ${step.after}
          AND (added_by_import = ${importId} OR import_id = ${importId}) ORDER BY id LIMIT ${CANDIDATES_PER_PAGE}),
      used AS MATERIALIZED (SELECT DISTINCT product_id FROM sale_lines
        WHERE tenant_id = ${tenantId} AND product_id IN (SELECT id FROM page) AND EXISTS (SELECT 1 FROM page))
      SELECT id, id IN (SELECT product_id FROM used) AS is_used FROM page ORDER BY id`,
  );
  if (candidates.length === 0) return advance(ctx, importId, step, { phase: "end", after: "" });
  const size = await batchSize(ctx);
  let current = step;
  for (let at = 0; at < candidates.length;) {
    const batch = nextBatch(candidates.slice(at), size);
    const next = await removeBatch(ctx, importId, current, batch);
    if (!next) return null;
    current = next;
    at += batch.length;
  }
  return current;
}

const advance = async (ctx: Ctx, importId: string, from: UndoStep, to: UndoStep): Promise<UndoStep | null> =>
  (await commitStep(ctx, importId, from, to, {}, [])) ? to : null;

type Candidate = z.infer<typeof candidateRow>;

/** The first candidates, of which at most `size` are to be deleted. */
function nextBatch(candidates: Candidate[], size: number): Candidate[] {
  let unused = 0;
  const end = candidates.findIndex(({ is_used }) => !is_used && (unused += 1) > size);
  return end < 0 ? candidates : candidates.slice(0, end);
}

/** How many products a batch may delete. One round trip. */
async function batchSize(ctx: Ctx): Promise<number> {
  const [row] = await ctx.db.all(
    z.object({ lines: z.number() }),
    sql`SELECT coalesce(sum(lines), 0) AS lines FROM daily_sales WHERE tenant_id = ${ctx.tenant.id}`,
  );
  const size = Math.floor(LINES_SEARCHED_PER_BATCH / ((row?.lines ?? 0) + 1));
  return Math.min(PRODUCTS_PER_BATCH, Math.max(1, size));
}

async function removeBatch(ctx: Ctx, importId: string, step: UndoStep, batch: Candidate[]) {
  const tenantId = ctx.tenant.id;
  const next: UndoStep = { phase: "products", after: batch.at(-1)?.id ?? step.after };
  const ids = JSON.stringify(batch.map(({ id }) => id));
  const unused = JSON.stringify(batch.flatMap(({ id, is_used }) => (is_used ? [] : [id])));
  const isMovedElsewhere = sql`EXISTS (SELECT 1 FROM stock_moves m WHERE m.tenant_id = p.tenant_id AND m.product_id = p.id
    AND m.reference IS NOT ${importId})`;
  const isSaved = sql`(p.id IN (SELECT product_id FROM cart_items WHERE tenant_id = ${tenantId})
    OR p.id IN (SELECT product_id FROM saved_items WHERE tenant_id = ${tenantId}))`;
  const removed = sql`FROM json_each(${unused}) j
    CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = j.value
    WHERE p.added_by_import = ${importId} AND p.version = 1 AND NOT ${isMovedElsewhere} AND NOT ${isSaved}`;
  const ofRemoved = sql`tenant_id = ${tenantId} AND product_id IN (SELECT p.id ${removed})`;
  const count = sql`(SELECT count(*) ${removed})`;
  const isCommitted = await commitStep(
    ctx,
    importId,
    step,
    next,
    { products: count, retained: sql`${batch.length} - ${count}` },
    [
      sql`INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
        SELECT p.tenant_id, ${importId}, 'product', p.id, p.sku, CASE
          WHEN p.added_by_import IS NOT ${importId} THEN 'existed before; its previous values are not known'
          WHEN j.value NOT IN (SELECT value FROM json_each(${unused})) THEN 'in other sales'
          WHEN ${isMovedElsewhere} THEN 'its stock was changed since' WHEN p.version > 1 THEN 'changed since'
          ELSE 'in a cart or list' END
        FROM json_each(${ids}) j CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = j.value
        WHERE p.id NOT IN (SELECT p.id ${removed}) ON CONFLICT DO NOTHING`,
      sql`DELETE FROM product_search WHERE rowid IN (SELECT p.rowid ${removed})`,
      sql`DELETE FROM product_neighbours WHERE ${ofRemoved}`,
      // Days that another undo has yet to rebuild.
      sql`DELETE FROM daily_products WHERE ${ofRemoved}`,
      sql`DELETE FROM stock_moves WHERE ${ofRemoved}`,
      sql`DELETE FROM products WHERE tenant_id = ${tenantId} AND id IN (SELECT p.id ${removed})`,
      sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenantId}`,
    ],
  );
  return isCommitted ? next : null;
}
