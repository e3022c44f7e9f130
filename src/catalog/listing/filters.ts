// The filters of lists and searches. In SQL the product is `p`. Every statement starts with the shop and with whether its
// products are visible or hidden, as the indexes of products do.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { isStaff, type Ctx } from "../../platform/context.ts";
import type { ProductFilters } from "./schema.ts";

export type Filters = z.infer<typeof ProductFilters>;

export type Facet = "category" | "author" | "language" | "price";

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

/** The condition of each facet's filter, null without one. */
export const facetFilters = (filters: Filters): Record<Facet, SQL | null> => ({
  category: filters.category ? oneOf(sql`p.category`, filters.category) : null,
  author: filters.author ? oneOf(sql`p.author`, filters.author) : null,
  language: filters.language ? oneOf(sql`p.language`, filters.language) : null,
  price: priceFilter(filters),
});

/** Whether hidden products are listed instead of visible ones: with is_active=false, for staff. */
export const isHidden = (ctx: Ctx, { is_active }: Filters): boolean => is_active === "false" && isStaff(ctx);

/** The shop and visible products, or its hidden ones. */
export const shopScope = (ctx: Ctx, filters: Filters): SQL =>
  isHidden(ctx, filters)
    ? sql`p.tenant_id = ${ctx.tenant.id} AND p.is_active = 0 AND p.removed_at IS NULL`
    : sql`p.tenant_id = ${ctx.tenant.id} AND p.is_active = 1`;

/** The conditions on `products p`, to be joined by AND. */
export function filterConditions(ctx: Ctx, filters: Filters): SQL[] {
  const conditions = [shopScope(ctx, filters)];
  for (const condition of Object.values(facetFilters(filters))) if (condition) conditions.push(condition);
  if (filters.in_stock === "true") conditions.push(sql`(p.stock IS NULL OR p.stock > 0)`);
  if (filters.in_stock === "false") conditions.push(sql`p.stock = 0`);
  return conditions;
}
