// The one way in which a sale is made, over the counter or online: the stock is taken, the sale and its lines are written
// at the products' own prices, and the moves. What a rival may change meanwhile is decided by these statements: CHECK
// (stock >= 0), and prices that are looked up into NOT NULL columns.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { MAX_TOTAL } from "../values/money.ts";
import { Problem } from "../platform/problem.ts";
import type { PaymentMethod } from "./schema.ts";

/** SQL stands for what the batch itself decides; where it is NULL the batch is refused. */
type Placed = {
  id: string;
  channel: SQL;
  status: SQL;
  seller_id: string | null;
  shift_id: SQL;
  customer_id: string | null;
  country: string | null;
  payment_method: z.infer<typeof PaymentMethod>;
  online: Online | null;
};

/** What an online sale has besides: the address as JSON. Its number is the shop's next, its hold the shop's `hold_minutes`. */
type Online = { shipping_address: string | null; payment_provider: SQL };

// What these statements refuse where a rival was faster.
export const SALE_CONSTRAINTS = [
  "products_stock_positive",
  "sales.units",
  "sales_total_safe",
  "sale_lines.product_id",
];

/** The total of a sale, for what depends on it. Beyond 64 bits sum() fails; total() is exact for all that the CHECK lets pass. */
export const saleTotal = sql.raw("CAST(total((wanted.value ->> 'quantity') * p.price) AS INTEGER)");

/** The statements of a sale of these items: JSON `[{ product_id, quantity, line_no, move_id }]`, or SQL that yields it. */
export function saleStatements(ctx: ActorCtx, items: string | SQL, sale: Placed): SQL[] {
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const wanted = sql`FROM json_each(${items}) AS wanted
    LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.id = wanted.value ->> 'product_id' AND p.is_active = 1`;
  const { online } = sale;
  const number = sql`(SELECT coalesce(max(number), 10000) + 1 FROM sales
    WHERE tenant_id = ${tenantId} AND number IS NOT NULL)`;
  const until = sql`(SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ${at}, '+' || hold_minutes || ' minutes')
    FROM tenants WHERE id = ${tenantId})`;
  return [
    decrementStock(ctx, items),
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, shift_id, customer_id, country, payment_method,
        number, shipping_address, payment_provider, hold_expires_at, total, units, lines, placed_at, day, created_at)
      SELECT ${tenantId}, ${sale.id}, 'sale', ${sale.channel}, ${sale.status}, ${sale.seller_id}, ${sale.shift_id},
        ${sale.customer_id}, ${sale.country}, ${sale.payment_method}, ${online ? number : null},
        ${online?.shipping_address ?? null}, ${online?.payment_provider ?? null}, ${online ? until : null}, ${saleTotal},
        sum(wanted.value ->> 'quantity'), count(*), ${at}, ${dayOf(ctx.now, ctx.tenant.timezone)}, ${at} ${wanted}`,
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
      SELECT ${tenantId}, ${sale.id}, wanted.value ->> 'line_no', p.id, p.sku, p.title, wanted.value ->> 'quantity',
        p.price, (wanted.value ->> 'quantity') * p.price ${wanted}`,
    recordSaleMoves(ctx, items, "sale", sale.id),
  ];
}

/** Refuses a sale that is more than one may come to. @throws Problem amount-too-large */
export function assertTotalInRange(wanted: { quantity: number; price: number }[]): void {
  const total = wanted.reduce((sum, { quantity, price }) => sum + BigInt(quantity) * BigInt(price), 0n);
  if (total > BigInt(MAX_TOTAL))
    throw new Problem("amount-too-large", "A sale may come to 10^12 minor units at most.", {
      errors: [{ pointer: "#/items", detail: "the total is too large" }],
    });
}

/** Refuses what the stock (null: not counted) does not have; a product may be named twice. @throws Problem out-of-stock */
export function assertInStock(
  wanted: { product_id: string; quantity: number; stock: number | null }[],
): void {
  const products = Map.groupBy(wanted, ({ product_id }) => product_id);
  const items = [...products].flatMap(([product_id, lines]) => {
    const requested = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const available = lines[0]?.stock ?? null;
    return available !== null && available < requested ? [{ product_id, requested, available }] : [];
  });
  if (items.length > 0) throw new Problem("out-of-stock", "There is not enough of some products.", { items });
}
