// The watch over a shift: an alarm of the desk looks whether its person still does something, and whether the shift is
// open for too long. It looks when one of these may be so, and each quarter of an hour; what it does holds if it runs
// twice, late, or after the end, for each statement asks again what is so.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { sqlBoolean, rows } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { closeAlerts } from "./alerts.ts";
import type { DeskStep } from "../desk/steps.ts";
import { parseShift, shiftJson } from "../record.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

// A setting that is lowered counts within this time. An hour of an open shift costs four looks, of one read each, at most.
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;

const newest = (column: string, table: string): SQL =>
  sql.raw(
    `coalesce((SELECT max(${column}) FROM ${table} x WHERE x.tenant_id = h.tenant_id AND x.shift_id = h.id), '')`,
  );

/** A scalar query: the last sign of life in the shift `h`, where `activity` is that of its activity. */
const lastSign = (activity: SQL): SQL => sql`max(h.start_at, ${activity}, ${newest("x.placed_at", "sales")},
  ${newest("max(x.start_at, coalesce(x.end_at, ''))", "breaks")}, ${newest("x.start_at", "work_sessions")},
  ${newest("x.created_at", "cash_moves")})`;

const stateRow = z.object({
  shift: z.string().transform(parseShift),
  idle_minutes: z.int(),
  max_shift_hours: z.int(),
  // When something came in for the last time.
  seen_at: z.iso.datetime(),
  // When something was done for the last time: activity may come in late.
  done_at: z.iso.datetime(),
  is_alerted: sqlBoolean,
});

type State = z.infer<typeof stateRow>;

/** Looks after the open shift, and answers when to look again (milliseconds), null without a shift. Two round trips at most. */
export const checkIdle: DeskStep<null, number | null> = async (ctx, _remembered) => {
  const tenantId = ctx.tenant.id;
  const [state] = await ctx.db.all(
    stateRow,
    sql`SELECT ${shiftJson} AS shift, t.idle_minutes, t.max_shift_hours,
        ${lastSign(sql`coalesce(h.last_activity_at, '')`)} AS seen_at,
        ${lastSign(sql`min(${newest("x.at", "activity")}, ${ctx.now.toISOString()})`)} AS done_at,
        EXISTS (SELECT 1 FROM alerts a WHERE a.tenant_id = h.tenant_id AND a.shift_id = h.id AND a.kind = 'idle'
          AND a.closed_at IS NULL) AS is_alerted
      FROM shifts h JOIN tenants t ON t.id = h.tenant_id
      WHERE h.tenant_id = ${tenantId} AND h.user_id = ${ctx.actor.id} AND h.status = 'OPEN'`,
  );
  if (!state) return { value: null, open: null };
  const { shift } = state;
  const now = ctx.now.getTime();
  const onBreak = shift.breaks.some((each) => each.end_at === null);
  const idleFrom = Date.parse(state.seen_at) + state.idle_minutes * MINUTE_MS;
  const overlongFrom = Date.parse(shift.start_at) + state.max_shift_hours * HOUR_MS;
  const isIdle = !onBreak && now >= idleFrom;
  const isOverlong = now >= overlongFrom;

  const statements: SQL[] = [];
  // A sign of life has closed its alert itself: this is for a shop that has raised idle_minutes.
  if (!isIdle && state.is_alerted) statements.push(closeAlerts(tenantId, shift.id, state.seen_at, "idle"));
  if (isIdle && !state.is_alerted) statements.push(...alertIdle(ctx, state));
  if (isOverlong && !shift.needs_review) statements.push(...alertOverlong(ctx, state));
  if (shift.needs_review && shift.proposed_end_at !== state.done_at)
    statements.push(
      sql`UPDATE shifts SET proposed_end_at = ${state.done_at}
        WHERE tenant_id = ${tenantId} AND id = ${shift.id} AND status = 'OPEN' AND needs_review = 1`,
    );
  const open = statements.length === 0 ? shift : await changed(ctx, shift.id, statements);
  if (!open) return { value: null, open };

  const nextIdle = idleFrom > now ? idleFrom : now + state.idle_minutes * MINUTE_MS;
  const next = isOverlong ? nextIdle : Math.min(nextIdle, overlongFrom);
  return { value: Math.min(next, now + LONGEST_PAUSE_MS), open };
};

type Ctx = Parameters<typeof checkIdle>[0];

const changedRow = z.object({ shift: z.string().transform(parseShift) });

/** Sends the statements; answers the shift after them, null where it was closed meanwhile. */
async function changed(ctx: Ctx, shiftId: string, statements: SQL[]) {
  const results = await ctx.db.batch([
    ...statements,
    sql`SELECT ${shiftJson} AS shift FROM shifts h
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId} AND h.status = 'OPEN'`,
  ]);
  return rows(changedRow, results.at(-1))[0]?.shift ?? null;
}

/** Opens an alert where the shift `h` is as `when` says, and its kind has none open. */
const openAlert = (ctx: Ctx, id: string, kind: "idle" | "overlong", shiftId: string, when: SQL): SQL =>
  sql`INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at)
    SELECT h.tenant_id, ${id}, ${kind}, h.id, h.user_id, ${ctx.now.toISOString()} FROM shifts h
    WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId} AND h.status = 'OPEN' AND ${when}
    ON CONFLICT (tenant_id, shift_id, kind) WHERE closed_at IS NULL DO NOTHING`;

const isOpened = (ctx: Ctx, id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM alerts WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`;

// A sale after our read is news: it is asked for again.
function alertIdle(ctx: Ctx, { shift, seen_at }: State): SQL[] {
  const id = newId();
  const still = sql`${newest("x.placed_at", "sales")} <= ${seen_at}`;
  const payload = { id, shift_id: shift.id, user_id: shift.user_id, last_sign_at: seen_at };
  return [
    openAlert(ctx, id, "idle", shift.id, still),
    emit(ctx, ctx.tenant.id, newId(), "shift.idle", sql`${JSON.stringify(payload)}`, isOpened(ctx, id)),
  ];
}

function alertOverlong(ctx: Ctx, { shift, done_at }: State): SQL[] {
  const id = newId();
  const ofShift = sql`tenant_id = ${ctx.tenant.id} AND id = ${shift.id}`;
  const opened = isOpened(ctx, id);
  const payload = sql`(SELECT ${shiftJson} FROM shifts h WHERE ${ofShift})`;
  return [
    openAlert(ctx, id, "overlong", shift.id, sql`h.needs_review = 0`),
    sql`UPDATE shifts SET needs_review = 1, proposed_end_at = ${done_at} WHERE ${ofShift} AND ${opened}`,
    emit(ctx, ctx.tenant.id, newId(), "shift.needs_review", payload, opened),
  ];
}
