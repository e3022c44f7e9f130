import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { unauthenticated, Problem } from "../../platform/problem.ts";
import {
  type IdempotentRequest,
  type Replayable,
  runOnce,
  storeResponse,
} from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { findOpenShift, idIfOpen, type ShiftBody } from "../record.ts";
import { ShiftStarted, WorkSession } from "../schema.ts";
import { insertOnce, noOpenShift, type DeskStep } from "./step.ts";

type Session = z.infer<typeof WorkSession>;
type Started = z.infer<typeof ShiftStarted>;
type Device = { device_label?: string | undefined };

const alreadyOpen = (shift: ShiftBody): Problem =>
  new Problem("shift-already-open", `Your shift of ${shift.start_at} is still open.`, { shift });

const newSession = (ctx: UserCtx, id: string, device: Device): Session => ({
  id,
  device_label: device.device_label ?? null,
  start_at: ctx.now.toISOString(),
  end_at: null,
});

const sessionOf = (shift: ShiftBody | null, id: string): Session | undefined =>
  shift?.sessions.find((each) => each.id === id);

const insertSession = (ctx: UserCtx, shiftId: SQL, session: Session) =>
  sql`INSERT INTO work_sessions (tenant_id, shift_id, id, device_label, start_at)
    VALUES (${ctx.tenant.id}, ${shiftId}, ${session.id}, ${session.device_label}, ${session.start_at})`;

/** Returns the open shift. @throws Problem no-open-shift */
export const readShift: DeskStep<null, ShiftBody> = (_ctx, open) => {
  if (!open) throw noOpenShift();
  return Promise.resolve({ value: open, open });
};

type StartInput = Device & {
  id: string;
  session_id: string;
  opening_cash: number;
  request: IdempotentRequest | null;
};

/** The shift if this request has started it, else null. */
function startedBy({ id, session_id }: StartInput, shift: ShiftBody | null): Started | null {
  const session = sessionOf(shift, session_id);
  return shift?.id === id && session ? { ...shift, session } : null;
}

/**
 * Starts the shift of the actor. One round trip, two if the cached shift differs from D1.
 * @throws Problem shift-already-open, invalid-token
 */
export const startShift: DeskStep<StartInput, Replayable<Started>> = async (ctx, open, input) => {
  const result = await runOnce(ctx, input.request, ShiftStarted, async () => {
    // A cached shift is not enough to reject the start: D1 may have closed it.
    const current = open && (await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id));
    const earlier = startedBy(input, current);
    if (earlier) return earlier;
    if (current) throw alreadyOpen(current);
    const session = newSession(ctx, input.session_id, input);
    const at = ctx.now.toISOString();
    const shift: ShiftBody = {
      id: input.id,
      user_id: ctx.actor.id,
      status: "OPEN",
      start_at: at,
      end_at: null,
      day: dayOf(ctx.now, ctx.tenant.timezone),
      opening_cash: input.opening_cash,
      counted_cash: null,
      z_number: null,
      needs_review: false,
      proposed_end_at: null,
      sessions: [session],
      breaks: [],
    };
    try {
      await ctx.db.batch([
        sql`INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, opening_cash, created_at)
          SELECT tenant_id, ${shift.id}, id, 'OPEN', ${at}, ${shift.day}, ${shift.opening_cash}, ${at}
          FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${shift.user_id} AND is_active = 1`,
        // If the account was disabled or erased since it signed in there is no shift, and NOT NULL rejects the session.
        insertSession(ctx, idIfOpen(ctx.tenant.id, shift.id), session),
        emit(ctx, ctx.tenant.id, newId(), "shift.started", sql`${JSON.stringify(shift)}`),
        ...storeResponse(ctx.now, input.request, JSON.stringify({ ...shift, session })),
      ]);
    } catch (error) {
      if (violates(error, "work_sessions.shift_id")) throw unauthenticated("The account is disabled.");
      // D1 has an open shift that the object has lost from its storage.
      const existing = violates(error, "shifts.tenant_id")
        ? await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id)
        : null;
      const retried = startedBy(input, existing);
      if (retried) return retried;
      throw existing ? alreadyOpen(existing) : error;
    }
    return { ...shift, session };
  });
  if (result.replayed) return { value: result };
  const { session: _, ...shift } = result.value;
  return { value: result, open: shift };
};

/** Adds the session of another device to the open shift. @throws Problem no-open-shift */
export const joinShift: DeskStep<
  Device & { id: string; request: IdempotentRequest | null },
  Replayable<Session>
> = async (ctx, open, input) => {
  const result = await runOnce(ctx, input.request, WorkSession, async () => {
    const earlier = sessionOf(open, input.id);
    if (earlier) return earlier;
    if (!open) throw noOpenShift();
    const session = newSession(ctx, input.id, input);
    const write = ctx.db.batch([
      insertSession(ctx, idIfOpen(ctx.tenant.id, open.id), session),
      closeAlerts(ctx.tenant.id, open.id, session.start_at, "idle"),
      ...storeResponse(ctx.now, input.request, JSON.stringify(session)),
    ]);
    return sessionOf(await insertOnce(ctx, write, "work_sessions"), input.id) ?? session;
  });
  if (result.replayed || !open || sessionOf(open, input.id)) return { value: result, open };
  return { value: result, open: { ...open, sessions: [...open.sessions, result.value] } };
};
