// Tax rates, and sales with tax, written by SQL.
import { sql } from "drizzle-orm";
import { newId } from "../../src/values/ids.ts";
import { API, call } from "./client.ts";
import { base, type Shop } from "./shops.ts";

export type Rate = { id: string; name: string; rate: number; is_default: boolean };

/** Adds a tax rate over HTTP. */
export async function newTaxRate(shop: Shop, fields: Record<string, unknown> = {}): Promise<Rate> {
  const name = `Tax ${newId().slice(-8)}`;
  const json = { name, rate: 21_000, ...fields };
  return (await call("POST", `${API}/tax-rates`, { token: shop.admin.token, json })).body;
}

export type TaxedLine = { rate?: Rate | null; net: number; tax?: number };

/** The sale, refund (amounts are positive) or import of these lines of one product on a day, which becomes dirty. */
export async function insertSale(
  shop: Shop,
  productId: string,
  day: string,
  lines: TaxedLine[],
  { kind = "sale", channel = "counter", status = "completed" } = {},
): Promise<void> {
  const sign = kind === "refund" ? -1 : 1;
  const rows = lines.map(({ rate = null, net, tax = 0 }) => ({
    rate_id: rate?.id ?? null,
    rate: rate?.rate ?? null,
    gross: sign * (net + tax),
    tax: sign * tax,
  }));
  const sumOf = (column: "gross" | "tax"): number => rows.reduce((sum, row) => sum + row[column], 0);
  const [tenant, id, at] = [shop.tenant.id, newId(), `${day}T10:00:00.000Z`];
  await base().db.batch([
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, total, tax, units, lines, placed_at, day, created_at)
      VALUES (${tenant}, ${id}, ${kind}, ${channel}, ${status}, ${sumOf("gross")}, ${sumOf("tax")},
        ${sign * 1000 * rows.length}, ${rows.length}, ${at}, ${day}, ${at})`,
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal,
        tax_rate_id, tax_rate, tax)
      SELECT ${tenant}, ${id}, key + 1, ${productId}, 'sku', 'A book', ${sign * 1000}, 0, value ->> 'gross',
        value ->> 'rate_id', value ->> 'rate', value ->> 'tax' FROM json_each(${JSON.stringify(rows)})`,
    sql`UPDATE tax_rates SET is_used = 1 WHERE tenant_id = ${tenant}
      AND id IN (SELECT value ->> 'rate_id' FROM json_each(${JSON.stringify(rows)}))`,
    sql`INSERT INTO dirty_days (tenant_id, day) VALUES (${tenant}, ${day}) ON CONFLICT DO NOTHING`,
    sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenant}`,
  ]);
}

/** Gives a product this tax rate. */
export const giveRate = (shop: Shop, productId: string, rateId: string | null): Promise<void> =>
  base().db.run(
    sql`UPDATE products SET tax_rate_id = ${rateId} WHERE tenant_id = ${shop.tenant.id} AND id = ${productId}`,
  );
