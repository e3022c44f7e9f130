// Closing a shift ends its breaks and sessions, stores the counted cash, and numbers and stores the Z report, in one batch. A
// sale looks up its shift inside its own batch, so no sale joins a closed shift.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../../platform/context.ts";
import { returning, type Returning, violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { emit } from "../../events/outbox.ts";
import {
  type IdempotentRequest,
  type Replayable,
  runOnceOrFind,
  storeResponse,
} from "../../idempotency/run-once.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { noOpenShift, REPEAT_WINDOW_MS, type DeskStep } from "../desk/step.ts";
import { clampToShift, shiftColumn, shiftJson } from "../record.ts";
import { reportColumn, reportJson, storedReportJson } from "./report.ts";
import { ShiftEnded } from "./schema.ts";

type EndedBody = z.infer<typeof ShiftEnded>;

const closedRow = z.object({ shift: shiftColumn, report: reportColumn });

type Closing = {
  at: string;
  counted_cash: number | undefined;
  event_id: string;
  request: IdempotentRequest | null;
  /** Statements of the batch that precede the close. */
  before?: SQL[];
};

/** A scalar query: the number of the next Z report. */
export const nextZNumber = (tenantId: string): SQL =>
  sql`(SELECT coalesce(max(z_number), 0) + 1 FROM shifts WHERE tenant_id = ${tenantId} AND z_number IS NOT NULL)`;

/** Whether D1 rejected the close because the shift is already closed. */
const isCloseRejected = (error: unknown): boolean => violates(error, "shifts.status");

/** Closes an open shift and returns it with its Z report. One round trip. */
export async function closeShift(
  ctx: UserCtx,
  shiftId: string,
  { at, counted_cash, event_id, request, before = [] }: Closing,
): Promise<EndedBody> {
  const tenantId = ctx.tenant.id;
  const isShift = sql`tenant_id = ${tenantId} AND id = ${shiftId}`;
  const closed = selectClosed(ctx, sql`${shiftId}`);
  const done = await ctx.db.batch([
    ...before,
    sql`UPDATE shifts SET status = CASE WHEN status = 'OPEN' THEN 'CLOSED' END, end_at = ${at},
        counted_cash = ${counted_cash ?? null}, z_number = ${nextZNumber(tenantId)}
      WHERE ${isShift}`,
    ...clampToShift(tenantId, shiftId),
    sql`UPDATE shifts AS h SET z_report = ${reportJson(ctx.tenant.currency)} WHERE ${isShift}`,
    closeAlerts(tenantId, shiftId, ctx.now.toISOString(), "all"),
    emit(ctx, tenantId, event_id, "shift.ended", sql`(SELECT ${shiftJson} FROM shifts h WHERE ${isShift})`),
    ...storeResponse(
      ctx.now,
      request,
      sql`(SELECT json_set(${shiftJson}, '$.report', json(${storedReportJson})) FROM shifts h WHERE ${isShift})`,
    ),
    closed,
  ]);
  const ended = closedIn(done.of(closed));
  if (!ended) throw noOpenShift();
  return ended;
}

/** Reads the closed shift of this id (SQL), for a batch. */
export const selectClosed = (ctx: UserCtx, id: SQL): Returning<z.infer<typeof closedRow>> =>
  returning(
    closedRow,
    sql`SELECT ${shiftJson} AS shift, ${storedReportJson} AS report FROM shifts h
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.z_report IS NOT NULL AND h.id = ${id}`,
  );

/** The closed shift among the rows of `selectClosed`, or null. */
export const closedIn = ([row]: z.infer<typeof closedRow>[]): EndedBody | null =>
  row ? { ...row.shift, report: row.report } : null;

/** A scalar query: the id of the shift that an earlier attempt closed under this event, or NULL. */
export const shiftClosedBy = (ctx: UserCtx, eventId: string): SQL =>
  sql`(SELECT payload ->> 'id' FROM events WHERE tenant_id = ${ctx.tenant.id} AND id = ${eventId})`;

/** A condition: the shift was closed with this count, or the request names none. */
export const hasCount = (counted_cash: number | undefined): SQL =>
  counted_cash === undefined ? sql`true` : sql`counted_cash IS ${counted_cash}`;

/** A scalar query: the id of the last shift of the actor if it ended within the last minutes, with this count; or NULL. */
const justEnded = ({ tenant, actor, now }: UserCtx, counted_cash: number | undefined): SQL =>
  sql`(SELECT id FROM (SELECT id, end_at, counted_cash FROM shifts
      WHERE tenant_id = ${tenant.id} AND user_id = ${actor.id} ORDER BY day DESC, start_at DESC, id DESC LIMIT 1)
    WHERE end_at >= ${new Date(now.getTime() - REPEAT_WINDOW_MS).toISOString()} AND ${hasCount(counted_cash)})`;

/** The closed shift of this id (SQL), or null. One round trip. */
async function findEnded(ctx: UserCtx, id: SQL): Promise<EndedBody | null> {
  const { shape, statement } = selectClosed(ctx, id);
  return closedIn(await ctx.db.all(shape, statement));
}

type EndInput = { counted_cash?: number | undefined; event_id: string; request: IdempotentRequest | null };

/**
 * Ends the shift of the actor, or returns it if it ended within the last minutes. One round trip, also without an open shift,
 * two with a key. @throws Problem no-open-shift, idempotency-mismatch
 */
export const endShift: DeskStep<EndInput, Replayable<EndedBody>> = async (ctx, open, input) => {
  const { counted_cash, event_id, request } = input;
  let isClosed = false;
  const end = async (): Promise<EndedBody> => {
    if (!open) throw noOpenShift();
    // The object may have moved to a machine whose clock is behind.
    const now = ctx.now.toISOString();
    const at = now < open.start_at ? open.start_at : now;
    try {
      const ended = await closeShift(ctx, open.id, { at, counted_cash, event_id, request });
      isClosed = true;
      return ended;
    } catch (error) {
      throw isCloseRejected(error) ? noOpenShift() : error;
    }
  };
  const find = async (error: unknown): Promise<EndedBody | null> =>
    error instanceof Problem && error.slug === "no-open-shift"
      ? findEnded(ctx, sql`coalesce(${shiftClosedBy(ctx, event_id)}, ${justEnded(ctx, counted_cash)})`)
      : null;
  const value = await runOnceOrFind(ctx, request, ShiftEnded, end, find);
  return isClosed ? { value, open: null } : { value };
};
