// The rows of a receipt, read in one round trip.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { ShopAddress } from "../../auth/shops/profile-schema.ts";
import { columnsOf } from "../../platform/columns.ts";
import type { Ctx } from "../../platform/context.ts";
import { type Returning, returning, sqlBoolean } from "../../platform/d1.ts";
import { Unit } from "../../values/quantities.ts";
import { saleNumber } from "../record.ts";
import { soldLineRow } from "../refundable.ts";

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
  customer_tax_id: z.string().nullable(),
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

const lineRow = soldLineRow.omit({ line_no: true, product_id: true, refunded: true, cost: true }).extend({
  unit: Unit,
  tax_rate_name: z.string().nullable(),
  net: z.number(),
});

const paymentRow = z.object({ method: z.string(), amount: z.number(), tendered: z.number().nullable() });

const refundRow = z.object({
  id: z.string(),
  number: z.string().nullable(),
  placed_at: z.string(),
  is_void: sqlBoolean,
  total: z.number(),
});

export type Head = z.infer<typeof headRow>;

export type Line = z.infer<typeof lineRow>;

const originalRow = z.object({ id: z.string(), number: z.string().nullable() });

// What decides whether a line was sold with tax in its price.
const priceRow = lineRow.pick({
  quantity: true,
  unit_price: true,
  discount: true,
  net: true,
  subtotal: true,
});

const selectHead = (ctx: Ctx, id: string, isVisible: SQL): Returning<Head> =>
  returning(
    headRow,
    sql`SELECT s.id, s.kind, s.status, s.is_void, ${number}, s.placed_at, s.reason,
        e.first_name AS seller, c.name AS customer, c.tax_id AS customer_tax_id,
        s.discount, s.discount_reason, s.net, s.tax, s.total, s.rounding, t.locale, t.name, t.legal_name, t.tax_id, t.address,
        t.phone, t.receipt_header, t.receipt_footer, t.payment_methods
      FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN users e ON e.tenant_id = s.tenant_id AND e.id = s.seller_id AND e.erased_at IS NULL
      LEFT JOIN customers c ON c.tenant_id = s.tenant_id AND c.id = s.customer_id
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND ${isVisible}`,
  );

const selectLines = (ctx: Ctx, id: string) =>
  returning(
    lineRow,
    sql`SELECT l.*, r.name AS tax_rate_name
      FROM (SELECT * FROM sale_lines WHERE tenant_id = ${ctx.tenant.id} AND sale_id = ${id}) l
      LEFT JOIN tax_rates r ON r.tenant_id = l.tenant_id AND r.id = l.tax_rate_id ORDER BY l.line_no`,
  );

const selectPayments = (ctx: Ctx, id: string) =>
  returning(
    paymentRow,
    sql`SELECT method, amount, tendered FROM sale_payments WHERE tenant_id = ${ctx.tenant.id} AND sale_id = ${id}
      ORDER BY payment_no`,
  );

// Without statistics SQLite would choose the primary key, and read all sales of the shop.
const selectRefunds = (ctx: Ctx, id: string) =>
  returning(
    refundRow,
    sql`SELECT id, ${number}, placed_at, is_void, total FROM sales s INDEXED BY sales_refund_of
      WHERE tenant_id = ${ctx.tenant.id} AND refund_of = ${id} AND status = 'completed' ORDER BY placed_at, id`,
  );

/**
 * The rows of a sale or refund `s`; undefined unless it satisfies the condition. `original` is the refunded sale, `prices` are its
 * lines. One round trip.
 */
export async function readRows(ctx: Ctx, id: string, isVisible: SQL = sql`true`) {
  const inTenant = sql`tenant_id = ${ctx.tenant.id}`;
  const originalId = sql`(SELECT refund_of FROM sales WHERE ${inTenant} AND id = ${id})`;
  const head = selectHead(ctx, id, isVisible);
  const lines = selectLines(ctx, id);
  const payments = selectPayments(ctx, id);
  const refunds = selectRefunds(ctx, id);
  const original = returning(
    originalRow,
    sql`SELECT id, ${number} FROM sales s WHERE ${inTenant} AND id = ${originalId}`,
  );
  const prices = returning(
    priceRow,
    sql`SELECT ${columnsOf(priceRow)} FROM sale_lines WHERE ${inTenant} AND sale_id = ${originalId}`,
  );
  const done = await ctx.db.batch([head, lines, payments, refunds, original, prices]);
  const [sale] = done.of(head);
  if (!sale) return undefined;
  return {
    sale,
    lines: done.of(lines),
    payments: done.of(payments),
    refunds: done.of(refunds),
    original: done.of(original)[0] ?? null,
    prices: done.of(prices),
  };
}

export type Rows = NonNullable<Awaited<ReturnType<typeof readRows>>>;
