// Which products have a tax rate. A trigger accepts only an active one.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";

/** The number of products with this tax rate, hidden ones included, as a scalar subquery. */
export const productsWithTaxRate = (ctx: Ctx, id: string): SQL =>
  sql`(SELECT count(*) FROM products WHERE tenant_id = ${ctx.tenant.id} AND tax_rate_id = ${id})`;

/** The statement that gives all products of one tax rate another. */
export const replaceTaxRate = (ctx: Ctx, from: string, to: string): SQL =>
  sql`UPDATE products SET tax_rate_id = ${to}, version = version + 1, updated_at = ${ctx.now.toISOString()}
    WHERE tenant_id = ${ctx.tenant.id} AND tax_rate_id = ${from}`;
