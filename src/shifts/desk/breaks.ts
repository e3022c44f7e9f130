import { sql } from "drizzle-orm";
import { Problem } from "../../platform/problem.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { idIfOpen, type ShiftBody } from "../record.ts";
import { insertOnce, noOpenShift, type DeskStep } from "./step.ts";

const breakAlreadyOpen = (): Problem => new Problem("break-already-open", "End the open break first.");

/** Starts a break. @throws Problem no-open-shift, break-already-open */
export const startBreak: DeskStep<{ id: string; paid: boolean }, ShiftBody> = async (
  ctx,
  open,
  { id, paid },
) => {
  if (!open) throw noOpenShift();
  if (open.breaks.some((each) => each.id === id)) return { value: open, open };
  if (open.breaks.some((each) => each.end_at === null)) throw breakAlreadyOpen();
  const newBreak = { id, paid, start_at: ctx.now.toISOString(), end_at: null };
  const write = ctx.db.batch([
    sql`INSERT INTO breaks (tenant_id, shift_id, id, is_paid, start_at)
      VALUES (${ctx.tenant.id}, ${idIfOpen(ctx.tenant.id, open.id)}, ${id}, ${paid ? 1 : 0}, ${newBreak.start_at})`,
    closeAlerts(ctx.tenant.id, open.id, newBreak.start_at, "idle"),
  ]);
  const stored = await insertOnce(ctx, write, "breaks");
  if (stored?.breaks.some((each) => each.id === id)) return { value: stored, open: stored };
  if (stored) throw breakAlreadyOpen();
  const shift = { ...open, breaks: [...open.breaks, newBreak] };
  return { value: shift, open: shift };
};

/**
 * Ends the break at the instant of the request, by which a retry recognises the end that an earlier attempt has written.
 * @throws Problem no-open-shift, no-open-break
 */
export const endBreak: DeskStep<{ at: string }, ShiftBody> = async (ctx, open, { at }) => {
  if (!open) throw noOpenShift();
  // The clock of the Worker may be behind that of the object.
  const endOf = ({ start_at }: { start_at: string }): string => (start_at > at ? start_at : at);
  const last = open.breaks.at(-1);
  if (last && last.end_at === endOf(last)) return { value: open, open };
  if (open.breaks.every((each) => each.end_at !== null))
    throw new Problem("no-open-break", "There is no open break to end.");
  await ctx.db.batch([
    sql`UPDATE breaks SET end_at = max(start_at, ${at}) WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${open.id} AND end_at IS NULL`,
    closeAlerts(ctx.tenant.id, open.id, at, "idle"),
  ]);
  const breaks = open.breaks.map((each) => ({ ...each, end_at: each.end_at ?? endOf(each) }));
  const shift = { ...open, breaks };
  return { value: shift, open: shift };
};
