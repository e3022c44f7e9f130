import { sql } from "drizzle-orm";
import {
  type IdempotentRequest,
  type Replayable,
  runOnceOrFind,
  storeResponse,
} from "../../idempotency/run-once.ts";
import { Problem } from "../../platform/problem.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { idIfOpen, type ShiftBody } from "../record.ts";
import { Shift } from "../schema.ts";
import { insertOnce, noOpenShift, REPEAT_WINDOW_MS, type DeskStep } from "./step.ts";

type Request = { request: IdempotentRequest | null };

const breakAlreadyOpen = (): Problem => new Problem("break-already-open", "End the open break first.");

const isProblem = (error: unknown, slug: Problem["slug"]): boolean =>
  error instanceof Problem && error.slug === slug;

/** A replay may be of an earlier shift, so the next step reads D1. */
const stepResult = (result: Replayable<ShiftBody>) =>
  result.replayed ? { value: result } : { value: result, open: result.value };

/**
 * Starts a break. If one of the same kind is open already, returns the shift as it is.
 * @throws Problem no-open-shift, break-already-open, idempotency-mismatch
 */
export const startBreak: DeskStep<{ id: string; paid: boolean } & Request, Replayable<ShiftBody>> = async (
  ctx,
  open,
  { id, paid, request },
) => {
  let current = open;
  const start = async (): Promise<ShiftBody> => {
    if (!open) throw noOpenShift();
    if (open.breaks.some((each) => each.id === id)) return open;
    if (open.breaks.some((each) => each.end_at === null)) throw breakAlreadyOpen();
    const newBreak = { id, paid, start_at: ctx.now.toISOString(), end_at: null };
    const shift = { ...open, breaks: [...open.breaks, newBreak] };
    const write = ctx.db.batch([
      sql`INSERT INTO breaks (tenant_id, shift_id, id, is_paid, start_at)
        VALUES (${ctx.tenant.id}, ${idIfOpen(ctx.tenant.id, open.id)}, ${id}, ${paid ? 1 : 0}, ${newBreak.start_at})`,
      closeAlerts(ctx.tenant.id, open.id, newBreak.start_at, "idle"),
      ...storeResponse(ctx.now, request, JSON.stringify(shift)),
    ]);
    current = (await insertOnce(ctx, write, "breaks")) ?? shift;
    if (current.breaks.some((each) => each.id === id)) return current;
    throw breakAlreadyOpen();
  };
  const result = await runOnceOrFind(ctx, request, Shift, start, (error) => {
    const isOnBreak = current?.breaks.some((each) => each.end_at === null && each.paid === paid);
    return Promise.resolve(isProblem(error, "break-already-open") && isOnBreak ? current : null);
  });
  return stepResult(result);
};

/**
 * Ends the break at the instant of the request, by which a retry recognises the end that an earlier attempt has written. If
 * the break ended within the last minutes, returns the shift as it is.
 * @throws Problem no-open-shift, no-open-break, idempotency-mismatch
 */
export const endBreak: DeskStep<{ at: string } & Request, Replayable<ShiftBody>> = async (
  ctx,
  open,
  { at, request },
) => {
  // The clock of the Worker may be behind that of the object.
  const endOf = ({ start_at }: { start_at: string }): string => (start_at > at ? start_at : at);
  const last = open?.breaks.at(-1);
  const end = async (): Promise<ShiftBody> => {
    if (!open) throw noOpenShift();
    // A keyed retry is recognised by its stored response: another request may have the same instant.
    if (!request && last && last.end_at === endOf(last)) return open;
    if (open.breaks.every((each) => each.end_at !== null))
      throw new Problem("no-open-break", "There is no open break to end.");
    const breaks = open.breaks.map((each) => ({ ...each, end_at: each.end_at ?? endOf(each) }));
    const shift = { ...open, breaks };
    await ctx.db.batch([
      sql`UPDATE breaks SET end_at = max(start_at, ${at}) WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${open.id} AND end_at IS NULL`,
      closeAlerts(ctx.tenant.id, open.id, at, "idle"),
      ...storeResponse(ctx.now, request, JSON.stringify(shift)),
    ]);
    return shift;
  };
  const result = await runOnceOrFind(ctx, request, Shift, end, (error) => {
    const hasJustEnded = Date.parse(last?.end_at ?? "") >= ctx.now.getTime() - REPEAT_WINDOW_MS;
    return Promise.resolve(isProblem(error, "no-open-break") && hasJustEnded ? open : null);
  });
  return stepResult(result);
};
