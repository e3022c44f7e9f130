// A step changes or reads the open shift of one person. The Durable Object runs one step at a time and caches the open shift
// between steps; D1 is the record. A step may be retried after a cut-off request: a row that already has the id of the
// request was written by the earlier attempt.
import type { UserCtx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { findOpenShift, type ShiftBody } from "../record.ts";

/** Takes the open shift and returns the result and the open shift afterwards; `open` is omitted if the next step must read D1. */
export type DeskStep<Input, Value> = (
  ctx: UserCtx,
  open: ShiftBody | null,
  input: Input,
) => Promise<{ value: Value; open?: ShiftBody | null }>;

/** How long a request without a key that ends a shift or a break counts as a repetition of the one that ended it. */
export const REPEAT_WINDOW_MS = 10 * 60_000;

export const noOpenShift = (): Problem => new Problem("no-open-shift", "Start a shift first.");

/**
 * Awaits a write into the open shift. If D1 has closed the shift in the meantime, the NOT NULL `column` rejects it.
 * @throws Problem no-open-shift
 */
export async function writeToOpenShift<T>(write: Promise<T>, column: string): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw violates(error, column) ? noOpenShift() : error;
  }
}

/**
 * Awaits the insert of a row with the id of the request into the open shift. Returns null if it was inserted, or the open
 * shift in D1 if an earlier attempt has inserted it. @throws Problem no-open-shift
 */
export async function insertOnce(
  ctx: UserCtx,
  write: Promise<unknown>,
  table: string,
): Promise<ShiftBody | null> {
  try {
    await writeToOpenShift(write, `${table}.shift_id`);
    return null;
  } catch (error) {
    const shift = violates(error, `${table}.tenant_id`)
      ? await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id)
      : null;
    if (!shift) throw error;
    return shift;
  }
}
