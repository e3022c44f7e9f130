// A pending sale is completed or cancelled, once. Each change is a compare-and-set: if the sale is no longer pending, or staff have
// edited it since it was read, `sales.status` becomes NULL, which aborts the whole batch. Of a payment, an expiry and an edit at
// the same time one takes effect.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { type Statement, violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { saleJson, markSale, returningSale, type ReturningSale } from "../../sales/record.ts";
import { storeOrderMail } from "../../sales/order-mails.ts";

/** Whether D1 rejected a change because the sale is no longer as it was read. */
export const hasChanged = (error: unknown): boolean => violates(error, "sales.status");

/** The statements of a change, and the handle by which `saleOf` reads the changed sale. */
type SaleChange = { statements: Statement[]; sale: ReturningSale };

/** SQL for the new status of a sale that is pending at this version; else NULL. */
export const ifPending = (version: number | SQL, status: SQL): SQL =>
  sql`CASE WHEN status = 'pending' AND version = ${version} THEN ${status} END`;

/** Cancels a pending sale of this version, a number or SQL that yields it. */
export function cancelSale(
  ctx: Ctx,
  saleId: string,
  version: number | SQL,
  reason: string | null,
): SaleChange {
  const eventId = newId();
  const sale = returningSale(emit(ctx, ctx.tenant.id, eventId, "sale.cancelled", saleJson(ctx, saleId)));
  const statements = [
    sql`UPDATE sales SET status = ${ifPending(version, sql`'cancelled'`)}, version = version + 1, placed_from = NULL, reason = ${reason}
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${saleId}`,
    sale,
    storeOrderMail(ctx, "order.cancelled", saleId, eventId),
  ];
  return { statements, sale };
}

/** How a sale is paid: a string, or SQL on the row of the sale; `rounding` is what cash rounding adds to its total. */
type PaidBy = { method: string | SQL; rounding: number };

/**
 * Completes a pending sale of this day and version, which adds it to the figures of the day; `shiftId` is the shift whose drawer
 * received the money, or NULL. The method by which it was paid replaces that of the checkout.
 */
export function completeSale(
  ctx: Ctx,
  saleId: string,
  { day, version }: { day: string | SQL; version: number | SQL },
  shiftId: SQL,
  { method, rounding }: PaidBy,
): SaleChange {
  const eventId = newId();
  const isSale = sql`tenant_id = ${ctx.tenant.id} AND id = ${saleId}`;
  const sale = returningSale(emit(ctx, ctx.tenant.id, eventId, "sale.completed", saleJson(ctx, saleId)));
  const statements = [
    sql`UPDATE sales SET status = ${ifPending(version, sql`'completed'`)}, version = version + 1, placed_from = NULL, shift_id = ${shiftId},
        payment_method = ${method}, rounding = CAST(${rounding} AS INTEGER)
      WHERE ${isSale}`,
    sql`INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount)
      SELECT tenant_id, id, 1, payment_method, total + rounding FROM sales WHERE ${isSale}`,
    ...markSale(ctx.tenant.id, saleId, day, sql`(SELECT placed_at FROM sales WHERE ${isSale})`),
    sale,
    storeOrderMail(ctx, "order.paid", saleId, eventId),
  ];
  return { statements, sale };
}
