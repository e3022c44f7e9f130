// The products of a file, by SKU. A file names a SKU once: which of them this import has written is kept in the products
// themselves, so a later piece, or a consumer that resumes, knows it too.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { saveProducts } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import type { Numbered, Settled } from "./kind.ts";
import type { ProductColumn, ProductRow } from "./product-rows.ts";

/** Refuses the rows whose SKU the file had before; stores the others. */
export async function settleProducts(
  ctx: Ctx,
  importId: string,
  rows: Numbered<ProductRow>[],
  columns: ProductColumn[],
): Promise<Settled> {
  const written = await writtenBefore(
    ctx,
    importId,
    rows.map(({ value }) => value.sku),
  );
  const refused: Settled["refused"] = [];
  const accepted: ProductRow[] = [];
  for (const { row, value } of rows) {
    if (written.has(value.sku)) refused.push({ row, reason: `sku ${value.sku} is in the file twice` });
    else accepted.push(value);
    written.add(value.sku);
  }
  return { refused, statements: saveProducts(ctx, accepted, columns, importId) };
}

async function writtenBefore(ctx: Ctx, importId: string, skus: string[]): Promise<Set<string>> {
  const found = await ctx.db.all(
    z.object({ sku: z.string() }),
    // CROSS JOIN from the file's values: an IN would walk all products of the shop.
    sql`SELECT p.sku FROM json_each(${JSON.stringify([...new Set(skus)])}) j CROSS JOIN products p
      ON p.tenant_id = ${ctx.tenant.id} AND p.sku = j.value AND p.import_id = ${importId}`,
  );
  return new Set(found.map(({ sku }) => sku));
}
