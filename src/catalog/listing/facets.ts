// Counts the products that match the filters of a list by category, author, language and price. Each facet ignores its own
// filter, so that it shows what another choice would return. Each product is read once for all facets that may count it.
import { sql } from "drizzle-orm";
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
const matching = (ctx: Ctx, filters: Filters, columns: Facet[], index: string | null, except?: Facet) =>
  returning(
    productShape,
    sql`SELECT ${sql.raw(columns.map((column) => `p.${column}`).join(", "))}
      FROM products p ${index === null ? sql`` : sql`INDEXED BY ${sql.raw(index)}`}
      WHERE ${sql.join(filterConditions(ctx, filters, except), sql` AND `)}`,
  );

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

/** Whether a product matches the filters of the facets other than `except`. */
function isMatching(
  { category, author, language, price = 0 }: Product,
  filters: Filters,
  except: Facet,
): boolean {
  const isOneOf = (facet: Facet, values: string[] | undefined, value: string | null | undefined): boolean =>
    facet === except || !values || (typeof value === "string" && values.includes(value));
  const { price_min = 0, price_max = Infinity } = filters;
  return (
    isOneOf("category", filters.category, category) &&
    isOneOf("author", filters.author, author) &&
    isOneOf("language", filters.language, language) &&
    (except === "price" || (price >= price_min && price <= price_max))
  );
}

type ProductsOf = Plan<(facet: Facet) => Product[]>;

/** For several filters of which one is selective: what each facet counts. Facets without a filter share their products. */
function selected(ctx: Ctx, filters: Filters, { index, facet: served }: IndexChoice): ProductsOf {
  const filterOf = facetFilters(filters);
  const unfiltered = FACETS.filter((facet) => filterOf[facet] === null);
  const shared = unfiltered.length > 0 ? matching(ctx, filters, unfiltered, index) : null;
  const own = new Map(
    FACETS.filter((facet) => filterOf[facet] !== null).map((facet) => [
      facet,
      // Without the filter that the index serves the planner chooses.
      matching(ctx, filters, [facet], served === facet ? null : index, facet),
    ]),
  );
  return {
    statements: [...(shared ? [shared] : []), ...own.values()],
    read: (done) => {
      const found = shared ? done.of(shared) : [];
      return (facet) => {
        const statement = own.get(facet);
        return statement ? done.of(statement) : found;
      };
    },
  };
}

/** Otherwise: all products of the shop, which are filtered here for each facet, since each ignores its own filter. */
function unselected(ctx: Ctx, { is_active, in_stock, ...filters }: Filters, choice: IndexChoice): ProductsOf {
  const index = choice.facet === "stock" ? choice.index : "products_newest";
  const all = matching(ctx, { is_active, in_stock }, FACETS, index);
  return {
    statements: [all],
    read: (done) => {
      const products = done.of(all);
      return (facet) => products.filter((product) => isMatching(product, filters, facet));
    },
  };
}

/** The facets of a list that is read by `choice`. */
export function facetsPlan(ctx: Ctx, filters: Filters, choice: IndexChoice) {
  const filtered = Object.values(facetFilters(filters)).filter((filter) => filter !== null);
  const read = choice.isSelective && filtered.length > 1 ? selected : unselected;
  const products = read(ctx, filters, choice);
  return {
    statements: products.statements,
    read: (done) => {
      const of = products.read(done);
      return {
        category: countValues(of("category"), "category"),
        author: countValues(of("author"), "author"),
        language: countValues(of("language"), "language"),
        price: priceBands(of("price")),
      };
    },
  } satisfies Plan<unknown>;
}
