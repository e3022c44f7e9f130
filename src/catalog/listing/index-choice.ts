// By which index a list of products is read. SQLite has no statistics of our tables: left alone it may walk a whole shop
// for a few rows, or read and sort a large part of it for one page. So what few products have is read by its own index and
// sorted; which that is, a count that stops early tells. One category has an index in each order, and is walked at worst
// as a whole, for what other filters leave of it. Any other filter that many have is met in the order of the list: soon
// where it is spread evenly, but where it goes with the order, as a language of dear books by price, the shop is walked.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { facetFilters, scopeOf, type Facet, type Filters } from "./filters.ts";

// Read at most for one page by the index of a filter, and to find out.
const FEW = 500;

type Order = {
  index: string;
  /** The one that has a category's products in this order. */
  inCategory: string;
  key: "price" | "title_key" | "rating_key" | null;
  isDown: boolean;
};

/** The sorts: newest first is by id alone. The id makes every order total, so a page's end is one place. */
export const orders = {
  "-created_at": { index: "products_newest", inCategory: "products_by_category", key: null, isDown: true },
  price: {
    index: "products_by_price",
    inCategory: "products_by_category_price",
    key: "price",
    isDown: false,
  },
  "-price": {
    index: "products_by_price",
    inCategory: "products_by_category_price",
    key: "price",
    isDown: true,
  },
  title: {
    index: "products_by_title",
    inCategory: "products_by_category_title",
    key: "title_key",
    isDown: false,
  },
  "-rating": {
    index: "products_by_rating",
    inCategory: "products_by_category_rating",
    key: "rating_key",
    isDown: true,
  },
} as const satisfies Record<string, Order>;

export type Sort = keyof typeof orders;

/** The index to read by, and the filter whose products it finds; null where it finds all in the list's order. */
export type IndexChoice = { index: string; of: Facet | "stock" | null };

/** An index that finds what a filter keeps; `isOrdered` where it also has the list's order. */
type FilterWay = IndexChoice & { filter: SQL; isOrdered: boolean };

/** The ways, those first that commonly find the fewest. */
function waysOf(filters: Filters, sort: Sort): FilterWay[] {
  const isNewest = sort === "-created_at";
  const by = facetFilters(filters);
  const ways: FilterWay[] = [];
  const inOneCategory = filters.category?.length === 1 ? orders[sort].inCategory : null;
  const add = (facet: "author" | "language"): void => {
    if (by[facet])
      ways.push({
        index: `products_by_${facet}`,
        of: facet,
        filter: by[facet],
        isOrdered: isNewest && filters[facet]?.length === 1,
      });
  };
  add("author");
  if (filters.in_stock === "false")
    ways.push({ index: "products_out", of: "stock", filter: sql`p.stock = 0`, isOrdered: isNewest });
  if (by.category)
    ways.push({
      index: inOneCategory ?? "products_by_category",
      of: "category",
      filter: by.category,
      isOrdered: inOneCategory !== null,
    });
  // The prices of one category are a part of its own index.
  if (by.price && !(inOneCategory !== null && orders[sort].key === "price"))
    ways.push({
      index: "products_by_price",
      of: "price",
      filter: by.price,
      isOrdered: orders[sort].key === "price",
    });
  add("language");
  return ways;
}

/** How to read this list. A round trip only where there is a choice. */
export async function chooseIndex(ctx: Ctx, filters: Filters, sort: Sort): Promise<IndexChoice> {
  const inOrder: IndexChoice = { index: orders[sort].index, of: null };
  const ways = waysOf(filters, sort);
  const ordered =
    ways.find((way) => way.isOrdered && way.of === "category") ?? ways.find((way) => way.isOrdered);
  if (ways.length === 0) return inOrder;
  if (ways.length === 1 && ordered) return ordered;
  // Each count stops where the one before it did: a rare author makes the others cheap.
  const limit = (at: number): SQL =>
    at === 0 ? sql`${FEW + 1}` : sql`(SELECT n FROM ${sql.raw(`way_${at - 1}`)})`;
  const counts = ways.map(
    ({ index, filter }, at) => sql`${sql.raw(`way_${at}`)} AS MATERIALIZED (SELECT count(*) AS n FROM (
      SELECT 1 FROM products p INDEXED BY ${sql.raw(index)} WHERE ${scopeOf(ctx, filters)} AND ${filter} LIMIT ${limit(at)}))`,
  );
  const found = await ctx.db.all(
    z.object({ n: z.number() }),
    sql`WITH ${sql.join(counts, sql`, `)} ${sql.raw(ways.map((_, at) => `SELECT n FROM way_${at}`).join(" UNION ALL "))}`,
  );
  const least = Math.min(...found.map(({ n }) => n));
  return (least > FEW ? ordered : ways[found.findIndex(({ n }) => n === least)]) ?? inOrder;
}
