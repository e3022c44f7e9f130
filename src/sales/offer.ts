// What a sale is priced with: the products with their tax rates. The batch of the sale compares it again, so a price or rate that
// changes between the two is a NULL in a NOT NULL column, and the sale is priced anew.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning, type Returning } from "../platform/d1.ts";

/** A scalar query: the id of the tax rate of the product `p`, its own or the default of the shop. */
const taxRateIdOf = sql.raw(`coalesce(p.tax_rate_id,
  (SELECT d.id FROM tax_rates d WHERE d.tenant_id = p.tenant_id AND d.is_default = 1))`);

/** Columns of the product `p`: the id and the rate (hundred-thousandths) of its tax; NULL for a product without tax. */
export const taxColumns = sql`${taxRateIdOf} AS tax_rate_id,
  (SELECT r.rate FROM tax_rates r WHERE r.tenant_id = p.tenant_id AND r.id = ${taxRateIdOf}) AS tax_rate`;

const offeredRow = z.object({
  id: z.string(),
  price: z.number(),
  stock: z.number().nullable(),
  unit: z.string(),
  tax_rate_id: z.string().nullable(),
  tax_rate: z.number().nullable(),
});

export type Offered = z.infer<typeof offeredRow>;

/** An offline sale may be of a product that was hidden since: its goods were handed over. */
const isSellable = (isOffline: boolean): SQL =>
  isOffline ? sql`p.removed_at IS NULL` : sql`p.is_active = 1`;

/** Reads price, unit, tax and stock (thousandths, null: not tracked) of the products among the items that can be sold. */
export const selectOffered = (ctx: Ctx, items: string, isOffline: boolean): Returning<Offered> =>
  returning(
    offeredRow,
    sql`SELECT p.id, p.price, p.stock, p.unit, ${taxColumns} FROM products p
      WHERE p.tenant_id = ${ctx.tenant.id} AND ${isSellable(isOffline)}
        AND p.id IN (SELECT value ->> 'product_id' FROM json_each(${items}))`,
  );

/** The condition that the product `p` is offered as the line `item` (JSON) was priced. */
export const isOfferedAs = (
  item: SQL,
  isOffline: boolean,
): SQL => sql`${isSellable(isOffline)} AND p.price = ${item} ->> 'list_price'
  AND p.unit = ${item} ->> 'unit' AND ${taxRateIdOf} IS ${item} ->> 'tax_rate_id'
  AND (SELECT r.rate FROM tax_rates r WHERE r.tenant_id = p.tenant_id AND r.id = ${item} ->> 'tax_rate_id')
    IS ${item} ->> 'tax_rate'`;
