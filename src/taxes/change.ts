import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditUpdate } from "../audit/log.ts";
import { productsWithTaxRate } from "../catalog/products/tax-rates.ts";
import { assignments } from "../platform/columns.ts";
import type { ActorCtx } from "../platform/context.ts";
import { returning, sqlBoolean, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { clearDefault, getTaxRate, nameExists, rateColumns, rateRow, type TaxRateBody } from "./rates.ts";
import type { TaxRatePatch } from "./schema.ts";

type Patch = z.infer<typeof TaxRatePatch>;

/**
 * Changes the given fields of a tax rate. One round trip.
 * @throws Problem not-found, tax-rate-exists, tax-rate-used, tax-rate-in-use, tax-rate-inactive
 */
export async function changeTaxRate(ctx: ActorCtx, id: string, patch: Patch): Promise<TaxRateBody> {
  const { is_active, ...fields } = patch;
  const changes = assignments(fields);
  if (is_active === true) changes.push(sql`is_active = 1`);
  // A NULL in a NOT NULL column rejects the batch.
  if (is_active === false) changes.push(sql`is_active = iif(${productsWithTaxRate(ctx, id)} = 0, 0, NULL)`);
  if (changes.length === 0) return getTaxRate(ctx, id);
  const where = sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const changed = returning(
    rateRow,
    sql`UPDATE tax_rates SET ${sql.join(changes, sql`, `)} ${where} RETURNING ${rateColumns}`,
  );
  try {
    const done = await ctx.db.batch([
      auditUpdate(ctx, "tax_rate.changed", id, patch, sql`FROM tax_rates ${where}`),
      ...(patch.is_default === true ? [clearDefault(ctx, id)] : []),
      changed,
      // Cached reports have the names of rates.
      sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${ctx.tenant.id} AND changes() = 1`,
    ]);
    const [rate] = done.of(changed);
    if (rate) return rate;
  } catch (error) {
    throw (await problemOf(ctx, id, patch, error)) ?? error;
  }
  throw notFound("tax rate");
}

/** The problem behind a change that D1 rejected; null for any other error. */
async function problemOf(ctx: ActorCtx, id: string, patch: Patch, error: unknown): Promise<Problem | null> {
  if (violates(error, "tax_rates.tenant_id")) return nameExists();
  if (violates(error, "tax_rate_used"))
    return new Problem(
      "tax-rate-used",
      `Sales have been taxed with this rate, so it cannot change. Add the new rate with POST /tax-rates and "replaces": "${id}": it takes over the products and the default.`,
    );
  if (violates(error, "tax_rates.is_active")) return inUse(ctx, id);
  if (!violates(error, "tax_rates_is_default")) return null;
  return patch.is_active === false
    ? inUse(ctx, id)
    : new Problem("tax-rate-inactive", "An inactive tax rate cannot be the default. Activate it first.");
}

const usageRow = z.object({ products: z.number(), is_default: sqlBoolean });

async function inUse(ctx: ActorCtx, id: string): Promise<Problem> {
  const [usage] = await ctx.db.all(
    usageRow,
    sql`SELECT ${productsWithTaxRate(ctx, id)} AS products, is_default FROM tax_rates
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
  );
  const { products, is_default } = usage ?? { products: 0, is_default: false };
  return new Problem(
    "tax-rate-in-use",
    `The tax rate is ${is_default ? "the default of the shop, and " : ""}the rate of ${products === 1 ? "1 product" : `${products} products`}. Replace it with POST /tax-rates and "replaces": "${id}", or change them first.`,
    { products, is_default },
  );
}
