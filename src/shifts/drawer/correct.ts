// An ADMIN corrects the times of a closed shift. The batch has the conditions; a trigger rejects overlapping shifts of one person, and the
// Z report stays. Only a bound that moves inwards is checked against the entries: a sale in flight when the shift started may lie
// some milliseconds outside.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { attempt } from "../../platform/attempt.ts";
import type { UserCtx } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { requireThat, returning, sqlBoolean } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { recordChange } from "../audit.ts";
import { clampToShift, shiftJson, shiftRow, type ShiftBody } from "../record.ts";
import {
  endsTooEarly,
  firstEntryAt,
  lastEntryAt,
  needsReview,
  startsBeforeAccount,
  startsTooLate,
} from "./bounds.ts";
import type { ShiftPatch } from "./schema.ts";

type Patch = z.infer<typeof ShiftPatch>;

const MAX_CONFLICT_RETRIES = 20;

/**
 * Corrects when a closed shift started or ended. One round trip, unless a read must say why not.
 * @throws Problem not-found, shift-open, invalid, shift-overlap, conflict
 */
export async function correctShift(ctx: UserCtx, shiftId: string, patch: Patch): Promise<ShiftBody> {
  for (let tried = 0; tried < MAX_CONFLICT_RETRIES; tried += 1) {
    const corrected = await attempt(ctx, () => record(ctx, shiftId, patch));
    if (corrected) return corrected;
    await assertCorrectable(ctx, shiftId, patch);
  }
  throw new Problem("conflict", "The shift is being corrected concurrently: send the request again.");
}

/** When the shift `h` starts and ends after the correction. */
const timesAfter = (patch: Patch): { start: SQL; end: SQL } => ({
  start: patch.start_at === undefined ? sql`h.start_at` : sql`${patch.start_at}`,
  end: patch.end_at === undefined ? sql`h.end_at` : sql`${patch.end_at}`,
});

/** Corrects the shift in a batch that is rejected where that is not allowed, or another correction has just been recorded. */
async function record(ctx: UserCtx, shiftId: string, patch: Patch): Promise<ShiftBody> {
  const tenantId = ctx.tenant.id;
  const isShift = sql`h.tenant_id = ${tenantId} AND h.id = ${shiftId}`;
  const { start, end } = timesAfter(patch);
  // A shift that still starts when it did keeps its day.
  const day =
    patch.start_at === undefined ? sql`h.day` : sql`${dayOf(new Date(patch.start_at), ctx.tenant.timezone)}`;
  const needs_review = needsReview(start, end);
  const isCorrectable = sql`h.status = 'CLOSED' AND ${start} < ${end} AND ${end} <= ${ctx.now.toISOString()}
    AND (${start} >= h.start_at OR ${start} >= ${addedAt})
    AND (${start} <= h.start_at OR coalesce(${firstEntryAt(tenantId, shiftId)} >= ${start}, true))
    AND (${end} >= h.end_at OR coalesce(${lastEntryAt(tenantId, shiftId)} <= ${end}, true))`;
  const after = sql`(SELECT ${shiftJson} FROM shifts h WHERE ${isShift})`;
  const corrected = returning(shiftRow, sql`SELECT ${after} AS shift`);
  const done = await ctx.db.batch([
    requireThat("correctable", sql`EXISTS (SELECT 1 FROM shifts h WHERE ${isShift} AND ${isCorrectable})`),
    ...recordChange(ctx, shiftId, "correct", patch.reason, {
      start_at: start,
      end_at: end,
      day,
      needs_review,
    }),
    sql`UPDATE shifts AS h SET start_at = ${start}, end_at = ${end}, day = ${day}, needs_review = ${needs_review},
        proposed_end_at = NULL
      WHERE ${isShift}`,
    ...clampToShift(tenantId, shiftId),
    emit(ctx, tenantId, newId(), "shift.corrected", after),
    corrected,
  ]);
  const [row] = done.of(corrected);
  if (!row) throw new Error("the batch has returned no shift");
  return row.shift;
}

/** A scalar query: when the account of the person of the shift `h` was created. */
const addedAt = sql.raw(
  "(SELECT u.created_at FROM users u WHERE u.tenant_id = h.tenant_id AND u.id = h.user_id)",
);

const correctableRow = z.object({
  start_at: z.string(),
  end_at: z.string().nullable(),
  first_at: z.string().nullable(),
  last_at: z.string().nullable(),
  added_at: z.string(),
  has_overlap: sqlBoolean,
});

/** Checks whether the shift can be corrected like this now. One round trip. @throws Problem not-found, shift-open, invalid, shift-overlap */
async function assertCorrectable(ctx: UserCtx, shiftId: string, patch: Patch): Promise<void> {
  const times = timesAfter(patch);
  const [shift] = await ctx.db.all(
    correctableRow,
    sql`SELECT h.start_at, h.end_at, ${firstEntryAt(ctx.tenant.id, shiftId)} AS first_at,
        ${lastEntryAt(ctx.tenant.id, shiftId)} AS last_at, ${addedAt} AS added_at,
        EXISTS (SELECT 1 FROM shifts o WHERE o.tenant_id = h.tenant_id AND o.user_id = h.user_id AND o.id <> h.id
          AND o.start_at < ${times.end} AND (o.end_at IS NULL OR o.end_at > ${times.start})) AS has_overlap
      FROM shifts h WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId}`,
  );
  if (!shift) throw notFound("shift");
  const { first_at, last_at, added_at } = shift;
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
  if (shift.has_overlap)
    throw new Problem("shift-overlap", "Another shift of this person overlaps these times.");
}
