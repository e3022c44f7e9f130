// Closing a shift: breaks and sessions end, the drawer is counted, and the report is numbered and stored, in ONE batch. A
// sale finds its shift inside its own batch, so none is made in a shift that has been closed.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { rows } from "../db.ts";
import { emit } from "../events/outbox.ts";
import { newId } from "../ids.ts";
import { noOpenShift, type Step } from "../shifts/desk.ts";
import { shiftJson, type ShiftBody } from "../shifts/record.ts";
import { Shift } from "../shifts/schema.ts";
import { parseReport, reportJson } from "./report.ts";
import type { ShiftEnded } from "./schema.ts";

const closedRow = z.object({ shift: z.string(), report: z.string() });

/** Ends the shift of the actor. One round trip. @throws Problem no-open-shift */
export const end: Step<{ counted_cash?: number | undefined }, z.infer<typeof ShiftEnded>> = async (
  ctx,
  open,
  input,
) => {
  if (!open) throw noOpenShift();
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const ofShift = sql`tenant_id = ${tenantId} AND shift_id = ${open.id} AND end_at IS NULL`;
  const shift = sql`tenant_id = ${tenantId} AND id = ${open.id}`;
  const results = await ctx.db.batch([
    sql`UPDATE breaks SET end_at = ${at} WHERE ${ofShift}`,
    sql`UPDATE work_sessions SET end_at = ${at} WHERE ${ofShift}`,
    sql`UPDATE shifts SET status = 'CLOSED', end_at = ${at}, counted_cash = ${input.counted_cash ?? null},
        z_number = (SELECT coalesce(max(z_number), 0) + 1 FROM shifts WHERE tenant_id = ${tenantId})
      WHERE ${shift} AND status = 'OPEN'`,
    sql`UPDATE shifts AS h SET z_report = ${reportJson(ctx.tenant.currency)} WHERE ${shift} AND z_report IS NULL`,
    sql`SELECT ${shiftJson} AS shift, h.z_report AS report FROM shifts h WHERE ${shift}`,
    emit(ctx, tenantId, newId(), "shift.ended", sql`(SELECT ${shiftJson} FROM shifts h WHERE ${shift})`),
  ]);
  const [closed] = rows(closedRow, results[4]);
  if (!closed) throw noOpenShift();
  const body: ShiftBody = Shift.parse(JSON.parse(closed.shift));
  return { value: { ...body, report: parseReport(closed.report) }, open: null };
};
