// The lists of the catalogue. A cursor is a place in one order, so it holds under other filters too, not in another sort.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { rows } from "../../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { facetsOf, selectFacets } from "./facets.ts";
import { filtersOf } from "./filters.ts";
import type { CategoryCounts, ProductQuery } from "./schema.ts";
import { productBody, productColumns, productRow } from "../products/products.ts";
import { orders, chooseIndex } from "./index-choice.ts";

type Query = z.infer<typeof ProductQuery>;

const listedRow = productRow.extend({ sort_key: z.union([z.string(), z.number()]) });

/** The filters, and the place of a cursor. */
function beyond(ctx: Ctx, query: Query, places: SQL[], last: (string | number)[]): SQL[] {
  const { key, isDown } = orders[query.sort];
  const values = places.map((_, at) => sql`${last[at]}`);
  const place = sql`(${sql.join(places, sql`, `)}) ${isDown ? sql`<` : sql`>`} (${sql.join(values, sql`, `)})`;
  if (key !== "price") return [...filtersOf(ctx, query), place];
  // The index takes one bound an end. Where the cursor has one the filter's would win, and what was seen be read again:
  // the plus keeps it from the index.
  const passed = isDown ? query.price_max : query.price_min;
  const filters = filtersOf(ctx, { ...query, [isDown ? "price_max" : "price_min"]: undefined });
  return passed === undefined
    ? [...filters, place]
    : [...filters, place, sql`+p.price ${isDown ? sql`<=` : sql`>=`} ${passed}`];
}

/**
 * The products that can be seen in the shop, by filter and sort, with facets where they are asked for. One round trip, or
 * two where several indexes might serve.
 */
export async function listProducts(ctx: Ctx, query: Query) {
  const { key, isDown } = orders[query.sort];
  const list = `products:${query.sort}`;
  const place = key === null ? singleKey : z.tuple([z.union([z.string(), z.number()]), z.string()]);
  const last = decodeCursor<(string | number)[]>(place, list, ctx.tenant.id, query.cursor);
  const way = await chooseIndex(ctx, query, query.sort);
  const places = key === null ? [sql`p.id`] : [sql`p.${sql.raw(key)}`, sql`p.id`];
  const conditions = last ? beyond(ctx, query, places, last) : filtersOf(ctx, query);
  const order = places.map((place): SQL => (isDown ? sql`${place} DESC` : place));
  const [found, ...facets] = await ctx.db.batch([
    sql`SELECT ${productColumns}, ${places[0]} AS sort_key FROM products p INDEXED BY ${sql.raw(way.index)}
      WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${sql.join(order, sql`, `)} LIMIT ${query.limit + 1}`,
    ...(query.facets === "true" ? selectFacets(ctx, query, way) : []),
  ]);
  const listed = pageOf(rows(listedRow, found), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, key === null ? [row.id] : [row.sort_key, row.id]),
  );
  return {
    ...listed,
    data: listed.data.map((row) => productBody(ctx, row)),
    ...(query.facets === "true" ? { facets: facetsOf(facets) } : {}),
  };
}

/** The categories of what is shown, the largest first. One round trip, a row read for each. */
export const listCategories = (ctx: Ctx): Promise<z.infer<typeof CategoryCounts>> =>
  ctx.db.all(
    z.object({ category: z.string(), products: z.number() }),
    sql`SELECT category, products FROM category_counts WHERE tenant_id = ${ctx.tenant.id} AND products > 0
      ORDER BY products DESC, category`,
  );
