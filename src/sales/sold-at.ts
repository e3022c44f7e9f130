// A sale that a till made without a connection arrives later than it was sold.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../platform/context.ts";
import { invalid } from "../platform/problem.ts";
import { addDays, dayOf } from "../values/days.ts";

const MAX_AGE_DAYS = 7;
const DAY_MS = 24 * 3600 * 1000;

/** Checks that the sale is not in the future and at most 7 days old. @throws Problem invalid */
export function assertSoldRecently(ctx: Ctx, soldAt: string | undefined): void {
  if (soldAt === undefined) return;
  const age = ctx.now.getTime() - Date.parse(soldAt);
  const detail =
    age < 0
      ? "is in the future: check the clock of the till"
      : age > MAX_AGE_DAYS * DAY_MS
        ? `is more than ${MAX_AGE_DAYS} days ago`
        : null;
  if (detail !== null) throw invalid([{ pointer: "#/sold_at", detail }]);
}

/**
 * A scalar query: the id of the shift that a seller had open at an instant, even if it was closed since; or NULL. The shifts of a
 * person do not overlap, so it is one of the last that had started; a change of the time zone may have put their days out of order.
 */
export function shiftAt(ctx: Ctx, sellerId: string | null, soldAt: string): SQL {
  const at = new Date(soldAt);
  const lastDay = addDays(dayOf(at, ctx.tenant.timezone), 1);
  return sql`(SELECT id FROM (SELECT id, start_at, end_at FROM shifts
      WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${sellerId} AND day <= ${lastDay} AND start_at <= ${at.toISOString()}
      ORDER BY day DESC, start_at DESC, id DESC LIMIT 3)
    WHERE end_at IS NULL OR end_at > ${at.toISOString()} LIMIT 1)`;
}
