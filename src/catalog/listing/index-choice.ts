// Chooses the index that a list of products is read by. D1 has no statistics of the tables: SQLite may scan a whole shop for
// a few rows, or sort a large part of it for one page. So a filter that few products match, by a count that stops early, is
// read by its index and sorted; any other filter is applied while reading in the order of the list.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { facetFilters, shopScope, type Facet, type Filters } from "./filters.ts";

// A filter that matches more products is not worth reading and sorting for one page.
const MAX_UNORDERED_ROWS = 500;

type Order = {
  index: string;
  /** The index with the products of a category in this order. */
  categoryIndex: string;
  key: "price" | "title_key" | "rating_key" | null;
  isDescending: boolean;
};

/** The sort orders; newest first is by id alone. Every order ends with the id, which makes it total. */
export const sortOrders = {
  "-created_at": {
    index: "products_newest",
    categoryIndex: "products_by_category",
    key: null,
    isDescending: true,
  },
  price: {
    index: "products_by_price",
    categoryIndex: "products_by_category_price",
    key: "price",
    isDescending: false,
  },
  "-price": {
    index: "products_by_price",
    categoryIndex: "products_by_category_price",
    key: "price",
    isDescending: true,
  },
  title: {
    index: "products_by_title",
    categoryIndex: "products_by_category_title",
    key: "title_key",
    isDescending: false,
  },
  "-rating": {
    index: "products_by_rating",
    categoryIndex: "products_by_category_rating",
    key: "rating_key",
    isDescending: true,
  },
} as const satisfies Record<string, Order>;

export type Sort = keyof typeof sortOrders;

/** The index to read by, and the facet whose filter it serves; null for an index in the order of the list. */
type IndexChoice = { index: string; facet: Facet | "stock" | null };

/** An index that serves a filter; `isOrdered` if it is also in the order of the list. */
type FilterIndex = IndexChoice & { filter: SQL; isOrdered: boolean };

/** The indexes that serve one of the filters, those that usually match the fewest products first. */
function candidateIndexes(filters: Filters, sort: Sort): FilterIndex[] {
  const isNewest = sort === "-created_at";
  const conditions = facetFilters(filters);
  const candidates: FilterIndex[] = [];
  const categoryIndex = filters.category?.length === 1 ? sortOrders[sort].categoryIndex : null;
  const add = (facet: "author" | "language"): void => {
    if (conditions[facet])
      candidates.push({
        index: `products_by_${facet}`,
        facet,
        filter: conditions[facet],
        isOrdered: isNewest && filters[facet]?.length === 1,
      });
  };
  add("author");
  if (filters.in_stock === "false")
    candidates.push({
      index: "products_out",
      facet: "stock",
      filter: sql`p.stock = 0`,
      isOrdered: isNewest,
    });
  if (conditions.category)
    candidates.push({
      index: categoryIndex ?? "products_by_category",
      facet: "category",
      filter: conditions.category,
      isOrdered: categoryIndex !== null,
    });
  // The index of a category by price also serves the price filter.
  if (conditions.price && !(categoryIndex !== null && sortOrders[sort].key === "price"))
    candidates.push({
      index: "products_by_price",
      facet: "price",
      filter: conditions.price,
      isOrdered: sortOrders[sort].key === "price",
    });
  add("language");
  return candidates;
}

const countRow = z.object({ n: z.number() });

/** The index to read this list by. No round trip if there is only one, else one. */
export async function chooseIndex(ctx: Ctx, filters: Filters, sort: Sort): Promise<IndexChoice> {
  const sortIndex: IndexChoice = { index: sortOrders[sort].index, facet: null };
  const candidates = candidateIndexes(filters, sort);
  const ordered =
    candidates.find(({ isOrdered, facet }) => isOrdered && facet === "category") ??
    candidates.find(({ isOrdered }) => isOrdered);
  if (candidates.length === 0) return sortIndex;
  if (candidates.length === 1 && ordered) return ordered;
  // Each count stops at the number of the one before it: a rare author makes the others cheap.
  const limit = (at: number): SQL =>
    at === 0 ? sql`${MAX_UNORDERED_ROWS + 1}` : sql`(SELECT n FROM ${sql.raw(`count_${at - 1}`)})`;
  const counts = candidates.map(
    ({ index, filter }, at) => sql`${sql.raw(`count_${at}`)} AS MATERIALIZED (SELECT count(*) AS n FROM (
      SELECT 1 FROM products p INDEXED BY ${sql.raw(index)} WHERE ${shopScope(ctx, filters)} AND ${filter} LIMIT ${limit(at)}))`,
  );
  const selects = candidates.map((_, at) => `SELECT n FROM count_${at}`);
  const counted = await ctx.db.all(
    countRow,
    sql`WITH ${sql.join(counts, sql`, `)} ${sql.raw(selects.join(" UNION ALL "))}`,
  );
  const fewest = Math.min(...counted.map(({ n }) => n));
  const best = candidates[counted.findIndex(({ n }) => n === fewest)];
  if (fewest > MAX_UNORDERED_ROWS || !best) return ordered ?? sortIndex;
  return best;
}
