// Who worked how long, and who is on shift now. A query of a range reads the shifts that overlap it and, for each person,
// one earlier day of shifts, however long the history is.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type ActorCtx, type Ctx, seesColleagues } from "../../platform/context.ts";
import { countDays, dayOf, addDays, startOfDay } from "../../values/days.ts";
import { returning } from "../../platform/d1.ts";
import { type Plan, planOf } from "../../platform/plan.ts";
import { invalid } from "../../platform/problem.ts";
import { daysBetween, hoursOf, splitByDay, totalSeconds, workOf } from "./hours.ts";
import type { ActiveShifts, Hours, HoursQuery } from "./schema.ts";
import { shiftColumn, shiftJson } from "../record.ts";

/** Days of the shop, inclusive; a bound that is undefined does not limit. With `until`, `to` ends at this instant. */
type Range = { from?: string | undefined; to?: string | undefined; until?: Date | undefined };

const MAX_DAYS = 366;

/** An SQL expression: the name of the user `u`. */
export const userName = sql.raw("u.first_name || ' ' || u.last_name");

/** A query: everyone who has had a shift, by one index seek a person. */
const shiftWorkers = (tenantId: string): SQL => sql`WITH RECURSIVE p(user_id) AS (
    SELECT min(user_id) FROM shifts WHERE tenant_id = ${tenantId}
    UNION ALL
    SELECT (SELECT min(n.user_id) FROM shifts n WHERE n.tenant_id = ${tenantId} AND n.user_id > p.user_id)
    FROM p WHERE p.user_id IS NOT NULL
  ) SELECT user_id FROM p WHERE user_id IS NOT NULL`;

/**
 * A FROM clause: the shifts `h` that may overlap the range. Nobody has two shifts at once, so a shift that started before
 * the range and reaches into it started on the last day before the range on which its user started any.
 */
function shiftsOverlapping(ctx: Ctx, { from, to }: Range, userId?: string): SQL {
  const tenantId = ctx.tenant.id;
  const until = to === undefined ? sql`` : sql`AND h.day <= ${to}`;
  if (from === undefined) return sql`FROM shifts h WHERE h.tenant_id = ${tenantId} ${until}`;
  const users = userId === undefined ? shiftWorkers(tenantId) : sql`SELECT ${userId} AS user_id`;
  return sql`FROM (${users}) p CROSS JOIN shifts h ON h.tenant_id = ${tenantId} AND h.user_id = p.user_id
    AND h.day >= coalesce((SELECT max(o.day) FROM shifts o
      WHERE o.tenant_id = ${tenantId} AND o.user_id = p.user_id AND o.day < ${from}), ${from}) ${until}`;
}

/** A query: `user_id` and worked `seconds` within the range, of everyone who worked in it, as `splitByDay` counts them. */
export function workedSeconds(ctx: Ctx, range: Range): SQL {
  const now = sql`${Math.floor(ctx.now.getTime() / 1000)}`;
  const { timezone } = ctx.tenant;
  const rangeStart = range.from === undefined ? 0 : startOfDay(range.from, timezone).getTime() / 1000;
  const lastInstant = range.until ?? (range.to === undefined ? null : startOfDay(range.to, timezone, 1));
  const rangeEnd = lastInstant === null ? Number.MAX_SAFE_INTEGER : lastInstant.getTime() / 1000;
  const start = sql`max(unixepoch(h.start_at), ${rangeStart})`;
  const end = sql`min(coalesce(unixepoch(h.end_at), ${now}), ${rangeEnd})`;
  return sql`SELECT h.user_id AS user_id, sum(max(0, ${end} - ${start}) - coalesce((
      SELECT sum(max(0, min(coalesce(unixepoch(b.end_at), ${now}), ${end}) - max(unixepoch(b.start_at), ${start})))
      FROM breaks b WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id AND b.is_paid = 0), 0)) AS seconds
    ${shiftsOverlapping(ctx, range)} GROUP BY h.user_id`;
}

// Without the hint the planner reads all shifts of the shop by their primary key.
const openShifts = sql.raw("shifts h INDEXED BY shifts_open");

/** A query: `user_id` and `on_break` of everyone who has an open shift. */
export const onShift = (ctx: Ctx): SQL => sql`SELECT h.user_id AS user_id, EXISTS (SELECT 1 FROM breaks b
    WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id AND b.end_at IS NULL) AS on_break
  FROM ${openShifts} WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN'`;

function rangeOf(ctx: Ctx, query: Range): { from: string; to: string } {
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const to = query.to ?? today;
  const from = query.from ?? addDays(to, -30);
  if (countDays(from, to) > MAX_DAYS)
    throw invalid([{ pointer: "#/query/from", detail: `the range must not exceed ${MAX_DAYS} days` }]);
  return { from, to };
}

const workRow = z.object({ name: z.string(), shift: shiftColumn });

/** Hours by day and person: those of the actor, or, for an ADMIN, of everyone. One round trip. @throws Problem invalid */
export async function hoursByDay(
  ctx: ActorCtx,
  query: z.infer<typeof HoursQuery>,
): Promise<z.infer<typeof Hours>> {
  const { from, to } = rangeOf(ctx, query);
  const userId = ctx.actor.role === "ADMIN" ? query.user_id : ctx.actor.id;
  const report = { from, to, data: [], totals: [], as_of: ctx.now.toISOString() };
  if (query.user_id !== undefined && query.user_id !== userId) return report;
  const shifts = await ctx.db.all(
    workRow,
    sql`SELECT ${userName} AS name, r.shift FROM (
        SELECT h.tenant_id, h.user_id, ${shiftJson} AS shift ${shiftsOverlapping(ctx, { from, to }, userId)}
      ) r CROSS JOIN users u ON u.tenant_id = r.tenant_id AND u.id = r.user_id`,
  );
  const days = daysBetween(from, to, ctx.tenant.timezone);
  const rows = new Map<string, z.infer<typeof Hours>["data"][number]>();
  const totals = new Map<string, z.infer<typeof Hours>["totals"][number]>();
  for (const { name, shift } of shifts) {
    const dayWork = splitByDay(workOf(shift, ctx.now), days);
    if (dayWork.length === 0) continue;
    const person = { user_id: shift.user_id, name };
    const total = totals.get(shift.user_id) ?? { ...person, seconds: 0, hours: 0, shifts: 0 };
    totals.set(shift.user_id, total);
    total.shifts += 1;
    for (const { day, seconds, unpaid } of dayWork) {
      const key = `${day} ${shift.user_id}`;
      const row = rows.get(key) ?? {
        ...person,
        day,
        seconds: 0,
        hours: 0,
        unpaid_break_seconds: 0,
        shifts: 0,
      };
      rows.set(key, row);
      row.seconds += seconds;
      row.unpaid_break_seconds += unpaid;
      row.shifts += 1;
      total.seconds += seconds;
    }
  }
  return { ...report, data: withHours(rows.values()), totals: withHours(totals.values()) };
}

type Row = { user_id: string; name: string; day?: string; seconds: number; hours: number };

/** Adds the hours, and sorts by day and name. */
function withHours<R extends Row>(rows: Iterable<R>): R[] {
  const key = ({ day, name, user_id }: R): string => `${day ?? ""}\n${name}\n${user_id}`;
  return [...rows]
    .map((row) => ({ ...row, hours: hoursOf(row.seconds) }))
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const activeRow = z.object({
  name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  shift: shiftColumn,
});

/** Who is on shift now, longest first; the actor only, if they do not see colleagues. */
export function activeShifts(ctx: ActorCtx): Plan<z.infer<typeof ActiveShifts>> {
  const isVisible = seesColleagues(ctx) ? sql`` : sql`AND h.user_id = ${ctx.actor.id}`;
  const shifts = returning(
    activeRow,
    sql`SELECT ${userName} AS name, u.role, ${shiftJson} AS shift
      FROM ${openShifts} CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN' ${isVisible} ORDER BY h.start_at, h.id`,
  );
  return planOf(shifts, (rows) => ({
    data: rows.map(({ name, role, shift }) => ({
      user_id: shift.user_id,
      name,
      role,
      shift_id: shift.id,
      start_at: shift.start_at,
      on_break: shift.breaks.some((each) => each.end_at === null),
      devices: shift.sessions.filter((each) => each.end_at === null).map((each) => each.device_label),
      seconds: totalSeconds(workOf(shift, ctx.now)),
    })),
  }));
}
