// An ADMIN corrects the times of a closed shift. It is compared and set, so the audit tells exactly what was changed; that
// the shifts of one person do not overlap is a trigger's rule. No end is moved past what the shift has: a sale that was on
// its way when the shift began may be some milliseconds outside, so an end that stays is not asked. The Z report stays.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { violates, rows } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { recordChange } from "../audit.ts";
import { clampToShift, parseShift, shiftJson, type ShiftBody } from "../record.ts";
import { endsEarly, firstIn, lastIn, startsLate } from "./bounds.ts";
import type { ShiftPatch } from "./schema.ts";

const RIVALS = 20;

const foundRow = z.object({
  shift: z.string(),
  first_at: z.string().nullable(),
  last_at: z.string().nullable(),
});

const shiftRow = z.object({ shift: z.string().transform(parseShift) });

/**
 * Corrects when a closed shift started or ended. Two round trips.
 * @throws Problem not-found, shift-open, invalid, shift-overlap, conflict
 */
export async function correctShift(
  ctx: ActorCtx,
  shiftId: string,
  patch: z.infer<typeof ShiftPatch>,
): Promise<ShiftBody> {
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const [found] = await ctx.db.all(
      foundRow,
      sql`SELECT ${shiftJson} AS shift, ${firstIn(ctx.tenant.id, shiftId)} AS first_at,
          ${lastIn(ctx.tenant.id, shiftId)} AS last_at
        FROM shifts h WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId}`,
    );
    if (!found) throw notFound("shift");
    try {
      return await record(ctx, found, patch);
    } catch (error) {
      if (violates(error, "shift_overlap"))
        throw new Problem("shift-overlap", "Another shift of this person is in these times.");
      // Since we read it somebody else changed it, or what is in it: what would be its other end may be another now.
      if (!violates(error, "shifts.status")) throw error;
    }
  }
  throw new Problem("conflict", "Others correct the same shift right now: send the request again.");
}

async function record(
  ctx: ActorCtx,
  found: z.infer<typeof foundRow>,
  patch: z.infer<typeof ShiftPatch>,
): Promise<ShiftBody> {
  const shift = parseShift(found.shift);
  if (shift.end_at === null) throw new Problem("shift-open", "End it, or close it, before you correct it.");
  const start = patch.start_at ?? shift.start_at;
  const end = patch.end_at ?? shift.end_at;
  const pointer = patch.end_at === undefined ? "#/start_at" : "#/end_at";
  if (start >= end) throw invalid([{ pointer, detail: "a shift ends after its start" }]);
  if (end > ctx.now.toISOString()) throw invalid([{ pointer: "#/end_at", detail: "not in the future" }]);
  const { first_at, last_at } = found;
  if (start > shift.start_at && first_at !== null && first_at < start) throw startsLate(first_at);
  if (end < shift.end_at && last_at !== null && last_at > end) throw endsEarly(last_at);
  const tenantId = ctx.tenant.id;
  const it = sql`h.tenant_id = ${tenantId} AND h.id = ${shift.id}`;
  const holds = sql`${shiftJson} = ${found.shift}
    AND (h.start_at >= ${start} OR coalesce(${firstIn(tenantId, shift.id)} >= ${start}, true))
    AND (h.end_at <= ${end} OR coalesce(${lastIn(tenantId, shift.id)} <= ${end}, true))`;
  const after = sql`(SELECT ${shiftJson} FROM shifts h WHERE ${it})`;
  const results = await ctx.db.batch([
    sql`UPDATE shifts AS h SET status = CASE WHEN ${holds} THEN status END, start_at = ${start},
        end_at = ${end}, day = ${dayOf(new Date(start), ctx.tenant.timezone)}, needs_review = 0, proposed_end_at = NULL
      WHERE ${it}`,
    ...clampToShift(tenantId, shift.id, start, end),
    ...recordChange(ctx, shift.id, "correct", patch.reason, found.shift),
    emit(ctx, tenantId, newId(), "shift.corrected", after),
    sql`SELECT ${after} AS shift`,
  ]);
  const [corrected] = rows(shiftRow, results.at(-1));
  if (!corrected) throw notFound("shift");
  return corrected.shift;
}
