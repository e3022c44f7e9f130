// Closing a shift: breaks and sessions end, the drawer is counted, and the report is numbered and stored, in ONE batch. A
// sale finds its shift inside its own batch, so none is made in a shift that has been closed.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { violates, rows } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { noOpenShift, type DeskStep } from "../desk/steps.ts";
import { clampToShift, parseShift, shiftJson, type ShiftBody } from "../record.ts";
import { parseReport, reportJson } from "./report.ts";
import type { ShiftEnded } from "./schema.ts";

const closedRow = z.object({ shift: z.string(), report: z.string() });

/**
 * How a shift is closed: when, what was in the drawer, under which event, a condition (SQL) that forbids it, and what joins
 * the batch.
 */
type Closing = {
  at: string;
  counted_cash: number | undefined;
  event_id: string;
  unless?: SQL;
  more?: SQL[];
};

/** Whether D1 refused to close: the shift is closed already, or the condition that forbids it is true. */
export const closeRefused = (error: unknown): boolean => violates(error, "shifts.status");

/** Closes an open shift, and answers it with its Z report. One round trip; `closeRefused` tells why it failed. */
export async function closeShift(
  ctx: ActorCtx,
  shift: ShiftBody,
  { at, counted_cash, event_id, unless = sql`0`, more = [] }: Closing,
): Promise<z.infer<typeof ShiftEnded>> {
  const tenantId = ctx.tenant.id;
  const it = sql`tenant_id = ${tenantId} AND id = ${shift.id}`;
  const results = await ctx.db.batch([
    sql`UPDATE shifts SET status = CASE WHEN status = 'OPEN' AND NOT (${unless}) THEN 'CLOSED' END, end_at = ${at},
        counted_cash = ${counted_cash ?? null},
        z_number = (SELECT coalesce(max(z_number), 0) + 1 FROM shifts
          WHERE tenant_id = ${tenantId} AND z_number IS NOT NULL)
      WHERE ${it}`,
    ...clampToShift(tenantId, shift.id, shift.start_at, at),
    sql`UPDATE shifts AS h SET z_report = ${reportJson(ctx.tenant.currency)} WHERE ${it}`,
    closeAlerts(tenantId, shift.id, ctx.now.toISOString(), "all"),
    ...more,
    emit(ctx, tenantId, event_id, "shift.ended", sql`(SELECT ${shiftJson} FROM shifts h WHERE ${it})`),
    sql`SELECT ${shiftJson} AS shift, h.z_report AS report FROM shifts h WHERE ${it}`,
  ]);
  const [closed] = rows(closedRow, results.at(-1));
  if (!closed) throw noOpenShift();
  return endedOf(closed);
}

const endedOf = ({ shift, report }: z.infer<typeof closedRow>): z.infer<typeof ShiftEnded> => ({
  ...parseShift(shift),
  report: parseReport(report),
});

/** The shift that was closed under this event, by a first try whose answer was lost; or null. One round trip. */
export async function closedBy(ctx: ActorCtx, eventId: string): Promise<z.infer<typeof ShiftEnded> | null> {
  const [closed] = await ctx.db.all(
    closedRow,
    sql`SELECT ${shiftJson} AS shift, h.z_report AS report
      FROM events e CROSS JOIN shifts h ON h.tenant_id = e.tenant_id AND h.id = e.payload ->> 'id'
      WHERE e.tenant_id = ${ctx.tenant.id} AND e.id = ${eventId}`,
  );
  return closed ? endedOf(closed) : null;
}

/** Ends the shift of the actor. One round trip, also where there is none to end. @throws Problem no-open-shift */
export const endShift: DeskStep<
  { counted_cash?: number | undefined; event_id: string },
  z.infer<typeof ShiftEnded>
> = async (ctx, open, { counted_cash, event_id }) => {
  if (!open) return ownEnd(ctx, event_id);
  try {
    // The object may have moved to a machine whose clock is behind.
    const now = ctx.now.toISOString();
    const at = now < open.start_at ? open.start_at : now;
    return { value: await closeShift(ctx, open, { at, counted_cash, event_id }), open: null };
  } catch (error) {
    if (closeRefused(error)) return ownEnd(ctx, event_id);
    throw error;
  }
};

async function ownEnd(ctx: ActorCtx, eventId: string) {
  const value = await closedBy(ctx, eventId);
  if (!value) throw noOpenShift();
  return { value };
}
