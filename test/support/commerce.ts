// Shops with taxes and rules, and the sums that the tests of commerce compare.
import { newId } from "../../src/values/ids.ts";
import { change } from "./change.ts";
import { rowsOf } from "./d1.ts";
import { newShop, type Shop } from "./shops.ts";

/** The sum of numbers, or of a field of objects. */
export function sumOf(values: number[]): number;
export function sumOf<K extends string>(values: Record<K, number>[], field: K): number;
export function sumOf(values: unknown[], field?: string): number {
  return values.reduce<number>(
    (sum, value) => sum + Number(field === undefined ? value : Reflect.get(Object(value), field)),
    0,
  );
}

type Settings = {
  currency?: string;
  includesTax?: boolean;
  cashRounding?: number;
  oversell?: "refuse" | "allow";
  maxDiscountPercent?: number;
  allowPriceOverride?: boolean;
  paymentMethods?: { method: string; name: string }[];
};

/** A shop with these settings; without them it has the defaults. Percentages are hundred-thousandths. */
export async function shopWith(settings: Settings): Promise<Shop> {
  const { currency = "EUR", includesTax = true } = settings;
  const shop = await newShop({ currency });
  await change(
    `UPDATE tenants SET prices_include_tax = ?, cash_rounding = ?, oversell = ?, max_discount_percent = ?,
      allow_price_override = ?, payment_methods = ? WHERE id = ?`,
    Number(includesTax),
    settings.cashRounding ?? 0,
    settings.oversell ?? "refuse",
    settings.maxDiscountPercent ?? 100_000,
    Number(settings.allowPriceOverride ?? true),
    JSON.stringify(settings.paymentMethods ?? []),
    shop.tenant.id,
  );
  return { ...shop, tenant: { ...shop.tenant, prices_include_tax: includesTax } };
}

/** Stores a tax rate (hundred-thousandths) and returns its id. */
export async function storeRate(shop: Shop, rate: number, isDefault = false): Promise<string> {
  const id = newId();
  await change(
    "INSERT INTO tax_rates (tenant_id, id, name, rate, is_default, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    shop.tenant.id,
    id,
    `Tax ${id}`,
    rate,
    Number(isDefault),
    new Date().toISOString(),
  );
  return id;
}

/** The sales and refunds of a shop whose header is not the sum of their lines, or whose payments are not total and rounding. */
export const unbalancedSales = (shop: Shop): Promise<Record<string, unknown>[]> =>
  rowsOf(
    `SELECT s.id, s.number, s.kind FROM sales s
      JOIN (SELECT sale_id, sum(subtotal) AS total, sum(tax) AS tax, sum(net) AS net, sum(discount) AS discount,
          sum(quantity) AS units, count(*) AS lines FROM sale_lines WHERE tenant_id = ?1 GROUP BY sale_id) l ON l.sale_id = s.id
      LEFT JOIN (SELECT sale_id, sum(amount) AS paid FROM sale_payments WHERE tenant_id = ?1 GROUP BY sale_id) y ON y.sale_id = s.id
      WHERE s.tenant_id = ?1 AND ((s.total, s.tax, s.net, s.discount, s.units, s.lines) <>
        (l.total, l.tax, l.net, l.discount, l.units, l.lines) OR y.paid IS NOT s.total + s.rounding OR s.net <> s.total - s.tax)`,
    shop.tenant.id,
  );

/** The products of a shop whose moves do not add up to their stock. */
export const unbalancedStock = (shop: Shop): Promise<Record<string, unknown>[]> =>
  rowsOf(
    `SELECT p.id, p.stock, sum(m.delta) AS moved FROM products p
      LEFT JOIN stock_moves m ON m.tenant_id = p.tenant_id AND m.product_id = p.id
      WHERE p.tenant_id = ? GROUP BY p.id HAVING p.stock IS NOT sum(m.delta)`,
    shop.tenant.id,
  );
