// An ADMIN closes a shift that its person forgot to end. It goes through the Durable Object of that person, so that its
// cached shift stays right: one round trip finds the person, and another one closes the shift.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { attempt } from "../../platform/attempt.ts";
import type { UserCtx } from "../../platform/context.ts";
import { requireThat, returning, violates } from "../../platform/d1.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import {
  idempotentRequest,
  type IdempotentRequest,
  type Replayable,
  runOnce,
  selectStored,
  stopIfStored,
} from "../../idempotency/run-once.ts";
import { callDesk } from "../desk/desk-client.ts";
import { recordChange } from "../audit.ts";
import type { DeskStep } from "../desk/step.ts";
import { endsTooEarly, lastEntryAt, needsReview } from "./bounds.ts";
import { closedIn, closeShift, hasCount, nextZNumber, selectClosed } from "./close.ts";
import { type ShiftClose, ShiftEnded } from "./schema.ts";

type Ended = z.infer<typeof ShiftEnded>;

type Command = z.infer<typeof ShiftClose> & {
  shift_id: string;
  event_id: string;
  request: IdempotentRequest | null;
};

const shiftClosed = (): Problem =>
  new Problem("shift-closed", "The shift is already closed: correct it with PATCH /shifts/{id}.");

/**
 * Closes the open shift of another person, or returns it if it is closed at that time already. Two round trips.
 * @throws Problem not-found, shift-closed, invalid, idempotency-mismatch
 */
export async function closeForgotten(
  ctx: UserCtx,
  shiftId: string,
  input: z.infer<typeof ShiftClose>,
  key: string | undefined,
): Promise<Replayable<Ended>> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { close: shiftId, ...input });
  const command = { ...input, shift_id: shiftId, event_id: newId(), request };
  let isReplay = false;
  const { value, replayed } = await runOnce(ctx, request, ShiftEnded, async () => {
    const { user_id, closed } = await findForgotten(ctx, command);
    if (closed) return closed;
    const result = await callDesk(
      ctx,
      (desk, call) => desk.closeForgotten(call, { ...command, user_id }),
      user_id,
    );
    isReplay = result.replayed;
    return result.value;
  });
  return { value, replayed: replayed || isReplay };
}

const invalidEnd = (detail: string): Problem => invalid([{ pointer: "#/end_at", detail }]);

const forgottenRow = z.object({
  user_id: z.string(),
  status: z.string(),
  start_at: z.string(),
  last_at: z.string().nullable(),
});

/**
 * Whose shift it is, and the shift if it is closed like this already. One round trip.
 * @throws Problem not-found, shift-closed, invalid
 */
async function findForgotten(
  ctx: UserCtx,
  { shift_id, end_at, counted_cash, request }: Command,
): Promise<{ user_id: string; closed: Ended | null }> {
  const tenantId = ctx.tenant.id;
  const selected = returning(
    forgottenRow,
    sql`SELECT user_id, status, start_at, ${lastEntryAt(tenantId, shift_id)} AS last_at
      FROM shifts WHERE tenant_id = ${tenantId} AND id = ${shift_id}`,
  );
  const closedSo = selectClosed(
    ctx,
    sql`(SELECT id FROM shifts WHERE tenant_id = ${tenantId} AND id = ${shift_id} AND end_at = ${end_at} AND ${hasCount(counted_cash)})`,
  );
  const stored = selectStored(request);
  const read = await ctx.db.batch([selected, closedSo, ...stored]);
  stopIfStored(read, stored);
  const [shift] = read.of(selected);
  if (!shift) throw notFound("shift");
  const closed = closedIn(read.of(closedSo));
  if (closed) return { user_id: shift.user_id, closed };
  // A shift that was closed otherwise is a conflict.
  if (shift.status !== "OPEN") throw shiftClosed();
  if (end_at < shift.start_at) throw invalidEnd(`must not be before the start, ${shift.start_at}`);
  if (end_at > ctx.now.toISOString()) throw invalidEnd("must not be in the future");
  if (shift.last_at !== null && shift.last_at > end_at) throw endsTooEarly(shift.last_at);
  return { user_id: shift.user_id, closed: null };
}

/**
 * Closes the shift at the desk. One round trip, unless a read must say why not.
 * @throws Problem shift-closed, invalid, idempotency-mismatch
 */
export const closeForgottenStep: DeskStep<Command & { user_id: string }, Replayable<Ended>> = async (
  ctx,
  _open,
  command,
) => {
  let isClosed = false;
  const close = async (): Promise<Ended> => {
    const ended = await record(ctx, command);
    isClosed = true;
    return ended;
  };
  const value = await runOnce(
    ctx,
    command.request,
    ShiftEnded,
    async () => (await attempt(ctx, close)) ?? (await findForgotten(ctx, command)).closed ?? close(),
  ).catch((error: unknown) => {
    throw violates(error, "closable") ? shiftClosed() : error;
  });
  return isClosed ? { value, open: null } : { value };
};

/** Closes the shift in a batch that is rejected (`closable`) where it is closed, or has an entry after its end. */
async function record(
  ctx: UserCtx,
  { shift_id, end_at, counted_cash, reason, event_id, request }: Command,
): Promise<Ended> {
  const isShift = sql`h.tenant_id = ${ctx.tenant.id} AND h.id = ${shift_id}`;
  const isClosable = sql`EXISTS (SELECT 1 FROM shifts h WHERE ${isShift} AND h.status = 'OPEN' AND h.start_at <= ${end_at}
    AND coalesce(${lastEntryAt(ctx.tenant.id, shift_id)} <= ${end_at}, true))`;
  const needs_review = needsReview(sql`h.start_at`, sql`${end_at}`);
  return closeShift(ctx, shift_id, {
    at: end_at,
    counted_cash,
    event_id,
    request,
    before: [
      requireThat("closable", isClosable),
      ...recordChange(ctx, shift_id, "close", reason, {
        status: sql`'CLOSED'`,
        start_at: sql`h.start_at`,
        end_at: sql`${end_at}`,
        counted_cash: sql`CAST(${counted_cash ?? null} AS INTEGER)`,
        z_number: nextZNumber(ctx.tenant.id),
        needs_review,
      }),
      sql`UPDATE shifts AS h SET needs_review = ${needs_review}, proposed_end_at = NULL WHERE ${isShift}`,
    ],
  });
}
