// Closing a shift ends its breaks and sessions, stores the counted cash, and numbers and stores the Z report, in one batch. A
// sale looks up its shift inside its own batch, so no sale joins a closed shift.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { returning, violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { noOpenShift, type DeskStep } from "../desk/step.ts";
import { clampToShift, shiftColumn, shiftJson, type ShiftBody } from "../record.ts";
import { reportColumn, reportJson } from "./report.ts";
import type { ShiftEnded } from "./schema.ts";

type EndedBody = z.infer<typeof ShiftEnded>;

const closedRow = z.object({ shift: shiftColumn, report: reportColumn });

const toEnded = ({ shift, report }: z.infer<typeof closedRow>): EndedBody => ({ ...shift, report });

type Closing = {
  at: string;
  counted_cash: number | undefined;
  event_id: string;
  /** An SQL condition under which the shift must not be closed. */
  unless?: SQL;
  /** Further statements of the batch. */
  statements?: SQL[];
};

/** Whether D1 rejected the close: the shift is already closed, or the condition `unless` holds. */
export const isCloseRejected = (error: unknown): boolean => violates(error, "shifts.status");

/** Closes an open shift and returns it with its Z report. One round trip. */
export async function closeShift(
  ctx: ActorCtx,
  shift: ShiftBody,
  { at, counted_cash, event_id, unless = sql`0`, statements = [] }: Closing,
): Promise<EndedBody> {
  const tenantId = ctx.tenant.id;
  const isShift = sql`tenant_id = ${tenantId} AND id = ${shift.id}`;
  const closed = returning(
    closedRow,
    sql`SELECT ${shiftJson} AS shift, h.z_report AS report FROM shifts h WHERE ${isShift}`,
  );
  const done = await ctx.db.batch([
    sql`UPDATE shifts SET status = CASE WHEN status = 'OPEN' AND NOT (${unless}) THEN 'CLOSED' END, end_at = ${at},
        counted_cash = ${counted_cash ?? null},
        z_number = (SELECT coalesce(max(z_number), 0) + 1 FROM shifts
          WHERE tenant_id = ${tenantId} AND z_number IS NOT NULL)
      WHERE ${isShift}`,
    ...clampToShift(tenantId, shift.id, shift.start_at, at),
    sql`UPDATE shifts AS h SET z_report = ${reportJson(ctx.tenant.currency)} WHERE ${isShift}`,
    closeAlerts(tenantId, shift.id, ctx.now.toISOString(), "all"),
    ...statements,
    emit(ctx, tenantId, event_id, "shift.ended", sql`(SELECT ${shiftJson} FROM shifts h WHERE ${isShift})`),
    closed,
  ]);
  const [row] = done.of(closed);
  if (!row) throw noOpenShift();
  return toEnded(row);
}

/** The shift that an earlier attempt closed under this event, or null. One round trip. */
export async function shiftClosedBy(ctx: ActorCtx, eventId: string): Promise<EndedBody | null> {
  const [row] = await ctx.db.all(
    closedRow,
    sql`SELECT ${shiftJson} AS shift, h.z_report AS report
      FROM events e CROSS JOIN shifts h ON h.tenant_id = e.tenant_id AND h.id = e.payload ->> 'id'
      WHERE e.tenant_id = ${ctx.tenant.id} AND e.id = ${eventId}`,
  );
  return row ? toEnded(row) : null;
}

/** Ends the shift of the actor. One round trip, also without an open shift. @throws Problem no-open-shift */
export const endShift: DeskStep<{ counted_cash?: number | undefined; event_id: string }, EndedBody> = async (
  ctx,
  open,
  { counted_cash, event_id },
) => {
  if (!open) return endedEarlier(ctx, event_id);
  try {
    // The object may have moved to a machine whose clock is behind.
    const now = ctx.now.toISOString();
    const at = now < open.start_at ? open.start_at : now;
    return { value: await closeShift(ctx, open, { at, counted_cash, event_id }), open: null };
  } catch (error) {
    if (isCloseRejected(error)) return endedEarlier(ctx, event_id);
    throw error;
  }
};

async function endedEarlier(ctx: ActorCtx, eventId: string) {
  const value = await shiftClosedBy(ctx, eventId);
  if (!value) throw noOpenShift();
  return { value };
}
