// The statements that make a sale, over the counter or online: they take the stock and write the sale, its lines, its payments
// and the stock moves. They hold against concurrent writes: CHECK (stock >= 0) fails, and a product that is no longer offered
// as the line was priced is a NULL in a NOT NULL column.
import { sql, type SQL } from "drizzle-orm";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { Ctx } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { dayOf, offsetAt } from "../values/days.ts";
import { MAX_TOTAL } from "../values/money.ts";
import { fromThousandths } from "../values/quantities.ts";
import { type Fault, Problem } from "../platform/problem.ts";
import { isOfferedAs } from "./offer.ts";
import { takeBeyondStock } from "./oversell.ts";
import type { LineAmounts } from "./pricing.ts";
import type { PaymentRow } from "./settlement.ts";

/** What a line that was sold earlier keeps: the text, and the cost of `quantity` (thousandths). */
export type AgreedLine = { sku: string; description: string; quantity: number; cost: number | null };

/** A priced line: quantity in thousandths, amounts in minor units. */
export type SaleLineRow = Omit<LineAmounts, "undiscounted"> & {
  line_no: number;
  move_id: string;
  product_id: string;
  quantity: number;
  unit: string;
  list_price: number;
  unit_price: number;
  discount_reason: string | null;
  tax_rate_id: string | null;
  tax_rate: number | null;
  /** The line is not compared with what is offered now. */
  agreed?: AgreedLine;
};

/** An SQL field is evaluated within the batch; where it is NULL the batch is rejected. */
type SaleRecord = {
  id: string;
  channel: SQL;
  status: SQL;
  seller_id: string | null;
  shift_id: SQL;
  late_shift_id: SQL;
  customer_id: string | null | SQL;
  country: string | null;
  payment_method: string | null;
  discount_reason: string | null;
  rounding: number;
  approved_by: string | null;
  client_id: string | null;
  is_offline: boolean;
  placed_at: Date;
  number: SQL;
  online: OnlineFields | null;
};

/**
 * Further fields of an online sale; the address is JSON. Its hold is by default the shop's `hold_minutes`,
 * or `guest_hold_minutes` for a guest.
 * `placed_from` says where its buyer placed it.
 */
type OnlineFields = {
  shipping_address: string | null;
  payment_provider: string;
  hold_expires_at?: string;
  is_guest?: boolean;
  placed_from?: string;
};

/** The constraints that reject these statements after a concurrent change of the products. */
export const SALE_CONSTRAINTS = ["products_stock_positive", "sale_lines.product_id"];

/** SQL for `sales.kind`: NULL, which rejects the sale, if the shop has changed how its prices are meant since the request began. */
export const kindInTerms = ({ tenant }: Ctx): SQL =>
  sql`(SELECT iif(currency = ${tenant.currency} AND prices_include_tax = ${Number(tenant.prices_include_tax)}, 'sale', NULL)
    FROM tenants WHERE id = ${tenant.id})`;

/** Throws a problem if D1 rejected these statements because the prices mean something else now. @throws Problem conflict */
export function rejectChangedTerms(error: unknown): void {
  if (violates(error, "sales.kind"))
    throw new Problem(
      "conflict",
      "The currency of the shop, or whether its prices include tax, has changed. Read the prices again.",
    );
}

/** A scalar query: the next number of a series, which counts from `first`. */
export const nextNumber = (tenantId: string, series: "A" | "C" | "R", first = 1): SQL =>
  sql`(SELECT coalesce(max(number), ${first - 1}) + 1 FROM sales
    WHERE tenant_id = ${tenantId} AND series = ${series} AND number IS NOT NULL)`;

/** The statement that inserts the payments of a sale; `sign` is -1 for a refund. */
export const insertPayments = (tenantId: string, saleId: string, payments: PaymentRow[], sign: 1 | -1): SQL =>
  sql`INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount, tendered)
    SELECT ${tenantId}, ${saleId}, key + 1, value ->> 'method', ${sql.raw(String(sign))} * (value ->> 'amount'), value ->> 'tendered'
    FROM json_each(${JSON.stringify(payments)})`;

/** The columns of sale_lines that sales and refunds insert. */
export const lineColumns =
  sql.raw(`tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit, list_price,
  unit_price, discount, discount_reason, tax_rate_id, tax_rate, tax, subtotal, cost`);

// An amount beyond that of any sale is a mistake, and would endanger the sums.
const lineCost =
  sql.raw(`(SELECT iif(c.cost <= ${MAX_TOTAL}, c.cost, NULL) FROM (SELECT p.cost * (item.value ->> 'quantity' / 1000)
  + (p.cost * (item.value ->> 'quantity' % 1000) + 500) / 1000 AS cost) c)`);

/** The statements that write the lines of a sale (JSON of `SaleLineRow`) and mark their tax rates as used. */
export const insertLines = (tenantId: string, saleId: string, lines: string, isOffline: boolean): SQL[] => [
  sql`INSERT INTO sale_lines (${lineColumns})
    SELECT ${tenantId}, ${saleId}, item.value ->> 'line_no', p.id, coalesce(item.value ->> '$.agreed.sku', p.sku),
      coalesce(item.value ->> '$.agreed.description', p.title), item.value ->> 'quantity', item.value ->> 'unit',
      item.value ->> 'list_price', item.value ->> 'unit_price', item.value ->> 'discount', item.value ->> 'discount_reason',
      item.value ->> 'tax_rate_id', item.value ->> 'tax_rate', item.value ->> 'tax', item.value ->> 'subtotal',
      iif(item.value ->> '$.agreed.quantity' = item.value ->> 'quantity', item.value ->> '$.agreed.cost', ${lineCost})
    FROM json_each(${lines}) AS item
    LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.id = item.value ->> 'product_id'
      AND (item.value -> 'agreed' IS NOT NULL OR ${isOfferedAs(sql`item.value`, isOffline)})`,
  sql`UPDATE tax_rates SET is_used = 1 WHERE tenant_id = ${tenantId} AND is_used = 0
    AND id IN (SELECT value ->> 'tax_rate_id' FROM json_each(${lines}))`,
];

/** What lines take out of stock: lines with the same move are one. */
const movesOf = (lines: SaleLineRow[]) =>
  [...Map.groupBy(lines, ({ product_id, move_id }) => `${product_id} ${move_id}`).values()].map(
    ([first, ...others]) => ({
      product_id: first?.product_id,
      move_id: first?.move_id,
      line_no: first?.line_no,
      quantity: others.reduce((sum, { quantity }) => sum + quantity, first?.quantity ?? 0),
    }),
  );

/** The statements of a sale of priced lines; beyond the stock where `oversell` is true. */
export function saleStatements(
  ctx: Ctx,
  lines: SaleLineRow[],
  payments: PaymentRow[],
  sale: SaleRecord,
  oversell = false,
): SQL[] {
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const items = JSON.stringify(lines);
  const { online } = sale;
  const moved = JSON.stringify(movesOf(lines));
  const minutes = sql.raw(online?.is_guest ? "guest_hold_minutes" : "hold_minutes");
  const holdExpiresAt = sql`(SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ${at}, '+' || ${minutes} || ' minutes')
    FROM tenants WHERE id = ${tenantId})`;
  const stock = oversell
    ? takeBeyondStock(ctx, moved, sale.id)
    : [decrementStock(ctx, moved), recordSaleMoves(ctx, moved, "sale", sale.id)];
  return [
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, shift_id, late_shift_id, customer_id, country,
        payment_method, number, shipping_address, payment_provider, hold_expires_at, placed_from, discount_reason, rounding, approved_by,
        client_id, is_offline, total, tax, discount, units, lines, placed_at, day, utc_offset, created_at)
      SELECT ${tenantId}, ${sale.id}, ${kindInTerms(ctx)}, ${sale.channel}, ${sale.status}, ${sale.seller_id}, ${sale.shift_id},
        ${sale.late_shift_id}, ${sale.customer_id}, ${sale.country}, ${sale.payment_method}, ${sale.number},
        ${online?.shipping_address ?? null}, ${online?.payment_provider ?? null}, ${online ? (online.hold_expires_at ?? holdExpiresAt) : null},
        ${online?.placed_from ?? null},
        ${sale.discount_reason}, CAST(${sale.rounding} AS INTEGER), ${sale.approved_by}, ${sale.client_id},
        ${Number(sale.is_offline)}, sum(value ->> 'subtotal'), sum(value ->> 'tax'), sum(value ->> 'discount'),
        sum(value ->> 'quantity'), count(*), ${sale.placed_at.toISOString()},
        ${dayOf(sale.placed_at, ctx.tenant.timezone)}, CAST(${offsetAt(sale.placed_at, ctx.tenant.timezone)} AS INTEGER), ${at}
      FROM json_each(${items})`,
    ...insertLines(tenantId, sale.id, items, sale.is_offline),
    insertPayments(tenantId, sale.id, payments, 1),
    ...stock,
  ];
}

const tooLarge = (errors: Fault[]): Problem =>
  new Problem("amount-too-large", "A sale cannot exceed 10^12 minor units.", { errors });

/**
 * The total (gross) of priced lines in minor units. Lines and total are limited before discounts, so that the sums of discounts are
 * exact too. @throws Problem amount-too-large
 */
export function totalInRange(lines: { discount: number; subtotal: number }[]): number {
  const errors = lines.flatMap(({ discount, subtotal }, index) =>
    discount + subtotal > MAX_TOTAL
      ? [{ pointer: `#/items/${index}`, detail: "the amount is too large" }]
      : [],
  );
  if (errors.length > 0) throw tooLarge(errors);
  const sum = (field: "discount" | "subtotal"): number =>
    lines.reduce((total, line) => total + line[field], 0);
  const total = sum("subtotal");
  if (sum("discount") + total > MAX_TOTAL)
    throw tooLarge([{ pointer: "#/items", detail: "the total is too large" }]);
  return total;
}

/**
 * Checks that the stock (thousandths, null: not tracked) covers the items; several may name one product. @throws Problem out-of-stock
 */
export function assertInStock(items: { product_id: string; quantity: number; stock: number | null }[]): void {
  const products = Map.groupBy(items, ({ product_id }) => product_id);
  const missing = [...products].flatMap(([product_id, lines]) => {
    const requested = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const available = lines[0]?.stock ?? null;
    return available !== null && available < requested
      ? [{ product_id, requested: fromThousandths(requested), available: fromThousandths(available) }]
      : [];
  });
  if (missing.length > 0)
    throw new Problem("out-of-stock", "Some products have insufficient stock.", { items: missing });
}
