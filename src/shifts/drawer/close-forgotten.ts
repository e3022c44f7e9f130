// An ADMIN closes a shift that its person forgot to end. It goes through the Durable Object of that person, so that its
// cached shift stays right.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import {
  idempotentRequest,
  type IdempotentRequest,
  type Replayable,
  runOnceOrFind,
} from "../../idempotency/run-once.ts";
import { callDesk } from "../desk/desk-client.ts";
import { recordChange } from "../audit.ts";
import type { DeskStep } from "../desk/step.ts";
import { findOpenShift } from "../record.ts";
import { endsTooEarly, lastEntryAt, needsReview } from "./bounds.ts";
import { closeShift, findClosed, hasCount, isCloseRejected } from "./close.ts";
import { type ShiftClose, ShiftEnded } from "./schema.ts";

type Input = z.infer<typeof ShiftClose>;
type Ended = z.infer<typeof ShiftEnded>;

const shiftClosed = (): Problem =>
  new Problem("shift-closed", "The shift is already closed: correct it with PATCH /shifts/{id}.");

const ownerRow = z.object({ user_id: z.string() });

/**
 * Closes the open shift of another person, or returns it if it is closed at that time already.
 * @throws Problem not-found, shift-closed, invalid, idempotency-mismatch
 */
export async function closeForgotten(
  ctx: UserCtx,
  shiftId: string,
  input: Input,
  key: string | undefined,
): Promise<Replayable<Ended>> {
  const [shift] = await ctx.db.all(
    ownerRow,
    sql`SELECT user_id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
  );
  if (!shift) throw notFound("shift");
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { close: shiftId, ...input });
  const command = { ...input, shift_id: shiftId, user_id: shift.user_id, event_id: newId(), request };
  return callDesk(ctx, (desk, call) => desk.closeForgotten(call, command), shift.user_id);
}

const invalidEnd = (detail: string): Problem => invalid([{ pointer: "#/end_at", detail }]);

const lastEntryRow = z.object({ at: z.string().nullable() });

/**
 * Closes the shift at the desk. It reads D1 first, since the audit needs the exact state before the change. Two round trips.
 * @throws Problem shift-closed, invalid, idempotency-mismatch
 */
export const closeForgottenStep: DeskStep<
  Input & { shift_id: string; user_id: string; event_id: string; request: IdempotentRequest | null },
  Replayable<Ended>
> = async (ctx, _open, { shift_id, user_id, event_id, end_at, counted_cash, reason, request }) => {
  let isClosed = false;
  const close = async (): Promise<Ended> => {
    const shift = await findOpenShift(ctx, ctx.tenant.id, user_id);
    if (shift?.id !== shift_id) throw shiftClosed();
    if (end_at < shift.start_at) throw invalidEnd(`must not be before the start, ${shift.start_at}`);
    if (end_at > ctx.now.toISOString()) throw invalidEnd("must not be in the future");
    const lastAt = lastEntryAt(ctx.tenant.id, shift_id);
    try {
      const ended = await closeShift(ctx, shift, {
        at: end_at,
        counted_cash,
        event_id,
        request,
        unless: sql`coalesce(${lastAt} > ${end_at}, false)`,
        statements: [
          sql`UPDATE shifts SET needs_review = ${needsReview(shift.start_at, end_at)}, proposed_end_at = NULL
            WHERE tenant_id = ${ctx.tenant.id} AND id = ${shift_id}`,
          ...recordChange(ctx, shift_id, "close", reason, JSON.stringify(shift)),
        ],
      });
      isClosed = true;
      return ended;
    } catch (error) {
      if (!isCloseRejected(error)) throw error;
      const [last] = await ctx.db.all(lastEntryRow, sql`SELECT ${lastAt} AS at`);
      throw last && last.at !== null && last.at > end_at ? endsTooEarly(last.at) : shiftClosed();
    }
  };
  // A shift that was closed otherwise is a conflict.
  const closedSo = sql`(SELECT id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shift_id}
    AND end_at = ${end_at} AND ${hasCount(counted_cash)})`;
  const find = async (error: unknown): Promise<Ended | null> =>
    error instanceof Problem && error.slug === "shift-closed" ? findClosed(ctx, closedSo) : null;
  const value = await runOnceOrFind(ctx, request, ShiftEnded, close, find);
  return isClosed ? { value, open: null } : { value };
};
