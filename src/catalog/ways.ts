// By which index a list of products is read. SQLite has no statistics of our tables: left alone it may walk a whole shop
// for a few rows, or read and sort a large part of it for one page. So what few products have is read by its own index and
// sorted; what many have is met soon enough in the order of the list. Which it is, a count that stops early tells.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../context.ts";
import { rows } from "../db.ts";
import { facetFilters, scopeOf, type Filters } from "./filters.ts";

// Read at most for one page by the index of a filter, and to find out.
const FEW = 500;

type Order = { index: string; key: "price" | "title_key" | "rating_key" | null; isDown: boolean };

/** The sorts: newest first is by id alone. The id makes every order total, so a page's end is one place. */
export const orders = {
  "-created_at": { index: "products_newest", key: null, isDown: true },
  price: { index: "products_by_price", key: "price", isDown: false },
  "-price": { index: "products_by_price", key: "price", isDown: true },
  title: { index: "products_by_title", key: "title_key", isDown: false },
  "-rating": { index: "products_by_rating", key: "rating_key", isDown: true },
} as const satisfies Record<string, Order>;

export type Sort = keyof typeof orders;

/** An index that finds what a filter keeps; `isOrdered` where it also has the list's order. */
type Way = { index: string; filter: SQL; isOrdered: boolean };

function waysOf(filters: Filters, sort: Sort): Way[] {
  const isNewest = sort === "-created_at";
  const by = facetFilters(filters);
  const ways: Way[] = [];
  for (const facet of ["category", "author", "language"] as const)
    if (by[facet])
      ways.push({
        index: `products_by_${facet}`,
        filter: by[facet],
        isOrdered: isNewest && filters[facet]?.length === 1,
      });
  if (by.price)
    ways.push({ index: "products_by_price", filter: by.price, isOrdered: orders[sort].key === "price" });
  if (filters.in_stock === "false")
    ways.push({ index: "products_out", filter: sql`p.stock = 0`, isOrdered: isNewest });
  return ways;
}

/** The index for this list. A round trip only where there is a choice. */
export async function indexFor(ctx: Ctx, filters: Filters, sort: Sort): Promise<string> {
  const ways = waysOf(filters, sort);
  const ordered = ways.find((way) => way.isOrdered);
  if (ways.length === 0) return orders[sort].index;
  if (ways.length === 1 && ordered) return ordered.index;
  const counts = await ctx.db.batch(
    ways.map(
      ({
        index,
        filter,
      }) => sql`SELECT count(*) AS n FROM (SELECT 1 FROM products p INDEXED BY ${sql.raw(index)}
        WHERE ${scopeOf(ctx, filters)} AND ${filter} LIMIT ${FEW + 1})`,
    ),
  );
  const found = counts.map((count) => rows(z.object({ n: z.number() }), count)[0]?.n ?? 0);
  const least = Math.min(...found);
  const way = least > FEW ? ordered : ways[found.indexOf(least)];
  return way?.index ?? orders[sort].index;
}
