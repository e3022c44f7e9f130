// What a shop sells. A product is never deleted, for sales refer to it: it is hidden.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { ActorCtx, Ctx } from "../context.ts";
import { flag, refusedBy } from "../db.ts";
import { keyed, once, remember } from "../idempotency/once.ts";
import { newId } from "../ids.ts";
import { logFailure } from "../log.ts";
import { cursorOf, keyOf, page } from "../page.ts";
import { notFound, Problem } from "../problem.ts";
import type { NewProduct, ProductPatch, ProductQuery } from "./schema.ts";
import { Product } from "./schema.ts";
import { indexProduct, searchable } from "./search/indexing.ts";
import { recordMove } from "./stock.ts";

export type ProductBody = z.infer<typeof Product>;

export const productRow = Product.omit({ currency: true }).extend({ is_active: flag });

export const columns =
  sql.raw(`id, sku, title, description, category, price, stock, isbn, author, publisher, language, pages,
  publication_year, cover_image_url, rating, series, is_active, version, created_at, updated_at`);

export const bodyOf = (ctx: Ctx, row: z.infer<typeof productRow>): ProductBody => ({
  ...row,
  currency: ctx.tenant.currency,
});

const skuTaken = (): Problem =>
  new Problem("sku-taken", "Another product of this shop, perhaps a hidden one, has this SKU.");

/** Adds a product; its first stock is a move. @throws Problem sku-taken */
export async function addProduct(
  ctx: ActorCtx,
  input: z.infer<typeof NewProduct>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: ProductBody }> {
  const request = keyed(ctx.tenant.id, ctx.actor.id, key, input);
  return once(ctx, request, Product, async () => {
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
      id: newId(),
      currency: ctx.tenant.currency,
      is_active: true,
      version: 1,
      created_at: at,
      updated_at: at,
    };
    const p = product;
    const insert = sql`INSERT INTO products (tenant_id, ${columns}) VALUES (${ctx.tenant.id}, ${p.id}, ${p.sku},
      ${p.title}, ${p.description}, ${p.category}, ${p.price}, ${p.stock}, ${p.isbn}, ${p.author}, ${p.publisher},
      ${p.language}, ${p.pages}, ${p.publication_year}, ${p.cover_image_url}, ${p.rating}, ${p.series}, 1, 1, ${at}, ${at})`;
    const move = p.stock ? [recordMove(ctx, p.id, sql`${p.stock}`, "received", null)] : [];
    try {
      const indexable = { ...product, tenant_id: ctx.tenant.id, text_version: 1 };
      await ctx.db.batch([
        insert,
        ...move,
        ...indexProduct(indexable),
        ...remember(ctx.now, request, JSON.stringify(product)),
      ]);
    } catch (error) {
      if (refusedBy(error, "products.tenant_id")) throw skuTaken();
      throw error;
    }
    return product;
  });
}

const isStaff = (ctx: Ctx): boolean => ctx.actor !== null && ctx.actor.role !== "CUSTOMER";

/** A product that is not hidden; staff see hidden ones too. @throws Problem not-found */
export async function getProduct(ctx: Ctx, id: string): Promise<ProductBody> {
  const [row] = await ctx.db.all(
    productRow,
    sql`SELECT ${columns} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}
      ${isStaff(ctx) ? sql`` : sql`AND is_active = 1`}`,
  );
  if (!row) throw notFound("product");
  return bodyOf(ctx, row);
}

type Sort = z.infer<typeof ProductQuery>["sort"];

type SortKey = {
  order: SQL;
  after: (key: (string | number | null)[]) => SQL;
  key: (row: ProductBody) => (string | number | null)[];
};

// The id makes every order total, so a page's end is one place.
const sorts: Record<Sort, SortKey> = {
  "-created_at": {
    order: sql.raw("id DESC"),
    after: ([id]) => sql`id < ${id}`,
    key: (row) => [row.id],
  },
  price: {
    order: sql.raw("price, id"),
    after: ([price, id]) => sql`(price, id) > (${price}, ${id})`,
    key: (row) => [row.price, row.id],
  },
  "-price": {
    order: sql.raw("price DESC, id DESC"),
    after: ([price, id]) => sql`(price, id) < (${price}, ${id})`,
    key: (row) => [row.price, row.id],
  },
  title: {
    order: sql.raw("title, id"),
    after: ([title, id]) => sql`(title, id) > (${title}, ${id})`,
    key: (row) => [row.title, row.id],
  },
  // NULL sorts below every rating: the unrated come last.
  "-rating": {
    order: sql.raw("rating DESC, id DESC"),
    after: ([rating, id]) =>
      rating === null
        ? sql`rating IS NULL AND id < ${id}`
        : sql`((rating, id) < (${rating}, ${id}) OR rating IS NULL)`,
    key: (row) => [row.rating, row.id],
  },
};

/** The products that can be seen in the shop, by filter and sort. */
export async function listProducts(ctx: Ctx, query: z.infer<typeof ProductQuery>) {
  const { order, after, key } = sorts[query.sort];
  const list = `products:${query.sort}`;
  const last = keyOf(list, ctx.tenant.id, query.cursor);
  const filters: SQL[] = [
    sql`tenant_id = ${ctx.tenant.id}`,
    sql`is_active = ${query.is_active === "false" && isStaff(ctx) ? 0 : 1}`,
  ];
  if (query.category !== undefined) filters.push(sql`category = ${query.category}`);
  if (query.author !== undefined) filters.push(sql`author = ${query.author}`);
  if (query.language !== undefined) filters.push(sql`language = ${query.language}`);
  if (query.price_min !== undefined) filters.push(sql`price >= ${query.price_min}`);
  if (query.price_max !== undefined) filters.push(sql`price <= ${query.price_max}`);
  if (query.in_stock === "true") filters.push(sql`(stock IS NULL OR stock > 0)`);
  if (query.in_stock === "false") filters.push(sql`stock = 0`);
  if (last) filters.push(after(last));
  const found = await ctx.db.all(
    productRow,
    sql`SELECT ${columns} FROM products WHERE ${sql.join(filters, sql` AND `)}
      ORDER BY ${order} LIMIT ${query.limit + 1}`,
  );
  const products = found.map((row) => bodyOf(ctx, row));
  return page(products, query.limit, (row) => cursorOf(list, ctx.tenant.id, key(row)));
}

/** The strong ETag of a product. */
export const etagOf = (product: Pick<ProductBody, "version">): string => `"v${product.version}"`;

/** Changes the fields that are sent, at the version that `ifMatch` names, if any. @throws Problem precondition-failed, sku-taken, not-found */
export async function changeProduct(
  ctx: ActorCtx,
  id: string,
  patch: z.infer<typeof ProductPatch>,
  ifMatch: string | undefined,
): Promise<ProductBody> {
  const changes = Object.entries(patch)
    .filter(([, value]) => value !== undefined)
    .map(
      ([field, value]) => sql`${sql.identifier(field)} = ${value === true ? 1 : value === false ? 0 : value}`,
    );
  if (!searchable.some((field) => patch[field] !== undefined)) return update(ctx, id, changes, ifMatch);
  const product = await update(ctx, id, [...changes, sql`text_version = version + 1`], ifMatch);
  const indexable = { ...product, tenant_id: ctx.tenant.id, text_version: product.version };
  // The change is done: where the index cannot follow now, the sweep lets it follow later.
  await ctx.db.batch(indexProduct(indexable)).catch((error: unknown) => logFailure("search index", error));
  return product;
}

/** Takes a product out of the shop; its sales stay. @throws Problem precondition-failed, not-found */
export async function hideProduct(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<void> {
  await update(ctx, id, [sql`is_active = 0`], ifMatch);
}

async function update(
  ctx: ActorCtx,
  id: string,
  changes: SQL[],
  ifMatch: string | undefined,
): Promise<ProductBody> {
  const sets = [...changes, sql`version = version + 1`, sql`updated_at = ${ctx.now.toISOString()}`];
  const version = ifMatch === undefined || ifMatch === "*" ? null : /^(?:W\/)?"v(\d+)"$/.exec(ifMatch)?.[1];
  const guard = version === null ? sql`` : sql`AND version = ${Number(version ?? -1)}`;
  try {
    const [row] = await ctx.db.all(
      productRow,
      sql`UPDATE products SET ${sql.join(sets, sql`, `)} WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}
        ${guard} RETURNING ${columns}`,
    );
    if (row) return bodyOf(ctx, row);
  } catch (error) {
    if (refusedBy(error, "products.tenant_id")) throw skuTaken();
    throw error;
  }
  const product = await getProduct(ctx, id);
  throw new Problem("precondition-failed", `The product is at ${etagOf(product)} now: read it again.`);
}
