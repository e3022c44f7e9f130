// The lists of the catalogue. A cursor is a position in one sort order: it holds under other filters, not in another sort.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { productBody, productColumns, productRow } from "../products/columns.ts";
import { facetsPlan } from "./facets.ts";
import { filterConditions } from "./filters.ts";
import { chooseIndex, sortOrders } from "./index-choice.ts";
import type { CategoryCounts, ProductQuery } from "./schema.ts";

type Query = z.infer<typeof ProductQuery>;

const DEFAULT_SORT = "-created_at";

const listedRow = productRow.extend({ sort_key: z.union([z.string(), z.number()]) });

/** The conditions of the filters and of the cursor, whose key has a value for each column of the sort. */
function conditionsAfter(ctx: Ctx, query: Query, columns: SQL[], last: (string | number)[]): SQL[] {
  const { key, isDescending } = sortOrders[query.sort ?? DEFAULT_SORT];
  const values = columns.map((_, at) => sql`${last[at]}`);
  const after = sql`(${sql.join(columns, sql`, `)}) ${isDescending ? sql`<` : sql`>`} (${sql.join(values, sql`, `)})`;
  if (key !== "price") return [...filterConditions(ctx, query), after];
  // The index accepts one bound at each end. If the filter's bound took that of the cursor, earlier pages would be read
  // again: the plus sign hides the filter's bound from the index.
  const bound = isDescending ? query.price_max : query.price_min;
  const others = filterConditions(ctx, { ...query, [isDescending ? "price_max" : "price_min"]: undefined });
  return bound === undefined
    ? [...others, after]
    : [...others, after, sql`+p.price ${isDescending ? sql`<=` : sql`>=`} ${bound}`];
}

/**
 * The products that the caller can see, by filter and sort, with facets on request. One round trip, or two if several
 * indexes can serve the filters. @throws Problem invalid-cursor
 */
export async function listProducts(ctx: Ctx, query: Query) {
  const { sort = DEFAULT_SORT } = query;
  const { key, isDescending } = sortOrders[sort];
  const list = `products:${sort}`;
  const cursorKey = key === null ? singleKey : z.tuple([z.union([z.string(), z.number()]), z.string()]);
  const last = decodeCursor<(string | number)[]>(cursorKey, list, ctx.tenant.id, query.cursor);
  const choice = await chooseIndex(ctx, query, sort);
  const sortColumn = sql.raw(key === null ? "p.id" : `p.${key}`);
  const columns = key === null ? [sortColumn] : [sortColumn, sql`p.id`];
  const conditions = last ? conditionsAfter(ctx, query, columns, last) : filterConditions(ctx, query);
  const order = columns.map((column): SQL => (isDescending ? sql`${column} DESC` : column));
  const listed = returning(
    listedRow,
    sql`SELECT ${productColumns}, ${sortColumn} AS sort_key FROM products p INDEXED BY ${sql.raw(choice.index)}
      WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${sql.join(order, sql`, `)} LIMIT ${query.limit + 1}`,
  );
  const facets = query.facets === "true" ? facetsPlan(ctx, query) : null;
  const done = await ctx.db.batch([listed, ...(facets?.statements ?? [])]);
  const page = pageOf(done.of(listed), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, key === null ? [row.id] : [row.sort_key, row.id]),
  );
  return {
    ...page,
    data: page.data.map((row) => productBody(ctx, row)),
    ...(facets ? { facets: facets.read(done) } : {}),
  };
}

const categoryRow = z.object({ category: z.string(), products: z.number() });

/** The categories of visible products, largest first. One round trip, one row read per category. */
export const listCategories = (ctx: Ctx): Promise<z.infer<typeof CategoryCounts>> =>
  ctx.db.all(
    categoryRow,
    sql`SELECT category, products FROM category_counts WHERE tenant_id = ${ctx.tenant.id} AND products > 0
      ORDER BY products DESC, category`,
  );
