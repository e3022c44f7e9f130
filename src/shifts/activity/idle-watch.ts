// The alarm of a person's desk checks whether their open shift is idle or overlong, when it may become so and at least every
// 15 minutes. Each statement checks its condition again, so an alarm that fires twice, late or after the end does no harm.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { returning, sqlBoolean, type Statement } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { closeAlerts } from "./alerts.ts";
import type { DeskStep } from "../desk/step.ts";
import { shiftColumn, shiftJson, shiftRow, type ShiftBody } from "../record.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

// A lowered setting takes effect within this time. An open shift costs at most four checks an hour, of one query each.
const MAX_CHECK_INTERVAL_MS = 15 * MINUTE_MS;

/** A scalar query: the latest value of a column (SQL over the alias x) among the rows of the shift `h`, or ''. */
const latestIn = (table: string, column: string): SQL =>
  sql.raw(
    `coalesce((SELECT max(${column}) FROM ${table} x WHERE x.tenant_id = h.tenant_id AND x.shift_id = h.id), '')`,
  );

/** A scalar query: when the person of the shift `h` was last active, given the instant of their last recorded activity. */
const lastActiveAt = (
  activityAt: SQL,
): SQL => sql`max(h.start_at, ${activityAt}, ${latestIn("sales", "x.placed_at")},
  ${latestIn("breaks", "max(x.start_at, coalesce(x.end_at, ''))")}, ${latestIn("work_sessions", "x.start_at")},
  ${latestIn("cash_moves", "x.created_at")})`;

const stateRow = z.object({
  shift: shiftColumn,
  idle_minutes: z.int(),
  max_shift_hours: z.int(),
  // When the last activity arrived, and when it happened: a device may send activity late.
  received_at: z.iso.datetime(),
  happened_at: z.iso.datetime(),
  has_idle_alert: sqlBoolean,
});

type State = z.infer<typeof stateRow>;

/**
 * Opens and closes the alerts of the open shift of the actor. Returns when to check again (milliseconds since 1970), or
 * null without an open shift. Two round trips at most.
 */
export const checkIdle: DeskStep<null, number | null> = async (ctx) => {
  const tenantId = ctx.tenant.id;
  const [state] = await ctx.db.all(
    stateRow,
    sql`SELECT ${shiftJson} AS shift, t.idle_minutes, t.max_shift_hours,
        ${lastActiveAt(sql`coalesce(h.last_activity_at, '')`)} AS received_at,
        ${lastActiveAt(sql`min(${latestIn("activity", "x.at")}, ${ctx.now.toISOString()})`)} AS happened_at,
        EXISTS (SELECT 1 FROM alerts a WHERE a.tenant_id = h.tenant_id AND a.shift_id = h.id AND a.kind = 'idle'
          AND a.closed_at IS NULL) AS has_idle_alert
      FROM shifts h JOIN tenants t ON t.id = h.tenant_id
      WHERE h.tenant_id = ${tenantId} AND h.user_id = ${ctx.actor.id} AND h.status = 'OPEN'`,
  );
  if (!state) return { value: null, open: null };
  const { shift } = state;
  const now = ctx.now.getTime();
  const onBreak = shift.breaks.some((each) => each.end_at === null);
  const idleFrom = Date.parse(state.received_at) + state.idle_minutes * MINUTE_MS;
  const overlongFrom = Date.parse(shift.start_at) + state.max_shift_hours * HOUR_MS;
  const isIdle = !onBreak && now >= idleFrom;
  const isOverlong = now >= overlongFrom;

  const statements: Statement[] = [];
  // New activity closes the alert in its own batch; this is for a shop that has raised idle_minutes.
  if (!isIdle && state.has_idle_alert)
    statements.push(closeAlerts(tenantId, shift.id, state.received_at, "idle"));
  if (isIdle && !state.has_idle_alert) statements.push(...alertIdle(ctx, state));
  if (isOverlong && !shift.needs_review) statements.push(...alertOverlong(ctx, state));
  if (shift.needs_review && shift.proposed_end_at !== state.happened_at)
    statements.push(
      sql`UPDATE shifts SET proposed_end_at = ${state.happened_at}
        WHERE tenant_id = ${tenantId} AND id = ${shift.id} AND status = 'OPEN' AND needs_review = 1`,
    );
  const open = statements.length === 0 ? shift : await applyChanges(ctx, shift.id, statements);
  if (!open) return { value: null, open };

  const nextIdle = idleFrom > now ? idleFrom : now + state.idle_minutes * MINUTE_MS;
  const next = isOverlong ? nextIdle : Math.min(nextIdle, overlongFrom);
  return { value: Math.min(next, now + MAX_CHECK_INTERVAL_MS), open };
};

/** Runs the statements and returns the shift after them, or null if it was closed in the meantime. */
async function applyChanges(
  ctx: UserCtx,
  shiftId: string,
  statements: Statement[],
): Promise<ShiftBody | null> {
  const openShift = returning(
    shiftRow,
    sql`SELECT ${shiftJson} AS shift FROM shifts h
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId} AND h.status = 'OPEN'`,
  );
  const done = await ctx.db.batch([...statements, openShift]);
  const [row] = done.of(openShift);
  return row?.shift ?? null;
}

/** The statement that opens an alert, if the open shift `h` meets the condition and has no open alert of the kind. */
const openAlert = (
  ctx: UserCtx,
  id: string,
  kind: "idle" | "overlong",
  shiftId: string,
  condition: SQL,
): SQL =>
  sql`INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at)
    SELECT h.tenant_id, ${id}, ${kind}, h.id, h.user_id, ${ctx.now.toISOString()} FROM shifts h
    WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId} AND h.status = 'OPEN' AND ${condition}
    ON CONFLICT (tenant_id, shift_id, kind) WHERE closed_at IS NULL DO NOTHING`;

const isOpened = (ctx: UserCtx, id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM alerts WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`;

function alertIdle(ctx: UserCtx, { shift, received_at }: State): Statement[] {
  const id = newId();
  const noLaterSale = sql`${latestIn("sales", "x.placed_at")} <= ${received_at}`;
  const payload = { id, shift_id: shift.id, user_id: shift.user_id, last_sign_at: received_at };
  return [
    openAlert(ctx, id, "idle", shift.id, noLaterSale),
    emit(ctx, ctx.tenant.id, newId(), "shift.idle", sql`${JSON.stringify(payload)}`, isOpened(ctx, id)),
  ];
}

function alertOverlong(ctx: UserCtx, { shift, happened_at }: State): Statement[] {
  const id = newId();
  const isShift = sql`tenant_id = ${ctx.tenant.id} AND id = ${shift.id}`;
  const opened = isOpened(ctx, id);
  const payload = sql`(SELECT ${shiftJson} FROM shifts h WHERE ${isShift})`;
  return [
    openAlert(ctx, id, "overlong", shift.id, sql`h.needs_review = 0`),
    sql`UPDATE shifts SET needs_review = 1, proposed_end_at = ${happened_at} WHERE ${isShift} AND ${opened}`,
    emit(ctx, ctx.tenant.id, newId(), "shift.needs_review", payload, opened),
  ];
}
