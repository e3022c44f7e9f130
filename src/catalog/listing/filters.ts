// Which products a list or a search keeps. In its SQL the product is `p`; every statement starts with the shop and with
// whether it is of the shown or of the hidden ones, as the indexes of products do.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { ProductFilters } from "./schema.ts";

export type Filters = z.infer<typeof ProductFilters>;

/** What facets are made of: a facet is counted without its own filter. */
export type Facet = "category" | "author" | "language" | "price";

export const isStaff = (ctx: Ctx): boolean => ctx.actor !== null && ctx.actor.role !== "CUSTOMER";

/** One of several values; many travel as one parameter. */
const oneOf = (column: SQL, values: string[]): SQL =>
  values.length === 1
    ? sql`${column} = ${values[0]}`
    : sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

function priceFilter({ price_min, price_max }: Filters): SQL | null {
  const bounds: SQL[] = [];
  if (price_min !== undefined) bounds.push(sql`p.price >= ${price_min}`);
  if (price_max !== undefined) bounds.push(sql`p.price <= ${price_max}`);
  return bounds.length > 0 ? sql.join(bounds, sql` AND `) : null;
}

/** The filter of each facet, null where none is asked for. */
export const facetFilters = (filters: Filters): Record<Facet, SQL | null> => ({
  category: filters.category ? oneOf(sql`p.category`, filters.category) : null,
  author: filters.author ? oneOf(sql`p.author`, filters.author) : null,
  language: filters.language ? oneOf(sql`p.language`, filters.language) : null,
  price: priceFilter(filters),
});

/** The shop, and whether it is the shown ones or, for staff who ask, the hidden ones. */
export const scopeOf = (ctx: Ctx, filters: Filters): SQL =>
  sql`p.tenant_id = ${ctx.tenant.id} AND p.is_active = ${filters.is_active === "false" && isStaff(ctx) ? 0 : 1}`;

/** All conditions on `products p`, to be joined by AND; those of the facet `except` are left out. */
export function filtersOf(ctx: Ctx, filters: Filters, except?: Facet): SQL[] {
  const conditions = [scopeOf(ctx, filters)];
  for (const [facet, condition] of Object.entries(facetFilters(filters)))
    if (condition && facet !== except) conditions.push(condition);
  if (filters.in_stock === "true") conditions.push(sql`(p.stock IS NULL OR p.stock > 0)`);
  if (filters.in_stock === "false") conditions.push(sql`p.stock = 0`);
  return conditions;
}
