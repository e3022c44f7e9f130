// The keys of SKUs that were stored before products had keys: a migration can fold ASCII only.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { again } from "../../platform/sweeps.ts";
import { newId } from "../../values/ids.ts";
import { folded } from "../../values/text.ts";

const PRODUCTS_PER_PAGE = 1_000;

const productRow = z.object({ tenant_id: z.string(), id: z.string(), sku: z.string() });

/**
 * Sets the missing keys of SKUs; a page of a sweep. Where another product has the key, the audit log records the product as
 * product.sku_ambiguous, and its key ends in its id.
 */
export async function setMissingSkuKeys(ctx: Base): Promise<string | null> {
  const products = await ctx.db.all(
    productRow,
    sql`SELECT tenant_id, id, sku FROM products INDEXED BY products_without_sku_key WHERE sku_key IS NULL LIMIT ${PRODUCTS_PER_PAGE}`,
  );
  if (products.length === 0) return null;
  const rows = JSON.stringify(products.map((product) => ({ ...product, entry_id: newId() })));
  const keys = JSON.stringify(Object.fromEntries(products.map(({ id, sku }) => [id, folded(sku)])));
  const missing = sql`json_each(${rows}) j CROSS JOIN products p
    ON p.tenant_id = j.value ->> 'tenant_id' AND p.id = j.value ->> 'id' AND p.sku_key IS NULL`;
  const key = sql`(${keys} ->> products.id)`;
  await ctx.db.batch([
    sql`UPDATE OR IGNORE products SET sku_key = ${key} WHERE rowid IN (SELECT p.rowid FROM ${missing})`,
    sql`INSERT INTO audit_log (tenant_id, id, action, entity_id, after)
      SELECT p.tenant_id, j.value ->> 'entry_id', 'product.sku_ambiguous', p.id, json_object('sku', p.sku, 'same_as', other.sku)
      FROM ${missing} CROSS JOIN products other ON other.tenant_id = p.tenant_id AND other.sku_key = ${keys} ->> p.id`,
    sql`UPDATE products SET sku_key = ${key} || char(31) || id WHERE rowid IN (SELECT p.rowid FROM ${missing})`,
  ]);
  return again(products.length === PRODUCTS_PER_PAGE);
}
