// Worked hours, computed plainly from all shifts of a shop and their breaks.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../src/platform/context.ts";
import { daysBetween, splitByDay, type Work, workOf } from "../../src/shifts/hours/hours.ts";
import { shiftColumn, shiftJson } from "../../src/shifts/record.ts";
import { addDays, startOfDay } from "../../src/values/days.ts";

type Range = { from?: string | undefined; to?: string | undefined; until?: Date | undefined };

const shiftRow = z.object({ shift: shiftColumn });

async function allWork(ctx: Ctx): Promise<{ user_id: string; work: Work }[]> {
  const rows = await ctx.db.all(
    shiftRow,
    sql`SELECT ${shiftJson} AS shift FROM shifts h WHERE h.tenant_id = ${ctx.tenant.id}`,
  );
  return rows.map(({ shift }) => ({ user_id: shift.user_id, work: workOf(shift, ctx.now) }));
}

const second = (instant: Date): number => instant.getTime() / 1000;

/** The seconds of each person who worked in the range, as one sum over all shifts. */
export async function plainSeconds(ctx: Ctx, { from, to, until }: Range): Promise<Map<string, number>> {
  const { timezone } = ctx.tenant;
  const start = from === undefined ? 0 : second(startOfDay(from, timezone));
  const end = until ?? (to === undefined ? null : startOfDay(to, timezone, 1));
  const last = end ? second(end) : Number.MAX_SAFE_INTEGER;
  const sums = new Map<string, number>();
  for (const { user_id, work } of await allWork(ctx)) {
    const within = (span: { start: number; end: number }) =>
      Math.max(0, Math.min(span.end, last) - Math.max(span.start, start));
    const seconds = within(work) - work.unpaid.reduce((sum, unpaid) => sum + within(unpaid), 0);
    if (seconds > 0) sums.set(user_id, (sums.get(user_id) ?? 0) + seconds);
  }
  return sums;
}

type Day = { day: string; user_id: string; seconds: number; unpaid: number; shifts: number };

/** The seconds and shifts by day and person, and the shifts in the range by person. */
export async function plainDays(ctx: Ctx, from: string, to: string) {
  const spans = daysBetween(from, to, ctx.tenant.timezone);
  const days = new Map<string, Day>();
  const shifts = new Map<string, number>();
  for (const { user_id, work } of await allWork(ctx)) {
    const split = splitByDay(work, spans);
    if (split.length > 0) shifts.set(user_id, (shifts.get(user_id) ?? 0) + 1);
    for (const { day, seconds, unpaid } of split) {
      const row = days.get(`${day} ${user_id}`) ?? { day, user_id, seconds: 0, unpaid: 0, shifts: 0 };
      days.set(`${day} ${user_id}`, row);
      row.seconds += seconds;
      row.unpaid += unpaid;
      row.shifts += 1;
    }
  }
  return { days: [...days.values()], shifts: Object.fromEntries(shifts) };
}

const hoursInto = (day: string, timezone: string, hours: number): Date =>
  new Date(startOfDay(day, timezone).getTime() + hours * 3_600_000);

/** Some ranges around a day; those that are cut end within it. */
export const rangesAround = (day: string, timezone: string): Range[] => [
  {},
  { from: day },
  { to: day },
  { from: day, to: day },
  { from: addDays(day, -3), to: addDays(day, 4) },
  { from: `${day.slice(0, 7)}-01`, to: addDays(day, 40) },
  { from: addDays(day, -60), to: addDays(day, 60) },
  { from: addDays(day, -40), to: day, until: hoursInto(day, timezone, 13.5) },
  { from: day, to: day, until: hoursInto(day, timezone, 1) },
];
