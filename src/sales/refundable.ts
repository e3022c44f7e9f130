// A sale as a refund needs it.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { columnsOf } from "../platform/columns.ts";
import type { Ctx } from "../platform/context.ts";
import { type BatchResult, returning, type Statement } from "../platform/d1.ts";

const headRow = z.object({
  kind: z.string(),
  status: z.string(),
  channel: z.string(),
  seller_id: z.string().nullable(),
  shift_id: z.string().nullable(),
  total: z.number(),
  // Of the sale and its refunds so far.
  rounding: z.number(),
  // The cash that its refunds so far have paid back, before and after cash rounding.
  cash_due: z.number(),
  cash_paid: z.number(),
  payment_state: z.string(),
});

/** A line as it was sold: quantities in thousandths, amounts in minor units. */
export const soldLineRow = z.object({
  line_no: z.number(),
  product_id: z.string(),
  sku: z.string(),
  description: z.string(),
  quantity: z.number(),
  unit: z.string(),
  list_price: z.number(),
  unit_price: z.number(),
  exact_price: z.string().nullable(),
  discount: z.number(),
  discount_reason: z.string().nullable(),
  tax_rate_id: z.string().nullable(),
  tax_rate: z.number().nullable(),
  tax: z.number(),
  subtotal: z.number(),
  refunded: z.number(),
  cost: z.number().nullable(),
});

// With the unit of the product now.
const lineRow = soldLineRow.extend({ stock_unit: z.string() });

/** Whether the product of a line is now counted in another unit, so that its quantity cannot return to the stock. */
export const hasOtherUnit = ({ unit, stock_unit }: SoldLine): boolean => unit !== stock_unit;

/** What was paid by a method (minor units), and what of the total is left of it after the refunds so far, without cash rounding. */
const paymentRow = z.object({ method: z.string(), amount: z.number(), left: z.number() });

export type SoldLine = z.infer<typeof lineRow>;

export type RefundableSale = z.infer<typeof headRow> & {
  lines: SoldLine[];
  payments: z.infer<typeof paymentRow>[];
};

const stockUnit = sql.raw(
  "(SELECT p.unit FROM products p WHERE p.tenant_id = l.tenant_id AND p.id = l.product_id) AS stock_unit",
);

const columns = sql`${columnsOf(soldLineRow)}, ${stockUnit}`;

/**
 * A scalar query: what was paid for a sale and paid back so far, as text that differs after a correction or refund. How a refund is
 * paid back depends on it, also where concurrent refunds have no line in common.
 */
export const paymentState = (tenantId: string, saleId: string): SQL =>
  sql`(SELECT json_group_array(json_array(y.sale_id, y.method, y.amount) ORDER BY y.sale_id, y.payment_no) FROM sale_payments y
    WHERE y.tenant_id = ${tenantId} AND y.sale_id IN (SELECT ${saleId} UNION ALL
      SELECT id FROM sales INDEXED BY sales_refund_of WHERE tenant_id = ${tenantId} AND refund_of = ${saleId}))`;

/** Reads a sale, together with other reads. One round trip. */
export async function readRefundable(
  ctx: Ctx,
  saleId: string,
  others: Statement[],
): Promise<{ sale: RefundableSale | null; done: BatchResult }> {
  const inTenant = sql`tenant_id = ${ctx.tenant.id}`;
  const ofRefunds = sql`sales r INDEXED BY sales_refund_of`;
  const isRefund = sql`r.tenant_id = ${ctx.tenant.id} AND r.refund_of = ${saleId}`;
  const roundingBack = sql`coalesce((SELECT sum(r.rounding) FROM ${ofRefunds} WHERE ${isRefund}), 0)`;
  const cashBack = sql`coalesce((SELECT sum(-back.amount) FROM ${ofRefunds}
    CROSS JOIN sale_payments back ON back.tenant_id = r.tenant_id AND back.sale_id = r.id AND back.method = 'cash'
    WHERE ${isRefund}), 0)`;
  const head = returning(
    headRow,
    sql`SELECT kind, status, channel, seller_id, shift_id, total, rounding + ${roundingBack} AS rounding,
        ${cashBack} AS cash_paid, ${cashBack} + ${roundingBack} AS cash_due,
        ${paymentState(ctx.tenant.id, saleId)} AS payment_state
      FROM sales WHERE ${inTenant} AND id = ${saleId}`,
  );
  const lines = returning(
    lineRow,
    sql`SELECT ${columns} FROM sale_lines l WHERE ${inTenant} AND sale_id = ${saleId} ORDER BY line_no`,
  );
  const payments = returning(
    paymentRow,
    sql`SELECT method, sum(amount) AS amount, sum(amount) + coalesce((
        SELECT sum(back.amount) FROM ${ofRefunds}
        CROSS JOIN sale_payments back ON back.tenant_id = r.tenant_id AND back.sale_id = r.id AND back.method = paid.method
        WHERE ${isRefund}), 0) AS left
      FROM sale_payments paid WHERE ${inTenant} AND sale_id = ${saleId} GROUP BY method ORDER BY min(payment_no)`,
  );
  const done = await ctx.db.batch([...others, head, lines, payments]);
  const [row] = done.of(head);
  if (!row) return { sale: null, done };
  const left = done
    .of(payments)
    .map((payment) =>
      payment.method === "cash" ? { ...payment, left: payment.left - row.rounding } : payment,
    );
  return { sale: { ...row, lines: done.of(lines), payments: left }, done };
}
