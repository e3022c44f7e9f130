// The statements that make a sale, over the counter or online: they decrement the stock and write the sale, its lines and
// the stock moves at the products' current prices. They hold against concurrent writes: CHECK (stock >= 0) fails, and a
// price that is no longer found is a NULL in a NOT NULL column.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { dayOf } from "../values/days.ts";
import { MAX_TOTAL } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import type { PaymentMethod } from "./schema.ts";

/** An SQL field is evaluated within the batch; where it is NULL the batch is rejected. */
type SaleRecord = {
  id: string;
  channel: SQL;
  status: SQL;
  seller_id: string | null;
  shift_id: SQL;
  customer_id: string | null;
  country: string | null;
  payment_method: z.infer<typeof PaymentMethod>;
  online: OnlineFields | null;
};

/** Further fields of an online sale; the address is JSON. Its number is the shop's next, its hold the shop's `hold_minutes`. */
type OnlineFields = { shipping_address: string | null; payment_provider: SQL };

/** The constraints that reject these statements after a concurrent change of the products. */
export const SALE_CONSTRAINTS = [
  "products_stock_positive",
  "sales.units",
  "sales_total_safe",
  "sale_lines.product_id",
];

// NULL, which rejects the sale, if the shop has changed its currency since the request was authenticated.
const kindInCurrency = ({ tenant }: ActorCtx): SQL =>
  sql`(SELECT iif(currency = ${tenant.currency}, 'sale', NULL) FROM tenants WHERE id = ${tenant.id})`;

/** Throws a problem if D1 rejected these statements because the currency has changed. @throws Problem conflict */
export function rejectChangedCurrency(error: unknown): void {
  if (violates(error, "sales.kind"))
    throw new Problem("conflict", "The currency of the shop has changed. Read the prices again.");
}

/** The total of the sale within its own statement. Beyond 64 bits sum() fails; total() is exact for all that the CHECK accepts. */
export const saleTotal = sql.raw("CAST(total((item.value ->> 'quantity') * p.price) AS INTEGER)");

/** The statements of a sale of these items: JSON `[{ product_id, quantity, line_no, move_id }]`, or SQL that yields it. */
export function saleStatements(ctx: ActorCtx, items: string | SQL, sale: SaleRecord): SQL[] {
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const fromItems = sql`FROM json_each(${items}) AS item
    LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.id = item.value ->> 'product_id' AND p.is_active = 1`;
  const { online } = sale;
  const nextNumber = sql`(SELECT coalesce(max(number), 10000) + 1 FROM sales
    WHERE tenant_id = ${tenantId} AND number IS NOT NULL)`;
  const holdExpiresAt = sql`(SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ${at}, '+' || hold_minutes || ' minutes')
    FROM tenants WHERE id = ${tenantId})`;
  return [
    decrementStock(ctx, items),
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, shift_id, customer_id, country, payment_method,
        number, shipping_address, payment_provider, hold_expires_at, total, units, lines, placed_at, day, created_at)
      SELECT ${tenantId}, ${sale.id}, ${kindInCurrency(ctx)}, ${sale.channel}, ${sale.status}, ${sale.seller_id}, ${sale.shift_id},
        ${sale.customer_id}, ${sale.country}, ${sale.payment_method}, ${online ? nextNumber : null},
        ${online?.shipping_address ?? null}, ${online?.payment_provider ?? null}, ${online ? holdExpiresAt : null},
        ${saleTotal}, sum(item.value ->> 'quantity'), count(*), ${at}, ${dayOf(ctx.now, ctx.tenant.timezone)}, ${at}
      ${fromItems}`,
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
      SELECT ${tenantId}, ${sale.id}, item.value ->> 'line_no', p.id, p.sku, p.title, item.value ->> 'quantity',
        p.price, (item.value ->> 'quantity') * p.price ${fromItems}`,
    recordSaleMoves(ctx, items, "sale", sale.id),
  ];
}

/** Checks that the total (prices in minor units) is within the limit of one sale. @throws Problem amount-too-large */
export function assertTotalInRange(items: { quantity: number; price: number }[]): void {
  const total = items.reduce((sum, { quantity, price }) => sum + BigInt(quantity) * BigInt(price), 0n);
  if (total > BigInt(MAX_TOTAL))
    throw new Problem("amount-too-large", "The total of a sale cannot exceed 10^12 minor units.", {
      errors: [{ pointer: "#/items", detail: "the total is too large" }],
    });
}

/** Checks that the stock (null: not tracked) covers the items; several may name one product. @throws Problem out-of-stock */
export function assertInStock(items: { product_id: string; quantity: number; stock: number | null }[]): void {
  const products = Map.groupBy(items, ({ product_id }) => product_id);
  const missing = [...products].flatMap(([product_id, lines]) => {
    const requested = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const available = lines[0]?.stock ?? null;
    return available !== null && available < requested ? [{ product_id, requested, available }] : [];
  });
  if (missing.length > 0)
    throw new Problem("out-of-stock", "Some products have insufficient stock.", { items: missing });
}
