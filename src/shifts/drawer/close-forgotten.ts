// A shift that its person forgot to end: an ADMIN says when it ended. It goes through the desk of that person, so that the
// desk remembers right; and it does not end before what was sold, refunded or moved in it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { callerOf, callDesk } from "../desk/desk-client.ts";
import { recordChange } from "../audit.ts";
import type { DeskStep } from "../desk/steps.ts";
import { findOpenShift } from "../record.ts";
import { endsEarly, lastIn } from "./bounds.ts";
import { closeShift, closedBy, closeRefused } from "./close.ts";
import type { ShiftClose, ShiftEnded } from "./schema.ts";

type Input = z.infer<typeof ShiftClose>;

const shiftClosed = (): Problem => new Problem("shift-closed", "The shift has ended already: correct it.");

/** Closes the open shift of somebody. @throws Problem not-found, shift-closed, invalid */
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
  const asked = { ...input, shift_id: shiftId, user_id: shift.user_id, event_id: newId() };
  return callDesk(ctx, (desk) => desk.closeFor(callerOf(ctx), asked), shift.user_id);
}

const refuse = (detail: string): Problem => invalid([{ pointer: "#/end_at", detail }]);

/**
 * The desk's part: what it remembers is not enough for the audit, so it asks D1. Two round trips.
 * @throws Problem shift-closed, invalid
 */
export const closeForgottenStep: DeskStep<
  Input & { shift_id: string; user_id: string; event_id: string },
  z.infer<typeof ShiftEnded>
> = async (ctx, _open, { shift_id, user_id, event_id, end_at, counted_cash, reason }) => {
  const shift = await findOpenShift(ctx, ctx.tenant.id, user_id);
  if (shift?.id !== shift_id) return ownClose(ctx, event_id);
  if (end_at < shift.start_at) throw refuse(`not before its start, ${shift.start_at}`);
  if (end_at > ctx.now.toISOString()) throw refuse("not in the future");
  const last = lastIn(ctx.tenant.id, shift_id);
  try {
    const value = await closeShift(ctx, shift, {
      at: end_at,
      counted_cash,
      event_id,
      unless: sql`coalesce(${last} > ${end_at}, false)`,
      more: [
        sql`UPDATE shifts SET needs_review = 0, proposed_end_at = NULL WHERE tenant_id = ${ctx.tenant.id} AND id = ${shift_id}`,
        ...recordChange(ctx, shift_id, "close", reason, JSON.stringify(shift)),
      ],
    });
    return { value, open: null };
  } catch (error) {
    if (!closeRefused(error)) throw error;
    const [row] = await ctx.db.all(z.object({ at: z.string().nullable() }), sql`SELECT ${last} AS at`);
    if (row && row.at !== null && row.at > end_at) throw endsEarly(row.at);
    return ownClose(ctx, event_id);
  }
};

/** The shift as a first try of this request has closed it. @throws Problem shift-closed */
async function ownClose(ctx: ActorCtx, eventId: string) {
  const value = await closedBy(ctx, eventId);
  if (!value) throw shiftClosed();
  return { value };
}
