// Counts the products that match the filters of a list by category, author, language and price. Each facet ignores its own
// filter, so that it shows what another choice would return. Facets without a filter count the same products, which are read once.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { facetFilters, filterConditions, type Facet, type Filters } from "./filters.ts";
import type { IndexChoice } from "./index-choice.ts";

const MAX_VALUES = 20;
const PRICE_BANDS = 4;
const FACETS: Facet[] = ["category", "author", "language", "price"];

const productShape = z.object({
  category: z.string().nullish(),
  author: z.string().nullish(),
  language: z.string().nullish(),
  price: z.number().optional(),
});

type Product = z.infer<typeof productShape>;

/** The products that match the filters, without that of `except`, by these columns. */
function matching(ctx: Ctx, filters: Filters, choice: IndexChoice, columns: Facet[], except?: Facet) {
  // A selective filter is read by its index; without that filter the planner takes the index of the facet.
  const index: SQL =
    except !== undefined && (choice.facet === null || choice.facet === except)
      ? sql``
      : sql`INDEXED BY ${sql.raw(choice.index)}`;
  return returning(
    productShape,
    sql`SELECT ${sql.raw(columns.map((column) => `p.${column}`).join(", "))} FROM products p ${index}
      WHERE ${sql.join(filterConditions(ctx, filters, except), sql` AND `)}`,
  );
}

/** The values of a column with their numbers of products, most first. */
function countValues(products: Product[], column: Exclude<Facet, "price">) {
  const counts = new Map<string, number>();
  for (const { [column]: value } of products)
    if (typeof value === "string") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_VALUES);
}

/** Bands with about as many products each. Equal prices share a band, so that bands do not overlap. */
function priceBands(products: Product[]) {
  const prices = products.map(({ price = 0 }) => price).toSorted((a, b) => a - b);
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

/** The facets of a list that is read by `choice`. */
export function facetsPlan(ctx: Ctx, filters: Filters, choice: IndexChoice) {
  const filterOf = facetFilters(filters);
  const unfiltered = FACETS.filter((facet) => filterOf[facet] === null);
  const shared = unfiltered.length > 0 ? matching(ctx, filters, choice, unfiltered) : null;
  const own = new Map(
    FACETS.filter((facet) => filterOf[facet] !== null).map((facet) => [
      facet,
      matching(ctx, filters, choice, [facet], facet),
    ]),
  );
  return {
    statements: [...(shared ? [shared] : []), ...own.values()],
    read: (done) => {
      const found = shared ? done.of(shared) : [];
      const productsOf = (facet: Facet): Product[] => {
        const statement = own.get(facet);
        return statement ? done.of(statement) : found;
      };
      return {
        category: countValues(productsOf("category"), "category"),
        author: countValues(productsOf("author"), "author"),
        language: countValues(productsOf("language"), "language"),
        price: priceBands(productsOf("price")),
      };
    },
  } satisfies Plan<unknown>;
}
