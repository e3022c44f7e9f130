// Many products in one batch. Whatever is stored with every product, such as stock moves and the search version, is handled here too.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Statement } from "../../platform/d1.ts";
import { newId } from "../../values/ids.ts";
import { folded } from "../../values/text.ts";
import { emitProductsImported } from "../stock/events.ts";
import { searchableFields } from "../search/indexing.ts";
import { resolveDiscrepancies } from "../stock/discrepancies.ts";
import type { ProductFields } from "./schema.ts";

const searchable: ReadonlySet<string> = new Set(searchableFields);

type Fields = z.infer<typeof ProductFields>;

/** A scalar subquery: the id of the product with this SKU, as it is written or else by its key (`folded`). */
export const productIdOf = (ctx: Ctx, sku: SQL, key: SQL): SQL =>
  sql`coalesce((SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND sku = ${sku}),
    (SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND sku_key = ${key}))`;

/**
 * An INSERT ... SELECT of these fields from `products`, a JSON array of objects that also have an `id`, a `sku_key` and a `unit`.
 * `isProductFile`: a file of products may contain each SKU once.
 */
function insertProducts(
  ctx: Ctx,
  products: string,
  fields: (keyof Fields | "is_active")[],
  importId: string,
  isProductFile: boolean,
): SQL {
  const now = ctx.now.toISOString();
  // Always with the unit: a trigger checks the quantities of each inserted row before ON CONFLICT applies.
  const columns = ["id", "sku_key", ...new Set<string>([...fields, "unit"])];
  const names = columns.map((column) => sql.identifier(column));
  const values = columns.map((column) => sql`value ->> ${column}`);
  return sql`INSERT INTO products (tenant_id, ${sql.join(names, sql`, `)}, import_id, added_by_import, created_at, updated_at)
    SELECT ${ctx.tenant.id}, ${sql.join(values, sql`, `)}, ${isProductFile ? importId : null}, ${importId}, ${now}, ${now}
    FROM json_each(${products}) WHERE true`;
}

/**
 * The statements that save products by SKU, each SKU once: a new product with all its fields, a known one with the fields in
 * `fields`. `unit` is that of the known product unless it is in `fields`. A stock is a count in thousandths, recorded as a move; without one the stock stays as it is. Hidden
 * products stay hidden without `is_active` in `fields`. One event covers all of them.
 */
export function saveProducts(
  ctx: Ctx,
  products: (Fields & { unit: NonNullable<Fields["unit"]>; is_active?: boolean | undefined })[],
  fields: (keyof Fields | "is_active")[],
  importId: string,
): Statement[] {
  if (products.length === 0) return [];
  const identified = products.map((product) => ({
    ...product,
    sku_key: folded(product.sku),
    id: newId(),
    move_id: newId(),
  }));
  const counts = JSON.stringify(
    identified.flatMap(({ id, move_id, sku, sku_key, stock }) =>
      stock === undefined || stock === null ? [] : [{ id, move_id, sku, sku_key, stock }],
    ),
  );
  const assignments = fields
    .filter((field) => field !== "sku")
    .map((field) =>
      field === "stock"
        ? sql`stock = coalesce(excluded.stock, stock)`
        : sql`${sql.identifier(field)} = excluded.${sql.identifier(field)}`,
    );
  const isTextChanged = fields.some((field) => searchable.has(field));
  const changes = sql`SET ${sql.join(assignments, sql`, `)}, import_id = excluded.import_id, version = version + 1,
    ${isTextChanged ? sql`text_version = version + 1,` : sql``} updated_at = excluded.updated_at`;
  const recordCounts = (condition: SQL, difference: SQL): SQL =>
    sql`INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, created_at)
      SELECT ${ctx.tenant.id}, p.id, j.value ->> 'move_id', ${difference}, 'count', ${importId}, ${ctx.now.toISOString()}
      FROM json_each(${counts}) j CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND ${condition}
      WHERE ${difference} <> 0`;
  const countedId = productIdOf(ctx, sql`j.value ->> 'sku'`, sql`j.value ->> 'sku_key'`);
  const isCounted = sql`p.id = ${countedId}`;
  return [
    resolveDiscrepancies(ctx, sql`SELECT ${countedId} FROM json_each(${counts}) j`),
    recordCounts(isCounted, sql`(j.value ->> 'stock' - coalesce(p.stock, 0))`),
    sql`${insertProducts(ctx, JSON.stringify(identified), fields, importId, true)}
      ON CONFLICT (tenant_id, sku) DO UPDATE ${changes} ON CONFLICT (tenant_id, sku_key) DO UPDATE ${changes}`,
    // Only products that were new have the id that was generated here.
    recordCounts(sql`p.id = j.value ->> 'id'`, sql`p.stock`),
    emitProductsImported(
      ctx,
      importId,
      products.length,
      sql`FROM json_each(${counts}) j CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND ${isCounted}
        CROSS JOIN stock_moves m ON m.tenant_id = p.tenant_id AND m.product_id = p.id AND m.id = j.value ->> 'move_id'`,
    ),
  ];
}

/** The statement that adds the products whose SKU the shop does not have; their stock is not tracked. */
export function addUnknownProducts(
  ctx: Ctx,
  products: Pick<Required<Fields>, "sku" | "title" | "price" | "unit" | "barcodes">[],
  importId: string,
): SQL {
  const identified = products.map(({ sku, title, price, unit, barcodes }) => ({
    id: newId(),
    sku,
    sku_key: folded(sku),
    title,
    price,
    unit,
    barcodes,
  }));
  return sql`${insertProducts(ctx, JSON.stringify(identified), ["sku", "title", "price", "barcodes"], importId, false)}
    ON CONFLICT DO NOTHING`;
}
