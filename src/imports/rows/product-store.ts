// A SKU may appear once in a file. Each product stores the import that wrote it last, so that later chunks and a resumed consumer
// know which SKUs they have already seen. A barcode belongs to one product: rows are stored in the order of the file, so a row may
// take a barcode that an earlier row gives up.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { saveProducts } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import type { FileRow, PreparedRows, Rejection } from "./row-importer.ts";
import type { ProductColumn, ProductRow } from "./product-rows.ts";

/** Rejects rows whose SKU has already appeared in the file, or whose barcodes belong to another product. One round trip. */
export async function prepareProducts(
  ctx: Ctx,
  importId: string,
  rows: FileRow<ProductRow>[],
  columns: ProductColumn[],
): Promise<PreparedRows> {
  const { written, owners } = await findWrittenSkusAndOwners(
    ctx,
    importId,
    rows.map(({ value }) => value),
  );
  const storedCodes = Map.groupBy(owners.keys(), (code) => owners.get(code));
  const rejected: Rejection[] = [];
  const accepted: ProductRow[] = [];
  for (const { row, value } of rows) {
    const owned = value.barcodes?.find((code) => (owners.get(code) ?? value.sku) !== value.sku);
    if (written.has(value.sku)) rejected.push({ row, reason: `sku ${value.sku} appears more than once` });
    else if (owned !== undefined)
      rejected.push({ row, reason: `barcode ${owned} belongs to sku ${owners.get(owned)}` });
    else {
      accepted.push(value);
      written.add(value.sku);
      if (value.barcodes) for (const code of storedCodes.get(value.sku) ?? []) owners.delete(code);
      for (const code of value.barcodes ?? []) owners.set(code, value.sku);
    }
  }
  return { rejected, statements: saveProducts(ctx, accepted, columns, importId) };
}

/** The SKU of the product that has each barcode. */
type Owners = Map<string, string>;

/** The SKUs that this import has written, and the owners of the barcodes, of these rows. */
async function findWrittenSkusAndOwners(
  ctx: Ctx,
  importId: string,
  rows: ProductRow[],
): Promise<{ written: Set<string>; owners: Owners }> {
  const skus = JSON.stringify([...new Set(rows.map(({ sku }) => sku))]);
  const codes = JSON.stringify([...new Set(rows.flatMap(({ barcodes }) => barcodes ?? []))]);
  // CROSS JOIN from the file's values, because with IN the planner reads all products of the shop.
  const written = returning(
    z.object({ sku: z.string() }),
    sql`SELECT p.sku FROM json_each(${skus}) j CROSS JOIN products p
      ON p.tenant_id = ${ctx.tenant.id} AND p.sku = j.value AND p.import_id = ${importId}`,
  );
  const owners = returning(
    z.object({ code: z.string(), sku: z.string() }),
    sql`SELECT b.code, p.sku FROM json_each(${codes}) j
      CROSS JOIN product_barcodes b ON b.tenant_id = ${ctx.tenant.id} AND b.code = j.value
      CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id`,
  );
  const done = await ctx.db.batch([written, owners]);
  return {
    written: new Set(done.of(written).map(({ sku }) => sku)),
    owners: new Map(done.of(owners).map(({ code, sku }) => [code, sku])),
  };
}
