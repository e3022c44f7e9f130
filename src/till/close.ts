// Closing a shift: breaks and sessions end, the drawer is counted, and the report is numbered and stored, in ONE batch. A
// sale finds its shift inside its own batch, so none is made in a shift that has been closed.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../context.ts";
import { refusedBy, rows } from "../db.ts";
import { emit } from "../events/outbox.ts";
import { newId } from "../ids.ts";
import { closeAlerts } from "../shifts/alerts.ts";
import { noOpenShift, type Step } from "../shifts/desk.ts";
import { clip, shiftJson, type ShiftBody } from "../shifts/record.ts";
import { Shift } from "../shifts/schema.ts";
import { parseReport, reportJson } from "./report.ts";
import type { ShiftEnded } from "./schema.ts";

const closedRow = z.object({ shift: z.string(), report: z.string() });

/** How a shift is closed: when, what was in the drawer, a condition (SQL) that forbids it, and what joins the batch. */
type Closing = { at: string; counted_cash: number | undefined; unless?: SQL; more?: SQL[] };

/** Whether D1 refused to close: the shift is closed already, or the condition that forbids it is true. */
export const closeRefused = (error: unknown): boolean => refusedBy(error, "shifts.status");

/** Closes an open shift, and answers it with its Z report. One round trip; `closeRefused` tells why it failed. */
export async function close(
  ctx: ActorCtx,
  shift: ShiftBody,
  { at, counted_cash, unless = sql`0`, more = [] }: Closing,
): Promise<z.infer<typeof ShiftEnded>> {
  const tenantId = ctx.tenant.id;
  const it = sql`tenant_id = ${tenantId} AND id = ${shift.id}`;
  const results = await ctx.db.batch([
    sql`UPDATE shifts SET status = CASE WHEN status = 'OPEN' AND NOT (${unless}) THEN 'CLOSED' END, end_at = ${at},
        counted_cash = ${counted_cash ?? null},
        z_number = (SELECT coalesce(max(z_number), 0) + 1 FROM shifts
          WHERE tenant_id = ${tenantId} AND z_number IS NOT NULL)
      WHERE ${it}`,
    ...clip(tenantId, shift.id, shift.start_at, at),
    sql`UPDATE shifts AS h SET z_report = ${reportJson(ctx.tenant.currency)} WHERE ${it}`,
    closeAlerts(tenantId, shift.id, ctx.now.toISOString(), "all"),
    ...more,
    emit(ctx, tenantId, newId(), "shift.ended", sql`(SELECT ${shiftJson} FROM shifts h WHERE ${it})`),
    sql`SELECT ${shiftJson} AS shift, h.z_report AS report FROM shifts h WHERE ${it}`,
  ]);
  const [closed] = rows(closedRow, results.at(-1));
  if (!closed) throw noOpenShift();
  const body: ShiftBody = Shift.parse(JSON.parse(closed.shift));
  return { ...body, report: parseReport(closed.report) };
}

/** Ends the shift of the actor. One round trip. @throws Problem no-open-shift */
export const end: Step<{ counted_cash?: number | undefined }, z.infer<typeof ShiftEnded>> = async (
  ctx,
  open,
  input,
) => {
  if (!open) throw noOpenShift();
  try {
    // The object may have moved to a machine whose clock is behind.
    const now = ctx.now.toISOString();
    const at = now < open.start_at ? open.start_at : now;
    return { value: await close(ctx, open, { at, counted_cash: input.counted_cash }), open: null };
  } catch (error) {
    throw closeRefused(error) ? noOpenShift() : error;
  }
};
