// The receipt of a sale or refund, from the rows it was sold with: later changes of prices, tax rates or rules do not change it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { ShopAddress } from "../../auth/shops/profile-schema.ts";
import { columnsOf } from "../../platform/columns.ts";
import { isStaff, type ActorCtx } from "../../platform/context.ts";
import { type Returning, returning, sqlBoolean } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { fromThousandths, Unit } from "../../values/quantities.ts";
import { amountOf } from "../pricing.ts";
import { saleNumber } from "../record.ts";
import type { Receipt } from "./schema.ts";
import { wordsOf } from "./words.ts";

type ReceiptBody = z.infer<typeof Receipt>;

/** The number of the sale `s` as people read it; of an imported sale the invoice number of its file. */
const number = sql`iif(s.number IS NULL, s.external_ref, ${saleNumber}) AS number`;

const jsonColumn = <T extends z.ZodType>(shape: T) =>
  z.string().transform((text): z.infer<T> => shape.parse(JSON.parse(text)));

const headRow = z.object({
  id: z.string(),
  kind: z.enum(["sale", "refund"]),
  status: z.string(),
  is_void: sqlBoolean,
  number: z.string().nullable(),
  placed_at: z.string(),
  reason: z.string().nullable(),
  seller: z.string().nullable(),
  customer: z.string().nullable(),
  discount: z.number(),
  discount_reason: z.string().nullable(),
  net: z.number(),
  tax: z.number(),
  total: z.number(),
  rounding: z.number(),
  locale: z.string(),
  name: z.string(),
  legal_name: z.string().nullable(),
  tax_id: z.string().nullable(),
  address: jsonColumn(ShopAddress).nullable(),
  phone: z.string().nullable(),
  receipt_header: z.string().nullable(),
  receipt_footer: z.string().nullable(),
  payment_methods: jsonColumn(z.array(z.looseObject({ method: z.string(), name: z.string() }))),
});

const lineRow = z.object({
  sku: z.string(),
  description: z.string(),
  quantity: z.number(),
  unit: Unit,
  list_price: z.number(),
  unit_price: z.number(),
  exact_price: z.string().nullable(),
  discount: z.number(),
  discount_reason: z.string().nullable(),
  tax_rate_id: z.string().nullable(),
  tax_rate_name: z.string().nullable(),
  tax_rate: z.number().nullable(),
  net: z.number(),
  tax: z.number(),
  subtotal: z.number(),
});

const paymentRow = z.object({ method: z.string(), amount: z.number(), tendered: z.number().nullable() });

const refundRow = z.object({
  id: z.string(),
  number: z.string().nullable(),
  placed_at: z.string(),
  is_void: sqlBoolean,
  total: z.number(),
});

type Line = z.infer<typeof lineRow>;

const originalRow = z.object({ id: z.string(), number: z.string().nullable() });

const priceRow = lineRow.pick({
  quantity: true,
  unit_price: true,
  discount: true,
  net: true,
  subtotal: true,
});

/**
 * The receipt of a completed sale or refund: of any sale of the shop for staff, of their own for customers. One round trip.
 * @throws Problem not-found, no-receipt
 */
export async function getReceipt(ctx: ActorCtx, id: string): Promise<ReceiptBody> {
  const head = selectHead(ctx, id);
  const ofSale = sql`tenant_id = ${ctx.tenant.id} AND sale_id = ${id}`;
  const lines = returning(
    lineRow,
    sql`SELECT l.*, r.name AS tax_rate_name
      FROM (SELECT * FROM sale_lines WHERE ${ofSale}) l
      LEFT JOIN tax_rates r ON r.tenant_id = l.tenant_id AND r.id = l.tax_rate_id ORDER BY l.line_no`,
  );
  const payments = returning(
    paymentRow,
    sql`SELECT method, amount, tendered FROM sale_payments WHERE ${ofSale} ORDER BY payment_no`,
  );
  const refunds = returning(
    refundRow,
    sql`SELECT id, ${number}, placed_at, is_void, total FROM sales s INDEXED BY sales_refund_of
      WHERE tenant_id = ${ctx.tenant.id} AND refund_of = ${id} AND status = 'completed' ORDER BY placed_at, id`,
  );
  const originalId = sql`(SELECT refund_of FROM sales WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`;
  const original = returning(
    originalRow,
    sql`SELECT id, ${number} FROM sales s WHERE tenant_id = ${ctx.tenant.id} AND id = ${originalId}`,
  );
  const originalPrices = returning(
    priceRow,
    sql`SELECT ${columnsOf(priceRow)} FROM sale_lines WHERE tenant_id = ${ctx.tenant.id} AND sale_id = ${originalId}`,
  );
  const done = await ctx.db.batch([head, lines, payments, refunds, original, originalPrices]);
  const [sale] = done.of(head);
  if (!sale) throw notFound("sale");
  if (sale.status !== "completed")
    throw new Problem("no-receipt", `This sale is ${sale.status}; its receipt exists once it is completed.`);
  const { kind, name, legal_name, tax_id, address, phone, receipt_header, receipt_footer } = sale;
  const taxes = taxesOf(done.of(lines));
  const prices = done.of(originalPrices);
  const includesTax = pricesIncludeTax(prices.length > 0 ? prices : done.of(lines));
  const paid = done.of(payments);
  const refunded = done.of(refunds);
  const methodName = methodNames(sale);
  return {
    id,
    kind,
    is_void: sale.is_void || refunded.some((refund) => refund.is_void),
    number: sale.number,
    placed_at: sale.placed_at,
    locale: sale.locale,
    currency: ctx.tenant.currency,
    timezone: ctx.tenant.timezone,
    shop: { name, legal_name, tax_id, address, phone, receipt_header, receipt_footer },
    seller: sale.seller,
    customer: sale.customer,
    refund_of: done.of(original)[0] ?? null,
    reason: sale.reason,
    prices_include_tax: includesTax,
    items: done.of(lines).map((line) => ({
      ...line,
      quantity: fromThousandths(line.quantity),
      amount: includesTax ? line.subtotal : line.net,
      tax_mark: taxes.find((tax) => isOf(tax, line))?.mark ?? "",
    })),
    discount: sale.discount,
    discount_reason: sale.discount_reason,
    taxes,
    net: sale.net,
    tax: sale.tax,
    total: sale.total,
    rounding: sale.rounding,
    payments: paid.map((payment) => ({ ...payment, name: methodName(payment.method) })),
    change: paid.reduce((sum, { amount, tendered }) => sum + (tendered ?? amount) - amount, 0),
    refunds: refunded,
  };
}

function selectHead(ctx: ActorCtx, id: string): Returning<z.infer<typeof headRow>> {
  const isVisible = isStaff(ctx) ? sql`` : sql`AND s.customer_id = ${ctx.actor.id}`;
  return returning(
    headRow,
    sql`SELECT s.id, s.kind, s.status, s.is_void, ${number}, s.placed_at, s.reason,
        e.first_name AS seller, c.first_name || ' ' || c.last_name AS customer,
        s.discount, s.discount_reason, s.net, s.tax, s.total, s.rounding, t.locale, t.name, t.legal_name, t.tax_id, t.address,
        t.phone, t.receipt_header, t.receipt_footer, t.payment_methods
      FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN users e ON e.tenant_id = s.tenant_id AND e.id = s.seller_id AND e.erased_at IS NULL
      LEFT JOIN users c ON c.tenant_id = s.tenant_id AND c.id = s.customer_id AND c.erased_at IS NULL
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} ${isVisible}`,
  );
}

type Tax = ReceiptBody["taxes"][number] & { rateId: string | null };

const isOf = (tax: Tax, line: Line): boolean => tax.rateId === line.tax_rate_id && tax.rate === line.tax_rate;

/** The tax by rate, highest rate first and what is untaxed last. */
function taxesOf(lines: Line[]): Tax[] {
  const taxes: Tax[] = [];
  for (const line of lines) {
    let tax = taxes.find((each) => isOf(each, line));
    if (!tax) {
      const { tax_rate_id: rateId, tax_rate: rate, tax_rate_name: name } = line;
      tax = { rateId, mark: "", name, rate, net: 0, tax: 0, gross: 0 };
      taxes.push(tax);
    }
    tax.net += line.net;
    tax.tax += line.tax;
    tax.gross += line.subtotal;
  }
  return taxes
    .toSorted((a, b) => (b.rate ?? -1) - (a.rate ?? -1))
    .map((tax, index) => ({ ...tax, mark: markOf(index) }));
}

const markOf = (index: number): string => (index < 26 ? String.fromCodePoint(65 + index) : String(index + 1));

/**
 * Whether prices included tax when these lines were sold: the shop may have changed its rule since. What the prices and
 * discounts add up to is then the gross amount, otherwise the net amount.
 */
function pricesIncludeTax(lines: z.infer<typeof priceRow>[]): boolean {
  const sumOf = (amountOfLine: (line: z.infer<typeof priceRow>) => number): number =>
    lines.reduce((sum, line) => sum + amountOfLine(line), 0);
  const charged = sumOf(({ quantity, unit_price, discount }) => amountOf(unit_price, quantity) - discount);
  const distanceTo = (field: "net" | "subtotal"): number => Math.abs(charged - sumOf((line) => line[field]));
  return distanceTo("subtotal") <= distanceTo("net");
}

/** Names payment methods: the usual ones in the language of the shop, its own as the shop does. */
function methodNames(shop: z.infer<typeof headRow>): (method: string) => string {
  const { methods } = wordsOf(shop.locale).words;
  const names = new Map([
    ...Object.entries(methods),
    ...shop.payment_methods.map(({ method, name }) => [method, name] as const),
  ]);
  return (method) => names.get(method) ?? method;
}
