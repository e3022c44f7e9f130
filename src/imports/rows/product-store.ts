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
import { fromThousandths, isWholeEnough, Unit, WHOLE_MESSAGE } from "../../values/quantities.ts";
import type { ProductColumn, ProductRow } from "./product-rows.ts";
import { findTaxRate, selectTaxRates } from "./tax-rates.ts";

/**
 * Rejects rows whose SKU has already appeared in the file, whose barcodes belong to another product, whose tax rate is unknown or
 * that have a fraction of a piece. One round trip.
 */
export async function prepareProducts(
  ctx: Ctx,
  importId: string,
  rows: FileRow<ProductRow>[],
  columns: ProductColumn[],
): Promise<PreparedRows<ProductRow>> {
  const { stored, owners, taxRates } = await findStored(
    ctx,
    importId,
    rows.map(({ value }) => value),
  );
  const keyOf = (sku: string): string => stored.get(sku)?.sku_key ?? folded(sku);
  const written = new Set([...stored.values()].flatMap((each) => (each.is_written ? [each.sku_key] : [])));
  const storedCodes = Map.groupBy(owners.keys(), (code) => owners.get(code)?.sku_key);
  const rejected: Rejection[] = [];
  const accepted: Parameters<typeof saveProducts>[1] = [];
  for (const { row, value } of rows) {
    const current = stored.get(value.sku);
    const { tax_rate, ...product } = { ...value, unit: value.unit ?? current?.unit ?? "piece" };
    const taxRate = findTaxRate(taxRates, tax_rate);
    const key = keyOf(value.sku);
    const fraction = fractionOfPiece(product, current, columns);
    const owned = value.barcodes?.find((code) => (owners.get(code)?.sku_key ?? key) !== key);
    if (written.has(key)) rejected.push({ row, reason: `sku ${value.sku} appears more than once` });
    else if (owned !== undefined)
      rejected.push({ row, reason: `barcode ${owned} belongs to sku ${owners.get(owned)?.sku}` });
    else if ("reason" in taxRate) rejected.push({ row, reason: taxRate.reason });
    else if (fraction !== null) rejected.push({ row, reason: fraction });
    else {
      accepted.push({ ...product, tax_rate_id: taxRate.id });
      written.add(key);
      if (value.barcodes) for (const code of storedCodes.get(key) ?? []) owners.delete(code);
      for (const code of value.barcodes ?? []) owners.set(code, { sku: value.sku, sku_key: key });
    }
  }
  return { rejected, statements: saveProducts(ctx, accepted, columns.map(fieldOf), importId) };
}

const fieldOf = (column: ProductColumn) => (column === "tax_rate" ? "tax_rate_id" : column);

/** Why a product, as the row changes it, would have a fraction of a piece; null if it has none. */
function fractionOfPiece(
  product: Pick<ProductRow, "unit" | "stock" | "low_stock_threshold">,
  current: Pick<StoredRow, "stock" | "low_stock_threshold"> | undefined,
  columns: ProductColumn[],
): string | null {
  const unit = product.unit ?? "piece";
  const threshold = columns.includes("low_stock_threshold") ? null : current?.low_stock_threshold;
  const stock = typeof product.stock === "number" ? null : current?.stock;
  if (!isWholeEnough(unit, product.stock ?? 0)) return `stock ${WHOLE_MESSAGE}`;
  if (!isWholeEnough(unit, product.low_stock_threshold ?? 0)) return `low_stock_threshold ${WHOLE_MESSAGE}`;
  if (!isWholeEnough(unit, stock ?? 0))
    return `unit cannot become piece while the stock is ${fromThousandths(stock ?? 0)}`;
  if (!isWholeEnough(unit, threshold ?? 0))
    return `unit cannot become piece while the low stock threshold is ${fromThousandths(threshold ?? 0)}`;
  return null;
}

const storedRow = z.object({
  requested: z.string(),
  sku_key: z.string().nullable(),
  sku: z.string(),
  is_written: sqlBoolean,
  unit: Unit,
  stock: z.number().nullable(),
  low_stock_threshold: z.number().nullable(),
});
type StoredRow = z.infer<typeof storedRow>;
const ownerRow = z.object({ code: z.string(), sku: z.string(), sku_key: z.string().nullable() });

const withKey = <T extends { sku: string; sku_key: string | null }>(row: T) => ({
  ...row,
  sku_key: row.sku_key ?? row.sku,
});

/** The products of these SKUs, the products that have these barcodes, and the tax rates that rows name. A product without a key yet has its SKU. */
async function findStored(ctx: Ctx, importId: string, rows: ProductRow[]) {
  const skus = JSON.stringify([...new Set(rows.map(({ sku }) => sku))].map((sku) => [sku, folded(sku)]));
  const codes = JSON.stringify([...new Set(rows.flatMap(({ barcodes }) => barcodes ?? []))]);
  // CROSS JOIN from the file's values, because with IN the planner reads all products of the shop.
  const stored = returning(
    storedRow,
    sql`SELECT j.value ->> 0 AS requested, p.sku, p.sku_key, p.import_id IS ${importId} AS is_written,
        p.unit, p.stock, p.low_stock_threshold
      FROM json_each(${skus}) j CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id}
        AND p.id = ${productIdOf(ctx, sql`j.value ->> 0`, sql`j.value ->> 1`)}`,
  );
  const owners = returning(
    ownerRow,
    sql`SELECT b.code, p.sku, p.sku_key FROM json_each(${codes}) j
      CROSS JOIN product_barcodes b ON b.tenant_id = ${ctx.tenant.id} AND b.code = j.value
      CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id`,
  );
  const rates = rows.some(({ tax_rate }) => typeof tax_rate === "string") ? selectTaxRates(ctx) : null;
  const done = await ctx.db.batch([stored, owners, ...(rates ? [rates] : [])]);
  return {
    taxRates: rates ? done.of(rates) : [],
    stored: new Map(done.of(stored).map((row) => [row.requested, withKey(row)])),
    owners: new Map(done.of(owners).map(({ code, ...owner }) => [code, withKey(owner)])),
  };
}
