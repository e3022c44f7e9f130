// A sale that a till made without a connection arrives later than it was sold.
import { sql, type SQL } from "drizzle-orm";
import type { ActorCtx } from "../platform/context.ts";
import { invalid } from "../platform/problem.ts";
import { addDays, dayOf } from "../values/days.ts";

const MAX_AGE_DAYS = 7;
const DAY_MS = 24 * 3600 * 1000;

/** The longest time that a shift may be open before it is closed automatically, in days, rounded up. */
const MAX_SHIFT_DAYS = 3;

/** Checks that the sale is not in the future and at most 7 days old. @throws Problem invalid */
export function assertSoldRecently(ctx: ActorCtx, soldAt: string | undefined): void {
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

/** A scalar query: the id of the shift that the actor had open at an instant, even if it was closed since; or NULL. */
export function shiftAt(ctx: ActorCtx, soldAt: string): SQL {
  const at = new Date(soldAt);
  const day = dayOf(at, ctx.tenant.timezone);
  return sql`(SELECT id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND user_id = ${ctx.actor.id}
    AND day BETWEEN ${addDays(day, -MAX_SHIFT_DAYS)} AND ${day} AND start_at <= ${at.toISOString()}
    AND (end_at IS NULL OR end_at > ${at.toISOString()}) ORDER BY start_at DESC LIMIT 1)`;
}
