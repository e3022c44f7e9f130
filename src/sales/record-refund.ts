import { sql, type SQL } from "drizzle-orm";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import type { IdempotentRequest } from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { storeOrderMail } from "./order-mails.ts";
import type { RefundedLine } from "./refund-amounts.ts";
import { completeRefund, insertRefund, type RefundBody, refundIn } from "./refund-statements.ts";
import { paymentState, type SoldLine } from "./refundable.ts";
import { insertPayments, lineColumns } from "./sale-statements.ts";
import { singleMethod, type Settlement } from "./settlement.ts";

/**
 * A refund with positive amounts of a sale with this `payment_state`. An SQL field is evaluated within the batch; a NULL channel
 * rejects it.
 */
type RefundRecord = Settlement & {
  payment_state: string;
  /** Whether the sale is an order, whose customer gets a mail. */
  is_order: boolean;
  lines: RefundedLine<SoldLine>[];
  reason: string;
  restock: boolean;
  channel: SQL;
  shift_id: SQL;
};

/**
 * Records a refund of a sale in one batch, which a concurrent refund or correction of the payments of the sale rejects, and with
 * `restock` a change of the unit of a product (`sale_lines_refunded`).
 */
export async function recordRefund(
  ctx: ActorCtx,
  saleId: string,
  request: IdempotentRequest | null,
  { payment_state, is_order, lines, payments, rounding, reason, restock, channel, shift_id }: RefundRecord,
): Promise<RefundBody> {
  const id = newId();
  const tenantId = ctx.tenant.id;
  const negativeSum = (field: "quantity" | "discount" | "tax" | "subtotal"): SQL =>
    sql`CAST(${-lines.reduce((total, line) => total + line[field], 0)} AS INTEGER)`;
  const rows = lines.map(({ line, quantity, discount, tax, subtotal, cost }, index) => ({
    ...line,
    of_line: line.line_no,
    line_no: index + 1,
    quantity: -quantity,
    discount: -discount,
    tax: -tax,
    subtotal: -subtotal,
    cost: cost === null ? null : -cost,
    move_id: newId(),
  }));
  const json = JSON.stringify(rows);
  const isRestockable = restock
    ? sql`line.value ->> 'unit' = (SELECT unit FROM products WHERE tenant_id = ${tenantId} AND id = line.value ->> 'product_id')`
    : sql`true`;
  const { statements, response } = completeRefund(ctx, saleId, id, "sale.refunded", request);
  const done = await ctx.db.batch([
    sql`UPDATE sale_lines SET refunded = CASE WHEN refunded = line.value ->> 'refunded'
          AND ${paymentState(tenantId, saleId)} = ${payment_state} AND ${isRestockable}
        THEN refunded - (line.value ->> 'quantity') ELSE -1 END
      FROM json_each(${json}) AS line
      WHERE tenant_id = ${tenantId} AND sale_id = ${saleId} AND line_no = line.value ->> 'of_line'`,
    insertRefund(ctx, saleId, {
      id,
      channel,
      shift_id,
      reason,
      is_void: false,
      restock,
      payment_method: sql`${singleMethod(payments)}`,
      rounding: sql`CAST(${-rounding} AS INTEGER)`,
      total: negativeSum("subtotal"),
      tax: negativeSum("tax"),
      discount: negativeSum("discount"),
      units: negativeSum("quantity"),
      lines: sql`${lines.length}`,
    }),
    sql`INSERT INTO sale_lines (${lineColumns}, exact_price)
      SELECT ${tenantId}, ${id}, value ->> 'line_no', value ->> 'product_id', value ->> 'sku', value ->> 'description',
        value ->> 'quantity', value ->> 'unit', value ->> 'list_price', value ->> 'unit_price', value ->> 'discount',
        value ->> 'discount_reason', value ->> 'tax_rate_id', value ->> 'tax_rate', value ->> 'tax', value ->> 'subtotal',
        value ->> 'cost', value ->> 'exact_price'
      FROM json_each(${json})`,
    insertPayments(tenantId, id, payments, -1),
    ...(restock ? [decrementStock(ctx, json), recordSaleMoves(ctx, json, "refund", id)] : []),
    ...statements,
    ...(is_order ? [storeOrderMail(ctx, "order.refunded", saleId, id)] : []),
    response,
  ]);
  return refundIn(ctx, done, response);
}
