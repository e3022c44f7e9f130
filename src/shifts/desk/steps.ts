// The steps of a shift at the desk of one person. The Durable Object runs one at a time and remembers the open shift
// between them; D1 keeps what happened. A step takes the open shift and answers what the caller gets and the open shift
// after it. It may be a second try of a request whose first was cut off: what has the request's id already is its own.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { unauthenticated, Problem } from "../../platform/problem.ts";
import { type IdempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { findOpenShift, idIfOpen, type ShiftBody } from "../record.ts";
import { ShiftStarted, WorkSession } from "../schema.ts";

/** `open` is left out where the step does not know it: the next one asks D1. */
export type DeskStep<Input, Value> = (
  ctx: ActorCtx,
  open: ShiftBody | null,
  input: Input,
) => Promise<{ value: Value; open?: ShiftBody | null }>;

type Session = z.infer<typeof WorkSession>;
type Device = { device_label?: string | undefined };

/** Waits for a write into the open shift; where D1 has closed it meanwhile, `column` has refused it. @throws Problem no-open-shift */
export async function orClosed(write: Promise<unknown>, column: string): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw violates(error, column) ? noOpenShift() : error;
  }
}

/**
 * Waits for a write of a row with the request's own id into the open shift. Null where it is done; where D1 has such a row
 * already, the open shift as D1 has it. @throws Problem no-open-shift
 */
async function found(ctx: ActorCtx, write: Promise<unknown>, table: string): Promise<ShiftBody | null> {
  try {
    await orClosed(write, `${table}.shift_id`);
    return null;
  } catch (error) {
    const shift = violates(error, `${table}.tenant_id`)
      ? await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id)
      : null;
    if (!shift) throw error;
    return shift;
  }
}

export const noOpenShift = (): Problem => new Problem("no-open-shift", "Start a shift first.");

const alreadyOpen = (shift: ShiftBody): Problem =>
  new Problem("shift-already-open", `The shift of ${shift.start_at} is still open.`, { shift });

const newSession = (ctx: ActorCtx, id: string, device: Device): Session => ({
  id,
  device_label: device.device_label ?? null,
  start_at: ctx.now.toISOString(),
  end_at: null,
});

const sessionOf = (shift: ShiftBody | null, id: string): Session | undefined =>
  shift?.sessions.find((each) => each.id === id);

const storeSession = (ctx: ActorCtx, shiftId: SQL, session: Session) =>
  sql`INSERT INTO work_sessions (tenant_id, shift_id, id, device_label, start_at)
    VALUES (${ctx.tenant.id}, ${shiftId}, ${session.id}, ${session.device_label}, ${session.start_at})`;

/** Says which shift is open. */
export const readShift: DeskStep<null, ShiftBody> = (_ctx, open) => {
  if (!open) throw noOpenShift();
  return Promise.resolve({ value: open, open });
};

/** What a step that creates answers: the same to a repeated request. */
type Made<Value> = { replayed: boolean; value: Value };

type Start = Device & {
  id: string;
  session_id: string;
  opening_cash: number;
  request: IdempotentRequest | null;
};

/** What this very request has started, null where the shift is another's. */
function startedBy({ id, session_id }: Start, shift: ShiftBody | null): z.infer<typeof ShiftStarted> | null {
  const session = sessionOf(shift, session_id);
  return shift?.id === id && session ? { ...shift, session } : null;
}

/** Starts the shift of the actor. Two round trips at most, one where the desk knows right. @throws Problem shift-already-open, invalid-token */
export const startShift: DeskStep<Start, Made<z.infer<typeof ShiftStarted>>> = async (ctx, open, input) => {
  const made = await runOnce(ctx, input.request, ShiftStarted, async () => {
    // Nobody is refused for a shift that is only remembered: D1 may have closed it.
    const actual = open && (await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id));
    const mine = startedBy(input, actual);
    if (mine) return mine;
    if (actual) throw alreadyOpen(actual);
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
        // Where there is no shift, for the account was disabled or erased since it was asked for, NOT NULL refuses.
        storeSession(ctx, idIfOpen(ctx.tenant.id, shift.id), session),
        emit(ctx, ctx.tenant.id, newId(), "shift.started", sql`${JSON.stringify(shift)}`),
        ...storeResponse(ctx.now, input.request, JSON.stringify({ ...shift, session })),
      ]);
    } catch (error) {
      if (violates(error, "work_sessions.shift_id")) throw unauthenticated("The account is disabled.");
      // D1 has a shift that this desk did not know: its memory was lost.
      const known = violates(error, "shifts.tenant_id")
        ? await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id)
        : null;
      const own = startedBy(input, known);
      if (own) return own;
      throw known ? alreadyOpen(known) : error;
    }
    return { ...shift, session };
  });
  if (made.replayed) return { value: made };
  const { session: _, ...shift } = made.value;
  return { value: made, open: shift };
};

/** Works on an open shift from another device. @throws Problem no-open-shift */
export const joinShift: DeskStep<
  Device & { id: string; request: IdempotentRequest | null },
  Made<Session>
> = async (ctx, open, input) => {
  const made = await runOnce(ctx, input.request, WorkSession, async () => {
    const mine = sessionOf(open, input.id);
    if (mine) return mine;
    if (!open) throw noOpenShift();
    const session = newSession(ctx, input.id, input);
    const write = ctx.db.batch([
      storeSession(ctx, idIfOpen(ctx.tenant.id, open.id), session),
      closeAlerts(ctx.tenant.id, open.id, session.start_at, "idle"),
      ...storeResponse(ctx.now, input.request, JSON.stringify(session)),
    ]);
    return sessionOf(await found(ctx, write, "work_sessions"), input.id) ?? session;
  });
  if (made.replayed || !open || sessionOf(open, input.id)) return { value: made, open };
  return { value: made, open: { ...open, sessions: [...open.sessions, made.value] } };
};

const breakAlreadyOpen = (): Problem => new Problem("break-already-open", "End the break first.");

/** Begins a break. @throws Problem no-open-shift, break-already-open */
export const startBreak: DeskStep<{ id: string; paid: boolean }, ShiftBody> = async (
  ctx,
  open,
  { id, paid },
) => {
  if (!open) throw noOpenShift();
  if (open.breaks.some((each) => each.id === id)) return { value: open, open };
  if (open.breaks.some((each) => each.end_at === null)) throw breakAlreadyOpen();
  const pause = { id, paid, start_at: ctx.now.toISOString(), end_at: null };
  const write = ctx.db.batch([
    sql`INSERT INTO breaks (tenant_id, shift_id, id, is_paid, start_at)
      VALUES (${ctx.tenant.id}, ${idIfOpen(ctx.tenant.id, open.id)}, ${pause.id}, ${paid ? 1 : 0}, ${pause.start_at})`,
    closeAlerts(ctx.tenant.id, open.id, pause.start_at, "idle"),
  ]);
  const other = await found(ctx, write, "breaks");
  if (other?.breaks.some((each) => each.id === id)) return { value: other, open: other };
  if (other) throw breakAlreadyOpen();
  const shift = { ...open, breaks: [...open.breaks, pause] };
  return { value: shift, open: shift };
};

/**
 * Ends the break at the instant of the request, by which a second try knows the end that the first has written.
 * @throws Problem no-open-shift, no-open-break
 */
export const endBreak: DeskStep<{ at: string }, ShiftBody> = async (ctx, open, { at }) => {
  if (!open) throw noOpenShift();
  // The clock of the Worker may be behind that of the desk.
  const endOf = ({ start_at }: { start_at: string }): string => (start_at > at ? start_at : at);
  const last = open.breaks.at(-1);
  if (last && last.end_at === endOf(last)) return { value: open, open };
  if (open.breaks.every((each) => each.end_at !== null))
    throw new Problem("no-open-break", "There is no break to end.");
  await ctx.db.batch([
    sql`UPDATE breaks SET end_at = max(start_at, ${at}) WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${open.id} AND end_at IS NULL`,
    closeAlerts(ctx.tenant.id, open.id, at, "idle"),
  ]);
  const breaks = open.breaks.map((each) => ({ ...each, end_at: each.end_at ?? endOf(each) }));
  const shift = { ...open, breaks };
  return { value: shift, open: shift };
};
