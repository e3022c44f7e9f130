// What a shop sells. A product is never deleted, for sales refer to it: it is hidden.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../../audit/log.ts";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { sqlBoolean, violates, rows } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { logFailure } from "../../platform/log.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { isStaff } from "../listing/filters.ts";
import { type NewProduct, type ProductPatch, Product } from "./schema.ts";
import { indexProduct, searchable } from "../search/indexing.ts";
import { recordMove } from "../stock/stock.ts";

export type ProductBody = z.infer<typeof Product>;

/** A row of `columns`. */
export const productRow = Product.omit({ currency: true }).extend({ is_active: sqlBoolean });

const names = `id, sku, title, description, category, price, stock, isbn, author, publisher, language, pages,
  publication_year, cover_image_url, rating, series, low_stock_threshold, is_active, version, created_at, updated_at`;

/** What is answered of a product, of the only table that has these names. */
export const productColumns = sql.raw(names);

/** The product as clients see it. */
export const productBody = (ctx: Ctx, row: z.infer<typeof productRow>): ProductBody => ({
  ...row,
  currency: ctx.tenant.currency,
});

const jsonFields = names
  .split(/,\s+/)
  .map((name) => `'${name}', ${name === "is_active" ? "json(iif(is_active, 'true', 'false'))" : name}`)
  .join(", ");

/** A scalar query: the JSON of one product, as `Product` says. */
const productJson = (ctx: Ctx, id: string): SQL => sql`
  (SELECT json_object(${sql.raw(jsonFields)}, 'currency', ${ctx.tenant.currency})
  FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`;

const skuTaken = (): Problem =>
  new Problem("sku-taken", "Another product of this shop, perhaps a hidden one, has this SKU.");

/** Adds a product; its first stock is a move. @throws Problem sku-taken */
export async function addProduct(
  ctx: ActorCtx,
  input: z.infer<typeof NewProduct>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: ProductBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, input);
  return runOnce(ctx, request, Product, async () => {
    const at = ctx.now.toISOString();
    const product: ProductBody = {
      sku: input.sku,
      title: input.title,
      price: input.price,
      stock: input.stock ?? null,
      description: input.description ?? null,
      category: input.category ?? null,
      isbn: input.isbn ?? null,
      author: input.author ?? null,
      publisher: input.publisher ?? null,
      language: input.language ?? null,
      pages: input.pages ?? null,
      publication_year: input.publication_year ?? null,
      cover_image_url: input.cover_image_url ?? null,
      rating: input.rating ?? null,
      series: input.series ?? null,
      low_stock_threshold: input.low_stock_threshold ?? null,
      id: newId(),
      currency: ctx.tenant.currency,
      is_active: true,
      version: 1,
      created_at: at,
      updated_at: at,
    };
    const p = product;
    const insert = sql`INSERT INTO products (tenant_id, ${productColumns}) VALUES (${ctx.tenant.id}, ${p.id}, ${p.sku},
      ${p.title}, ${p.description}, ${p.category}, ${p.price}, ${p.stock}, ${p.isbn}, ${p.author}, ${p.publisher},
      ${p.language}, ${p.pages}, ${p.publication_year}, ${p.cover_image_url}, ${p.rating}, ${p.series}, ${p.low_stock_threshold}, 1, 1, ${at}, ${at})`;
    const move = p.stock ? [recordMove(ctx, p.id, sql`${p.stock}`, "received", null)] : [];
    const json = JSON.stringify(product);
    try {
      await ctx.db.batch([
        insert,
        ...move,
        audit(ctx, "product.added", p.id, { after: sql`${json}` }),
        ...indexProduct({ ...product, tenant_id: ctx.tenant.id, text_version: 1 }),
        emit(ctx, ctx.tenant.id, newId(), "product.created", sql`${json}`),
        ...storeResponse(ctx.now, request, json),
      ]);
    } catch (error) {
      if (violates(error, "products.tenant_id")) throw skuTaken();
      throw error;
    }
    return product;
  });
}

/** A product that is not hidden; staff see hidden ones too. @throws Problem not-found */
export async function getProduct(ctx: Ctx, id: string): Promise<ProductBody> {
  const [row] = await ctx.db.all(
    productRow,
    sql`SELECT ${productColumns} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}
      ${isStaff(ctx) ? sql`` : sql`AND is_active = 1`}`,
  );
  if (!row) throw notFound("product");
  return productBody(ctx, row);
}

/** The strong ETag of a product. */
export const etagOf = (product: Pick<ProductBody, "version">): string => `"v${product.version}"`;

// If-Match compares strongly (RFC 9110), but a proxy that compresses makes our strong ETags weak.
const ETAG = /^(?:W\/)?"v([1-9]\d{0,14})"$/;

/** The versions that an If-Match names, of which any will do; null where every one will. */
function versionsIn(ifMatch: string | undefined): number[] | null {
  if (ifMatch === undefined || ifMatch.trim() === "*") return null;
  return ifMatch.split(",").flatMap((tag) => {
    const version = ETAG.exec(tag.trim())?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

const stale = (product: ProductBody): Problem =>
  new Problem("precondition-failed", `The product is at ${etagOf(product)} now: read it again.`);

/** Whether the shop wants every change of a product to name a version. */
const wantsVersion = (ctx: Ctx): SQL =>
  sql`(SELECT require_if_match = 1 FROM tenants WHERE id = ${ctx.tenant.id})`;

const versionMissing = (): Problem =>
  new Problem("precondition-required", "This shop wants If-Match with the ETag that was read.");

/**
 * Changes the fields that are sent, at a version that `ifMatch` names, if any.
 * @throws Problem precondition-failed, precondition-required, sku-taken, not-found
 */
export async function changeProduct(
  ctx: ActorCtx,
  id: string,
  patch: z.infer<typeof ProductPatch>,
  ifMatch: string | undefined,
): Promise<ProductBody> {
  const fields = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  if (Object.keys(fields).length === 0) return unchanged(ctx, id, ifMatch);
  return searchable.some((field) => field in fields)
    ? updateText(ctx, id, fields, ifMatch)
    : update(ctx, id, fields, ifMatch);
}

/** Takes a product out of the shop; its sales stay. @throws Problem precondition-failed, precondition-required, not-found */
export async function hideProduct(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<void> {
  await updateText(ctx, id, { is_active: false }, ifMatch);
}

/** New values by their columns. */
type Fields = Record<string, unknown>;

/** Changes what search must know. */
async function updateText(
  ctx: ActorCtx,
  id: string,
  fields: Fields,
  ifMatch: string | undefined,
): Promise<ProductBody> {
  const product = await update(ctx, id, fields, ifMatch, [sql`text_version = version + 1`]);
  const indexable = { ...product, tenant_id: ctx.tenant.id, text_version: product.version };
  // The change is done: where the index cannot follow now, the sweep lets it follow later.
  await ctx.db.batch(indexProduct(indexable)).catch((error: unknown) => logFailure("search index", error));
  return product;
}

async function unchanged(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<ProductBody> {
  const [found, asked] = await ctx.db.batch([
    sql`SELECT ${productColumns} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
    sql`SELECT ${wantsVersion(ctx)} AS is_wanted`,
  ]);
  const [row] = rows(productRow, found);
  if (!row) throw notFound("product");
  if (ifMatch === undefined && rows(z.object({ is_wanted: sqlBoolean }), asked)[0]?.is_wanted)
    throw versionMissing();
  const product = productBody(ctx, row);
  if (versionsIn(ifMatch)?.includes(product.version) === false) throw stale(product);
  return product;
}

async function update(
  ctx: ActorCtx,
  id: string,
  fields: Fields,
  ifMatch: string | undefined,
  more: SQL[] = [],
): Promise<ProductBody> {
  const sets = [
    ...Object.entries(fields).map(
      ([field, value]) => sql`${sql.identifier(field)} = ${value === true ? 1 : value === false ? 0 : value}`,
    ),
    ...more,
    sql`version = version + 1`,
    sql`updated_at = ${ctx.now.toISOString()}`,
  ];
  const versions = versionsIn(ifMatch);
  const guard = versions
    ? sql`AND version IN (SELECT value FROM json_each(${JSON.stringify(versions)}))`
    : ifMatch === undefined
      ? sql`AND NOT ${wantsVersion(ctx)}`
      : sql``;
  const where = sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} ${guard}`;
  const isHidden = fields["is_active"] === false;
  const what = isHidden ? "product.hidden" : "product.changed";
  const event = isHidden ? "product.hidden" : "product.updated";
  try {
    const [, changed] = await ctx.db.batch([
      auditUpdate(ctx, what, id, fields, sql`FROM products ${where}`),
      sql`UPDATE products SET ${sql.join(sets, sql`, `)} ${where} RETURNING ${productColumns}`,
      emit(ctx, ctx.tenant.id, newId(), event, productJson(ctx, id), sql`changes() = 1`),
    ]);
    const [row] = rows(productRow, changed);
    if (row) return productBody(ctx, row);
  } catch (error) {
    if (violates(error, "products.tenant_id")) throw skuTaken();
    throw error;
  }
  const product = await getProduct(ctx, id);
  throw ifMatch === undefined ? versionMissing() : stale(product);
}
