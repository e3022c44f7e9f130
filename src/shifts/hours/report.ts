// Hours by day and person.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { actorId, isUnrestricted, type ActorCtx, type Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { invalid } from "../../platform/problem.ts";
import { addDays, countDays, dayOf } from "../../values/days.ts";
import { daysBetween, hoursOf, splitByDay, workOf } from "./hours.ts";
import type { Hours, HoursQuery } from "./schema.ts";
import { shiftWorkers, storedDays, unbuiltWork, userName } from "./worked.ts";

const MAX_DAYS = 366;

function rangeOf(
  ctx: Ctx,
  query: { from?: string | undefined; to?: string | undefined },
): { from: string; to: string } {
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const to = query.to ?? today;
  const from = query.from ?? addDays(to, -30);
  if (countDays(from, to) > MAX_DAYS)
    throw invalid([{ pointer: "#/query/from", detail: `the range must not exceed ${MAX_DAYS} days` }]);
  return { from, to };
}

const nameRow = z.object({ user_id: z.string(), name: z.string() });

type Day = z.infer<typeof Hours>["data"][number];
type Total = z.infer<typeof Hours>["totals"][number];

/** Hours by day and person: those of the actor, or, for an ADMIN, of everyone. One round trip. @throws Problem invalid */
export async function hoursByDay(
  ctx: ActorCtx,
  query: z.infer<typeof HoursQuery>,
): Promise<z.infer<typeof Hours>> {
  const { from, to } = rangeOf(ctx, query);
  const userId = isUnrestricted(ctx) ? query.user_id : actorId(ctx);
  const report = { from, to, data: [], totals: [], as_of: ctx.now.toISOString() };
  if (query.user_id !== undefined && query.user_id !== userId) return report;
  const stored = storedDays(ctx, from, to);
  const unbuilt = unbuiltWork(ctx);
  const people = userId === undefined ? shiftWorkers(ctx.tenant.id) : sql`SELECT ${userId} AS user_id`;
  const names = returning(
    nameRow,
    sql`SELECT p.user_id, ${userName} AS name FROM (${people}) p
      CROSS JOIN users u ON u.tenant_id = ${ctx.tenant.id} AND u.id = p.user_id`,
  );
  const done = await ctx.db.batch([stored, unbuilt, names]);
  const nameOf = new Map(done.of(names).map((row) => [row.user_id, row.name]));
  const spans = daysBetween(from, to, ctx.tenant.timezone);
  const firstDay = spans[0]?.day;
  const days = new Map<string, Day>();
  const totals = new Map<string, Total>();
  const add = (
    user_id: string,
    day: string,
    seconds: number,
    unpaid: number,
    shifts: number,
    continued: number,
  ) => {
    const name = nameOf.get(user_id);
    if (name === undefined || shifts === 0) return;
    const person = { user_id, name };
    const total = totals.get(user_id) ?? { ...person, seconds: 0, hours: 0, shifts: 0 };
    totals.set(user_id, total);
    total.seconds += seconds;
    // A shift that continues on the next day counts once.
    total.shifts += day === firstDay ? shifts : shifts - continued;
    const key = `${day} ${user_id}`;
    const row = days.get(key) ?? { ...person, day, seconds: 0, hours: 0, unpaid_break_seconds: 0, shifts: 0 };
    days.set(key, row);
    row.seconds += seconds;
    row.unpaid_break_seconds += unpaid;
    row.shifts += shifts;
  };
  for (const { period, totals: ofDay } of done.of(stored))
    for (const [id, { seconds, unpaid, shifts, continued }] of Object.entries(ofDay))
      add(id, period, seconds, unpaid, shifts, continued);
  for (const { work } of done.of(unbuilt)) {
    const worked = splitByDay(workOf(work, ctx.now), spans);
    for (const [nth, { day, seconds, unpaid }] of worked.entries())
      add(work.user_id, day, seconds, unpaid, 1, Number(nth > 0));
  }
  return { ...report, data: withHours(days.values()), totals: withHours(totals.values()) };
}

type Row = { user_id: string; name: string; day?: string; seconds: number; hours: number };

/** Adds the hours, and sorts by day and name. */
function withHours<R extends Row>(rows: Iterable<R>): R[] {
  const key = ({ day, name, user_id }: R): string => `${day ?? ""}\n${name}\n${user_id}`;
  return [...rows]
    .map((row) => ({ ...row, hours: hoursOf(row.seconds) }))
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
