// What a refund of lines and a void of a whole sale have in common: the row of the refund, and what follows from it.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../audit/log.ts";
import { emit, numberEvents } from "../events/outbox.ts";
import { type IdempotentRequest, returnResponse } from "../idempotency/run-once.ts";
import { userIdOf, type ActorCtx } from "../platform/context.ts";
import type { BatchResult, Returning, Statement } from "../platform/d1.ts";
import { unitsOf } from "../platform/quantity-sql.ts";
import { closeAlerts } from "../shifts/activity/alerts.ts";
import { drawerWarnings } from "../shifts/drawer/warnings.ts";
import { dayOf, offsetAt } from "../values/days.ts";
import { newId } from "../values/ids.ts";
import { markSale, saleJson } from "./record.ts";
import { nextNumber } from "./sale-statements.ts";
import { Refund } from "./schema.ts";

export type RefundBody = z.infer<typeof Refund>;

/** The row of a refund: SQL over the row of the sale, with negative amounts. A NULL channel rejects the batch. */
type RefundRow = {
  id: string;
  channel: SQL;
  shift_id: SQL;
  reason: string;
  is_void: boolean;
  restock: boolean;
  payment_method: SQL;
  rounding: SQL;
  total: SQL;
  tax: SQL;
  discount: SQL;
  units: SQL;
  lines: SQL;
};

/** The statement that inserts the row of a refund of a sale. */
export const insertRefund = (ctx: ActorCtx, saleId: string, refund: RefundRow): SQL => {
  const tenantId = ctx.tenant.id;
  const { timezone } = ctx.tenant;
  const at = ctx.now.toISOString();
  return sql`INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, shift_id, customer_id,
      customer_ref, country, payment_method, number, rounding, is_void, is_restocked, total, tax, discount, units, lines,
      placed_at, day, utc_offset, created_at)
    SELECT tenant_id, ${refund.id}, 'refund', ${refund.channel}, 'completed', id, ${refund.reason}, ${userIdOf(ctx)},
      ${refund.shift_id}, customer_id, customer_ref, country, ${refund.payment_method}, ${nextNumber(tenantId, "R")},
      ${refund.rounding}, ${Number(refund.is_void)}, ${Number(refund.restock)}, ${refund.total}, ${refund.tax},
      ${refund.discount}, ${refund.units}, ${refund.lines}, ${at}, ${dayOf(ctx.now, timezone)},
      CAST(${offsetAt(ctx.now, timezone)} AS INTEGER), ${at}
    FROM sales WHERE tenant_id = ${tenantId} AND id = ${saleId}`;
};

type ReturningRefund = Returning<{ body: RefundBody }>;

/** The statements that follow the rows of a refund in its batch, and last the one that returns and stores the response. */
export function completeRefund(
  ctx: ActorCtx,
  saleId: string,
  id: string,
  action: "sale.refunded" | "sale.voided",
  request: IdempotentRequest | null,
): { statements: Statement[]; response: ReturningRefund } {
  const tenantId = ctx.tenant.id;
  const eventId = newId();
  const at = ctx.now.toISOString();
  const ofRefund = (value: SQL): SQL =>
    sql`(SELECT ${value} FROM sales WHERE tenant_id = ${tenantId} AND id = ${id})`;
  const shiftId = ofRefund(sql`shift_id`);
  const cash = sql`(SELECT -sum(amount) FROM sale_payments WHERE tenant_id = ${tenantId} AND sale_id = ${id} AND method = 'cash')`;
  return {
    statements: [
      closeAlerts(tenantId, shiftId, at, "idle"),
      ...markSale(tenantId, id, dayOf(ctx.now, ctx.tenant.timezone), at),
      audit(ctx, action, saleId, {
        after: ofRefund(sql`json_object('refund_id', id, 'total', total, 'units', ${unitsOf("units")})`),
      }),
      emit(ctx, tenantId, eventId, "sale.refunded", saleJson(ctx, id)),
    ],
    response: returnResponse(
      ctx.now,
      request,
      Refund,
      sql`(SELECT json_set(payload, '$.warnings', json(${drawerWarnings(tenantId, shiftId, cash)})) FROM events
        WHERE tenant_id = ${tenantId} AND id = ${eventId})`,
    ),
  };
}

/** The refund that a committed batch has recorded. */
export function refundIn(ctx: ActorCtx, done: BatchResult, response: ReturningRefund): RefundBody {
  const [refund] = done.of(response);
  if (!refund) throw new Error("the batch has returned no refund");
  numberEvents(ctx, refund.body.number);
  return refund.body;
}
