// A SKU may appear once in a file. Each product stores the import that wrote it last, so that later chunks and a resumed consumer
// know which SKUs they have already seen. A barcode belongs to one product: rows are stored in the order of the file, so a row may
// take a barcode that an earlier row gives up.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { productIdOf, saveProducts } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { folded } from "../../values/text.ts";
import type { FileRow, PreparedRows, Rejection } from "./row-importer.ts";
import type { ProductColumn, ProductRow } from "./product-rows.ts";

/** Rejects rows whose SKU has already appeared in the file, or whose barcodes belong to another product. One round trip. */
export async function prepareProducts(
  ctx: Ctx,
  importId: string,
  rows: FileRow<ProductRow>[],
  columns: ProductColumn[],
): Promise<PreparedRows> {
  const { stored, owners } = await findStored(
    ctx,
    importId,
    rows.map(({ value }) => value),
  );
  const keyOf = (sku: string): string => stored.get(sku)?.sku_key ?? folded(sku);
  const written = new Set([...stored.values()].flatMap((each) => (each.is_written ? [each.sku_key] : [])));
  const storedCodes = Map.groupBy(owners.keys(), (code) => owners.get(code)?.sku_key);
  const rejected: Rejection[] = [];
  const accepted: ProductRow[] = [];
  for (const { row, value } of rows) {
    const key = keyOf(value.sku);
    const owned = value.barcodes?.find((code) => (owners.get(code)?.sku_key ?? key) !== key);
    if (written.has(key)) rejected.push({ row, reason: `sku ${value.sku} appears more than once` });
    else if (owned !== undefined)
      rejected.push({ row, reason: `barcode ${owned} belongs to sku ${owners.get(owned)?.sku}` });
    else {
      accepted.push(value);
      written.add(key);
      if (value.barcodes) for (const code of storedCodes.get(key) ?? []) owners.delete(code);
      for (const code of value.barcodes ?? []) owners.set(code, { sku: value.sku, sku_key: key });
    }
  }
  return { rejected, statements: saveProducts(ctx, accepted, columns, importId) };
}

const storedRow = z.object({
  requested: z.string(),
  sku_key: z.string().nullable(),
  sku: z.string(),
  is_written: sqlBoolean,
});
const ownerRow = z.object({ code: z.string(), sku: z.string(), sku_key: z.string().nullable() });

const withKey = <T extends { sku: string; sku_key: string | null }>(row: T) => ({
  ...row,
  sku_key: row.sku_key ?? row.sku,
});

/** The products of these SKUs, and the products that have these barcodes. A product without a key yet has its SKU. */
async function findStored(ctx: Ctx, importId: string, rows: ProductRow[]) {
  const skus = JSON.stringify([...new Set(rows.map(({ sku }) => sku))].map((sku) => [sku, folded(sku)]));
  const codes = JSON.stringify([...new Set(rows.flatMap(({ barcodes }) => barcodes ?? []))]);
  // CROSS JOIN from the file's values, because with IN the planner reads all products of the shop.
  const stored = returning(
    storedRow,
    sql`SELECT j.value ->> 0 AS requested, p.sku, p.sku_key, p.import_id IS ${importId} AS is_written
      FROM json_each(${skus}) j CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id}
        AND p.id = ${productIdOf(ctx, sql`j.value ->> 0`, sql`j.value ->> 1`)}`,
  );
  const owners = returning(
    ownerRow,
    sql`SELECT b.code, p.sku, p.sku_key FROM json_each(${codes}) j
      CROSS JOIN product_barcodes b ON b.tenant_id = ${ctx.tenant.id} AND b.code = j.value
      CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id`,
  );
  const done = await ctx.db.batch([stored, owners]);
  return {
    stored: new Map(done.of(stored).map((row) => [row.requested, withKey(row)])),
    owners: new Map(done.of(owners).map(({ code, ...owner }) => [code, withKey(owner)])),
  };
}
