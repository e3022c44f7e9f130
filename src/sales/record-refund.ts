import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../audit/log.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import { userIdOf, type ActorCtx } from "../platform/context.ts";
import { dayOf, offsetAt } from "../values/days.ts";
import { emit, numberEvents } from "../events/outbox.ts";
import { returnResponse, type IdempotentRequest } from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { fromThousandths } from "../values/quantities.ts";
import { closeAlerts } from "../shifts/activity/alerts.ts";
import { drawerWarnings } from "../shifts/drawer/warnings.ts";
import { saleJson, markSale } from "./record.ts";
import { storeOrderMail } from "./order-mails.ts";
import { type Missing, resolveMissing, withoutMissing } from "./oversell.ts";
import type { RefundedLine } from "./refund-amounts.ts";
import { paymentState, type SoldLine } from "./refundable.ts";
import { insertPayments, lineColumns, nextNumber } from "./sale-statements.ts";
import { Refund } from "./schema.ts";
import { singleMethod, type Settlement } from "./settlement.ts";

export type RefundBody = z.infer<typeof Refund>;

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
  /** What does not return to stock, because the sale took it beyond the stock. */
  missing: Missing[];
  is_void: boolean;
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
  {
    payment_state,
    is_order,
    lines,
    payments,
    rounding,
    reason,
    restock,
    missing,
    is_void,
    channel,
    shift_id,
  }: RefundRecord,
): Promise<RefundBody> {
  const id = newId();
  const eventId = newId();
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const day = dayOf(ctx.now, ctx.tenant.timezone);
  const sum = (field: "quantity" | "discount" | "tax" | "subtotal"): number =>
    lines.reduce((total, line) => total + line[field], 0);
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
  const returned = JSON.stringify(withoutMissing(rows, missing));
  const isRestockable = restock
    ? sql`line.value ->> 'unit' = (SELECT unit FROM products WHERE tenant_id = ${tenantId} AND id = line.value ->> 'product_id')`
    : sql`true`;
  const cash = payments.reduce((sum, { method, amount }) => sum + (method === "cash" ? amount : 0), 0);
  const paidFrom = sql`(SELECT shift_id FROM sales WHERE tenant_id = ${tenantId} AND id = ${id})`;
  const response = returnResponse(
    ctx.now,
    request,
    Refund,
    sql`(SELECT json_set(payload, '$.warnings', json(${drawerWarnings(tenantId, paidFrom, cash)})) FROM events
      WHERE tenant_id = ${tenantId} AND id = ${eventId})`,
  );
  const done = await ctx.db.batch([
    sql`UPDATE sale_lines SET refunded = CASE WHEN refunded = line.value ->> 'refunded'
          AND ${paymentState(tenantId, saleId)} = ${payment_state} AND ${isRestockable}
        THEN refunded - (line.value ->> 'quantity') ELSE -1 END
      FROM json_each(${json}) AS line
      WHERE tenant_id = ${tenantId} AND sale_id = ${saleId} AND line_no = line.value ->> 'of_line'`,
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, shift_id, customer_id,
        customer_ref, country, payment_method, number, rounding, is_void, is_restocked, total, tax, discount, units, lines,
        placed_at, day, utc_offset, created_at)
      SELECT tenant_id, ${id}, 'refund', ${channel}, 'completed', id, ${reason}, ${userIdOf(ctx)}, ${shift_id}, customer_id,
        customer_ref, country, ${singleMethod(payments)}, ${nextNumber(tenantId, "R")}, CAST(${-rounding} AS INTEGER),
        ${Number(is_void)}, ${Number(restock)}, CAST(${-sum("subtotal")} AS INTEGER), CAST(${-sum("tax")} AS INTEGER),
        CAST(${-sum("discount")} AS INTEGER), CAST(${-sum("quantity")} AS INTEGER), ${lines.length}, ${at}, ${day},
        CAST(${offsetAt(ctx.now, ctx.tenant.timezone)} AS INTEGER), ${at}
      FROM sales WHERE tenant_id = ${tenantId} AND id = ${saleId}`,
    sql`INSERT INTO sale_lines (${lineColumns}, exact_price)
      SELECT ${tenantId}, ${id}, value ->> 'line_no', value ->> 'product_id', value ->> 'sku', value ->> 'description',
        value ->> 'quantity', value ->> 'unit', value ->> 'list_price', value ->> 'unit_price', value ->> 'discount',
        value ->> 'discount_reason', value ->> 'tax_rate_id', value ->> 'tax_rate', value ->> 'tax', value ->> 'subtotal',
        value ->> 'cost', value ->> 'exact_price'
      FROM json_each(${json})`,
    insertPayments(tenantId, id, payments, -1),
    ...(restock ? [decrementStock(ctx, returned), recordSaleMoves(ctx, returned, "refund", id)] : []),
    ...resolveMissing(ctx, missing),
    closeAlerts(tenantId, shift_id, at, "idle"),
    ...markSale(tenantId, id, day, at),
    audit(ctx, is_void ? "sale.voided" : "sale.refunded", saleId, {
      after: sql`${JSON.stringify({ refund_id: id, total: -sum("subtotal"), units: -fromThousandths(sum("quantity")) })}`,
    }),
    emit(ctx, tenantId, eventId, "sale.refunded", saleJson(ctx, id)),
    ...(is_order ? [storeOrderMail(ctx, "order.refunded", saleId, id)] : []),
    response,
  ]);
  const [refund] = done.of(response);
  if (!refund) throw new Error("the batch has returned no refund");
  numberEvents(ctx, refund.body.number);
  return refund.body;
}
