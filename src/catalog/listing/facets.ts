// Counts the products that match the filters of a list by category, author, language and price. Each facet ignores its own
// filter, so that it shows what another choice would return. The Worker counts, because every filter may meet every other.
import type { Ctx } from "../../platform/context.ts";
import type { Plan } from "../../platform/plan.ts";
import type { Facet, Filters } from "./filters.ts";
import { type FacetProduct, facetProducts } from "./packed-facets.ts";

const MAX_VALUES = 20;
const PRICE_BANDS = 4;

/** The values of a column with their numbers of products, most first. */
function countValues(products: FacetProduct[], column: Exclude<Facet, "price">) {
  const counts = new Map<string, number>();
  for (const { [column]: value } of products)
    if (typeof value === "string") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_VALUES);
}

/** Bands with about as many products each. Equal prices share a band, so that bands do not overlap. */
function priceBands(products: FacetProduct[]) {
  const prices = products.map(({ price }) => price).toSorted((a, b) => a - b);
  const bands = new Map<number, { min: number; max: number; count: number }>();
  let first = 0;
  for (const [nth, price] of prices.entries()) {
    if (price !== prices[first]) first = nth;
    const number = Math.floor((first * PRICE_BANDS) / prices.length);
    const band = bands.get(number) ?? { min: price, max: price, count: 0 };
    bands.set(number, { ...band, max: price, count: band.count + 1 });
  }
  return [...bands.values()];
}

/** Whether a product matches the filters, without that of the facet `except`. */
function isMatching(product: FacetProduct, filters: Filters, except: Facet): boolean {
  const isOneOf = (facet: "category" | "author" | "language"): boolean => {
    const values = filters[facet];
    const value = product[facet];
    return facet === except || !values || (value !== null && values.includes(value));
  };
  const { price_min = 0, price_max = Infinity, in_stock } = filters;
  return (
    isOneOf("category") &&
    isOneOf("author") &&
    isOneOf("language") &&
    (except === "price" || (product.price >= price_min && product.price <= price_max)) &&
    (in_stock === undefined || product.is_in_stock === (in_stock === "true"))
  );
}

/** The facets of a list. Reads a row for each 500 products, and the products of parts of the catalogue that have just changed. */
export function facetsPlan(ctx: Ctx, filters: Filters) {
  const all = facetProducts(ctx, filters);
  return {
    statements: all.statements,
    read: (done) => {
      const products = all.read(done);
      const of = (facet: Facet): FacetProduct[] =>
        products.filter((product) => isMatching(product, filters, facet));
      return {
        category: countValues(of("category"), "category"),
        author: countValues(of("author"), "author"),
        language: countValues(of("language"), "language"),
        price: priceBands(of("price")),
      };
    },
  } satisfies Plan<unknown>;
}
