// A SKU may appear once in a file. Each product stores the import that wrote it last, so that later chunks and a resumed consumer
// know which SKUs they have already seen.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { saveProducts } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import type { FileRow, PreparedRows, Rejection } from "./row-importer.ts";
import type { ProductColumn, ProductRow } from "./product-rows.ts";

/** Rejects rows whose SKU has already appeared in the file. One round trip. */
export async function prepareProducts(
  ctx: Ctx,
  importId: string,
  rows: FileRow<ProductRow>[],
  columns: ProductColumn[],
): Promise<PreparedRows> {
  const written = await findWrittenSkus(
    ctx,
    importId,
    rows.map(({ value }) => value.sku),
  );
  const rejected: Rejection[] = [];
  const accepted: ProductRow[] = [];
  for (const { row, value } of rows) {
    if (written.has(value.sku)) rejected.push({ row, reason: `sku ${value.sku} appears more than once` });
    else accepted.push(value);
    written.add(value.sku);
  }
  return { rejected, statements: saveProducts(ctx, accepted, columns, importId) };
}

async function findWrittenSkus(ctx: Ctx, importId: string, skus: string[]): Promise<Set<string>> {
  const found = await ctx.db.all(
    z.object({ sku: z.string() }),
    // CROSS JOIN from the file's values, because with IN the planner reads all products of the shop.
    sql`SELECT p.sku FROM json_each(${JSON.stringify([...new Set(skus)])}) j CROSS JOIN products p
      ON p.tenant_id = ${ctx.tenant.id} AND p.sku = j.value AND p.import_id = ${importId}`,
  );
  return new Set(found.map(({ sku }) => sku));
}
