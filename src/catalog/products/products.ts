// Products are hidden rather than deleted, because sales refer to them.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../../audit/log.ts";
import { actorId, isStaff, type ActorCtx, type Ctx } from "../../platform/context.ts";
import { type BatchResult, returning, sqlBoolean, type Statement, violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { WHOLE_MESSAGE } from "../../values/quantities.ts";
import { folded } from "../../values/text.ts";
import { logFailure } from "../../platform/log.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { indexProduct, searchableFields, unindexHidden } from "../search/indexing.ts";
import { recordMove } from "../stock/stock.ts";
import {
  fieldsInUnits,
  insertProduct,
  jsonValues,
  newProductBody,
  type ProductBody,
  productBody,
  productColumns,
  productJson,
  productRow,
  sqlValue,
} from "./columns.ts";
import {
  acceptedVersions,
  preconditionFailed,
  preconditionRequired,
  requiresIfMatch,
  versionCondition,
} from "../../auth/shops/if-match.ts";
import { type NewProduct, type ProductPatch, Product } from "./schema.ts";

const ownerRow = z.object({ code: z.string(), id: z.string(), sku: z.string(), title: z.string() });

/**
 * The problem behind a write that failed: another product has the SKU or one of the barcodes, the tax rate does not exist, or a
 * quantity of pieces is not whole. Any other error is returned unchanged.
 */
async function writeProblem(ctx: Ctx, id: string, fields: Fields, error: unknown): Promise<unknown> {
  if (violates(error, "product_tax_rate"))
    return new Problem("unknown-tax-rate", "This shop has no such active tax rate. See GET /tax-rates.", {
      errors: [{ pointer: "#/tax_rate_id", detail: "not an active tax rate of this shop" }],
    });
  if (violates(error, "product_unit")) return fractionalPieces(await getProduct(ctx, id), fields);
  if (violates(error, "products.tenant_id"))
    return new Problem(
      "sku-taken",
      "Another product of this shop, possibly a hidden one, has this SKU, perhaps in other letter case.",
    );
  if (!violates(error, "product_barcodes.tenant_id")) return error;
  const [owner] = await ctx.db.all(
    ownerRow,
    sql`SELECT b.code, p.id, p.sku, p.title FROM json_each(${JSON.stringify(fields["barcodes"])}) j
      CROSS JOIN product_barcodes b ON b.tenant_id = ${ctx.tenant.id} AND b.code = j.value
      CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id
      WHERE p.id IS NOT ${id} LIMIT 1`,
  );
  if (!owner) return new Problem("barcode-taken", "Another product had one of these barcodes. Try again.");
  const { code, ...product } = owner;
  return new Problem("barcode-taken", `${product.title} (SKU ${product.sku}) has the barcode ${code}.`, {
    barcode: code,
    product,
  });
}

const isFraction = (quantity: unknown): boolean =>
  typeof quantity === "number" && !Number.isInteger(quantity);

/** The problem of a product, as it is stored, that the new fields would make a fraction of pieces. */
function fractionalPieces({ stock, low_stock_threshold }: ProductBody, fields: Fields): Problem {
  if (isFraction(fields["low_stock_threshold"]))
    return invalid([{ pointer: "#/low_stock_threshold", detail: WHOLE_MESSAGE, code: "not_an_integer" }]);
  const detail = isFraction(stock)
    ? `cannot become piece while the stock is ${stock}: count the stock in whole units first`
    : `cannot become piece while the low stock threshold is ${low_stock_threshold}: send a whole one as well`;
  return invalid([{ pointer: "#/unit", detail }]);
}

/** Adds a product; its initial stock is recorded as a move. @throws Problem sku-taken, barcode-taken, unknown-tax-rate */
export async function addProduct(
  ctx: ActorCtx,
  input: z.infer<typeof NewProduct>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: ProductBody }> {
  const fields = fieldsInUnits(input);
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, fields);
  return runOnce(ctx, request, Product, async () => {
    const now = ctx.now.toISOString();
    const product = newProductBody(ctx, {
      ...fields,
      unit: input.unit ?? "piece",
      id: newId(),
      is_active: true,
      version: 1,
      created_at: now,
      updated_at: now,
    });
    const { id } = product;
    const json = JSON.stringify(product);
    try {
      await ctx.db.batch([
        insertProduct(ctx, product),
        ...(input.stock ? [recordMove(ctx, id, sql`${input.stock}`, "received", null)] : []),
        audit(ctx, "product.added", id, { after: sql`${json}` }),
        ...indexProduct({ ...product, tenant_id: ctx.tenant.id, text_version: 1 }),
        emit(ctx, ctx.tenant.id, newId(), "product.created", sql`${json}`),
        ...storeResponse(ctx.now, request, json),
      ]);
    } catch (error) {
      throw await writeProblem(ctx, id, product, error);
    }
    return product;
  });
}

/** A product that is not hidden; staff also see hidden ones. @throws Problem not-found */
export async function getProduct(ctx: Ctx, id: string): Promise<ProductBody> {
  const [row] = await ctx.db.all(
    productRow,
    sql`SELECT ${productColumns} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}
      AND ${isStaff(ctx) ? sql`removed_at IS NULL` : sql`is_active = 1`}`,
  );
  if (!row) throw notFound("product");
  return productBody(ctx, row);
}

/**
 * Changes the given fields if `ifMatch` accepts the version of the product.
 * @throws Problem precondition-failed, precondition-required, sku-taken, barcode-taken, unknown-tax-rate, invalid, not-found
 */
export async function changeProduct(
  ctx: ActorCtx,
  id: string,
  patch: z.infer<typeof ProductPatch>,
  ifMatch: string | undefined,
): Promise<ProductBody> {
  const fields = Object.fromEntries(
    Object.entries(fieldsInUnits(patch)).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(fields).length === 0) return getAtVersion(ctx, id, ifMatch);
  return searchableFields.some((field) => field in fields)
    ? updateAndIndex(ctx, id, fields, ifMatch)
    : (await update(ctx, id, fields, ifMatch)).product;
}

const coverRow = z.object({ cover_image_url: z.string().nullable() });

/** Changes the URL of the cover like `changeProduct`, and also returns the previous one. One round trip. */
export async function changeCover(
  ctx: ActorCtx,
  id: string,
  url: string | null,
  ifMatch: string | undefined,
): Promise<{ product: ProductBody; previous: string | null }> {
  const before = returning(
    coverRow,
    sql`SELECT cover_image_url FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
  );
  const { product, done } = await update(ctx, id, { cover_image_url: url }, ifMatch, { reads: [before] });
  return { product, previous: done.of(before)[0]?.cover_image_url ?? null };
}

/** Hides a product; its sales remain. @throws Problem precondition-failed, precondition-required, not-found */
export async function hideProduct(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<void> {
  await update(ctx, id, { is_active: false }, ifMatch, {
    assignments: [sql`text_version = version + 1`, sql`indexed_version = version + 1`],
    statements: [unindexHidden(ctx.tenant.id, id)],
  });
}

/** New values by column, in the form of `Product`. */
type Fields = Record<string, unknown>;

async function updateAndIndex(
  ctx: ActorCtx,
  id: string,
  fields: Fields,
  ifMatch: string | undefined,
): Promise<ProductBody> {
  const { product } = await update(ctx, id, fields, ifMatch, {
    assignments: [sql`text_version = version + 1`],
  });
  const indexable = { ...product, tenant_id: ctx.tenant.id, text_version: product.version };
  // The change is committed: if indexing fails now, the job of each minute indexes the product.
  await ctx.db.batch(indexProduct(indexable)).catch((error: unknown) => logFailure("search index", error));
  return product;
}

const ifMatchSetting = z.object({ is_required: sqlBoolean });

/** The product, if `ifMatch` accepts its version. One round trip. */
async function getAtVersion(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<ProductBody> {
  const current = returning(
    productRow,
    sql`SELECT ${productColumns} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND removed_at IS NULL`,
  );
  const settings = returning(ifMatchSetting, sql`SELECT ${requiresIfMatch(ctx)} AS is_required`);
  const done = await ctx.db.batch([current, settings]);
  const [row] = done.of(current);
  if (!row) throw notFound("product");
  const [setting] = done.of(settings);
  if (ifMatch === undefined && setting?.is_required) throw preconditionRequired("product");
  const product = productBody(ctx, row);
  if (acceptedVersions(ifMatch)?.includes(product.version) === false)
    throw preconditionFailed("product", product);
  return product;
}

async function update(
  ctx: ActorCtx,
  id: string,
  fields: Fields,
  ifMatch: string | undefined,
  additional: { reads?: Statement[]; assignments?: SQL[]; statements?: SQL[] } = {},
): Promise<{ product: ProductBody; done: BatchResult }> {
  const { sku } = fields;
  const assignments = [
    ...Object.entries(fields).map(
      ([field, value]) => sql`${sql.identifier(field)} = ${sqlValue(field, value)}`,
    ),
    ...(additional.assignments ?? []),
    // A product may keep its SKU even if another has the same key since before keys were unique.
    ...(typeof sku === "string" ? [sql`sku_key = iif(sku = ${sku}, sku_key, ${folded(sku)})`] : []),
    sql`version = version + 1`,
    sql`updated_at = ${ctx.now.toISOString()}`,
  ];
  const where = sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND removed_at IS NULL
    AND ${versionCondition(ctx, ifMatch)}`;
  const isHidden = fields["is_active"] === false;
  const action = isHidden ? "product.hidden" : "product.changed";
  const event = isHidden ? "product.hidden" : "product.updated";
  const changed = returning(
    productRow,
    sql`UPDATE products SET ${sql.join(assignments, sql`, `)} ${where} RETURNING ${productColumns}`,
  );
  try {
    const done = await ctx.db.batch([
      ...(additional.reads ?? []),
      auditUpdate(ctx, action, id, fields, sql`FROM products ${where}`, { jsonValues }),
      changed,
      emit(ctx, ctx.tenant.id, newId(), event, productJson(ctx, id), sql`changes() = 1`),
      ...(additional.statements ?? []),
    ]);
    const [row] = done.of(changed);
    if (row) return { product: productBody(ctx, row), done };
  } catch (error) {
    throw await writeProblem(ctx, id, fields, error);
  }
  const product = await getProduct(ctx, id);
  throw ifMatch === undefined ? preconditionRequired("product") : preconditionFailed("product", product);
}
