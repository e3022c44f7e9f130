// An ADMIN closes a shift that its person forgot to end. It goes through the Durable Object of that person, so that its
// cached shift stays right.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { callerOf, callDesk } from "../desk/desk-client.ts";
import { recordChange } from "../audit.ts";
import type { DeskStep } from "../desk/step.ts";
import { findOpenShift } from "../record.ts";
import { endsTooEarly, lastEntryAt } from "./bounds.ts";
import { closeShift, isCloseRejected, shiftClosedBy } from "./close.ts";
import type { ShiftClose, ShiftEnded } from "./schema.ts";

type Input = z.infer<typeof ShiftClose>;

const shiftClosed = (): Problem =>
  new Problem("shift-closed", "The shift is already closed: correct it with PATCH /shifts/{id}.");

/** Closes the open shift of another person. @throws Problem not-found, shift-closed, invalid */
export async function closeForgotten(
  ctx: ActorCtx,
  shiftId: string,
  input: Input,
): Promise<z.infer<typeof ShiftEnded>> {
  const [shift] = await ctx.db.all(
    z.object({ user_id: z.string(), status: z.string() }),
    sql`SELECT user_id, status FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
  );
  if (!shift) throw notFound("shift");
  if (shift.status === "CLOSED") throw shiftClosed();
  const command = { ...input, shift_id: shiftId, user_id: shift.user_id, event_id: newId() };
  return callDesk(ctx, (desk) => desk.closeForgotten(callerOf(ctx), command), shift.user_id);
}

const invalidEnd = (detail: string): Problem => invalid([{ pointer: "#/end_at", detail }]);

/**
 * Closes the shift at the desk. It reads D1 first, since the audit needs the exact state before the change. Two round trips.
 * @throws Problem shift-closed, invalid
 */
export const closeForgottenStep: DeskStep<
  Input & { shift_id: string; user_id: string; event_id: string },
  z.infer<typeof ShiftEnded>
> = async (ctx, _open, { shift_id, user_id, event_id, end_at, counted_cash, reason }) => {
  const shift = await findOpenShift(ctx, ctx.tenant.id, user_id);
  if (shift?.id !== shift_id) return closedEarlier(ctx, event_id);
  if (end_at < shift.start_at) throw invalidEnd(`must not be before the start, ${shift.start_at}`);
  if (end_at > ctx.now.toISOString()) throw invalidEnd("must not be in the future");
  const lastAt = lastEntryAt(ctx.tenant.id, shift_id);
  try {
    const value = await closeShift(ctx, shift, {
      at: end_at,
      counted_cash,
      event_id,
      unless: sql`coalesce(${lastAt} > ${end_at}, false)`,
      statements: [
        sql`UPDATE shifts SET needs_review = 0, proposed_end_at = NULL WHERE tenant_id = ${ctx.tenant.id} AND id = ${shift_id}`,
        ...recordChange(ctx, shift_id, "close", reason, JSON.stringify(shift)),
      ],
    });
    return { value, open: null };
  } catch (error) {
    if (!isCloseRejected(error)) throw error;
    const [last] = await ctx.db.all(z.object({ at: z.string().nullable() }), sql`SELECT ${lastAt} AS at`);
    if (last && last.at !== null && last.at > end_at) throw endsTooEarly(last.at);
    return closedEarlier(ctx, event_id);
  }
};

/** The shift as an earlier attempt of this request closed it. @throws Problem shift-closed */
async function closedEarlier(ctx: ActorCtx, eventId: string) {
  const value = await shiftClosedBy(ctx, eventId);
  if (!value) throw shiftClosed();
  return { value };
}
