// pending -> completed or cancelled, once. Each change is a compare and set: where it lost, `sales.status` becomes NULL, which
// D1 refuses with all that is in its batch. So of a payment and an expiry that meet, one wins and the other does nothing.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { saleJson, markDaysDirty } from "../../sales/record.ts";

/** Whether D1 refused a change because the sale is no longer pending. */
export const isSettled = (error: unknown): boolean => violates(error, "sales.status");

/** The statements that cancel a pending sale. They return the sale, as `saleOf` reads it. */
export const cancelled = (ctx: Ctx, saleId: string): SQL[] => [
  sql`UPDATE sales SET status = CASE WHEN status = 'pending' THEN 'cancelled' END
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${saleId}`,
  emit(ctx, ctx.tenant.id, newId(), "sale.cancelled", saleJson(ctx, saleId)),
];

/**
 * The statements that complete a pending sale of this day, by which figures count it. They return the sale, as `saleOf`
 * reads it. `shiftId` is the shift whose drawer took the money, if one did.
 */
export const completed = (ctx: Ctx, saleId: string, day: string, shiftId: SQL): SQL[] => [
  sql`UPDATE sales SET status = CASE WHEN status = 'pending' THEN 'completed' END, shift_id = ${shiftId}
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${saleId}`,
  ...markDaysDirty(ctx.tenant.id, sql`${JSON.stringify([day])}`),
  emit(ctx, ctx.tenant.id, newId(), "sale.completed", saleJson(ctx, saleId)),
];
