// An ADMIN corrects the times of a closed shift. The update compares and sets, so the audit records exactly what changed; a
// trigger rejects overlapping shifts of one person, and the Z report stays. Only a bound that moves inwards is checked
// against the entries: a sale in flight when the shift started may lie some milliseconds outside.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { returning, violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { recordChange } from "../audit.ts";
import { clampToShift, parseShift, shiftJson, shiftRow, type ShiftBody } from "../record.ts";
import {
  endsTooEarly,
  firstEntryAt,
  lastEntryAt,
  needsReview,
  startsBeforeAccount,
  startsTooLate,
} from "./bounds.ts";
import type { ShiftPatch } from "./schema.ts";

const MAX_CONFLICT_RETRIES = 20;

const correctableRow = z.object({
  shift: z.string(),
  first_at: z.string().nullable(),
  last_at: z.string().nullable(),
  added_at: z.string(),
});

type Correctable = z.infer<typeof correctableRow>;

/**
 * Corrects when a closed shift started or ended. Two round trips.
 * @throws Problem not-found, shift-open, invalid, shift-overlap, conflict
 */
export async function correctShift(
  ctx: UserCtx,
  shiftId: string,
  patch: z.infer<typeof ShiftPatch>,
): Promise<ShiftBody> {
  for (let attempt = 1; attempt <= MAX_CONFLICT_RETRIES; attempt += 1) {
    const [correctable] = await ctx.db.all(
      correctableRow,
      sql`SELECT ${shiftJson} AS shift, ${firstEntryAt(ctx.tenant.id, shiftId)} AS first_at,
          ${lastEntryAt(ctx.tenant.id, shiftId)} AS last_at,
          (SELECT created_at FROM users WHERE tenant_id = h.tenant_id AND id = h.user_id) AS added_at
        FROM shifts h WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId}`,
    );
    if (!correctable) throw notFound("shift");
    try {
      return await record(ctx, correctable, patch);
    } catch (error) {
      if (violates(error, "shift_overlap"))
        throw new Problem("shift-overlap", "Another shift of this person overlaps these times.");
      // The shift or its entries changed after the read: its other bound may have changed too.
      if (!violates(error, "shifts.status")) throw error;
    }
  }
  throw new Problem("conflict", "The shift is being corrected concurrently: send the request again.");
}

async function record(
  ctx: UserCtx,
  { shift: before, first_at, last_at, added_at }: Correctable,
  patch: z.infer<typeof ShiftPatch>,
): Promise<ShiftBody> {
  const shift = parseShift(before);
  if (shift.end_at === null)
    throw new Problem("shift-open", "The shift is still open: end or close it before you correct it.");
  const start = patch.start_at ?? shift.start_at;
  const end = patch.end_at ?? shift.end_at;
  const pointer = patch.end_at === undefined ? "#/start_at" : "#/end_at";
  if (start >= end) throw invalid([{ pointer, detail: "the start must be before the end" }]);
  if (end > ctx.now.toISOString())
    throw invalid([{ pointer: "#/end_at", detail: "must not be in the future" }]);
  if (start < shift.start_at && start < added_at) throw startsBeforeAccount(added_at);
  if (start > shift.start_at && first_at !== null && first_at < start) throw startsTooLate(first_at);
  if (end < shift.end_at && last_at !== null && last_at > end) throw endsTooEarly(last_at);
  const tenantId = ctx.tenant.id;
  const isShift = sql`h.tenant_id = ${tenantId} AND h.id = ${shift.id}`;
  const isUnchanged = sql`${shiftJson} = ${before}
    AND (h.start_at >= ${start} OR coalesce(${firstEntryAt(tenantId, shift.id)} >= ${start}, true))
    AND (h.end_at <= ${end} OR coalesce(${lastEntryAt(tenantId, shift.id)} <= ${end}, true))`;
  const after = sql`(SELECT ${shiftJson} FROM shifts h WHERE ${isShift})`;
  const corrected = returning(shiftRow, sql`SELECT ${after} AS shift`);
  const done = await ctx.db.batch([
    sql`UPDATE shifts AS h SET status = CASE WHEN ${isUnchanged} THEN status END, start_at = ${start},
        end_at = ${end}, day = ${dayOf(new Date(start), ctx.tenant.timezone)}, needs_review = ${needsReview(start, end)},
        proposed_end_at = NULL
      WHERE ${isShift}`,
    ...clampToShift(tenantId, shift.id, start, end),
    ...recordChange(ctx, shift.id, "correct", patch.reason, before),
    emit(ctx, tenantId, newId(), "shift.corrected", after),
    corrected,
  ]);
  const [row] = done.of(corrected);
  if (!row) throw notFound("shift");
  return row.shift;
}
