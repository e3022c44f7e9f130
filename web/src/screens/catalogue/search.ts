// What the list of products has in its URL; what is at its default is left out.
import type { ListProductsQuery, ListProductsSort, SearchProductsQuery } from "@mostrador/sdk";
import { defined } from "../../defined.ts";

export const SORTS = [
  "-created_at",
  "title",
  "price",
  "-price",
  "-rating",
] as const satisfies readonly ListProductsSort[];

export type CatalogueSearch = {
  q?: string;
  category?: string;
  author?: string;
  language?: string;
  price_min?: number;
  price_max?: number;
  stock?: "in" | "out";
  hidden?: true;
  sort?: (typeof SORTS)[number];
};

const textIn = (value: unknown): string | undefined => {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
};

const amountIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Reads the URL of the list; what it does not know is left out. */
export function catalogueSearch(search: Record<string, unknown>): CatalogueSearch {
  return defined({
    q: textIn(search["q"]),
    category: textIn(search["category"]),
    author: textIn(search["author"]),
    language: textIn(search["language"]),
    price_min: amountIn(search["price_min"]),
    price_max: amountIn(search["price_max"]),
    stock: (["in", "out"] as const).find((one) => one === search["stock"]),
    hidden: search["hidden"] === true ? true : undefined,
    sort: SORTS.slice(1).find((one) => one === search["sort"]),
  });
}

function filtersOf({ category, author, language, price_min, price_max, stock }: CatalogueSearch) {
  return defined({
    category: category === undefined ? undefined : [category],
    author: author === undefined ? undefined : [author],
    language: language === undefined ? undefined : [language],
    price_min,
    price_max,
    in_stock: stock === undefined ? undefined : stock === "in",
  });
}

/** The request of a list without a text. */
export const listQuery = (search: CatalogueSearch): ListProductsQuery => ({
  ...filtersOf(search),
  ...(search.hidden && { is_active: false }),
  ...(search.sort && { sort: search.sort }),
});

/** The request of a search by text, which orders by relevance and finds visible products only. */
export const textQuery = (search: CatalogueSearch, q: string): SearchProductsQuery => ({
  ...filtersOf(search),
  q,
});
