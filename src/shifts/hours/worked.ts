// Who worked how long, and who is on shift now. A read of a range touches the shifts that reach into it and one day of
// shifts before it a person, whatever lies outside.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { countDays, dayOf, addDays, startOfDay } from "../../values/days.ts";
import { invalid } from "../../platform/problem.ts";
import { daysBetween, hoursOf, splitByDay, worked, workOf } from "./hours.ts";
import type { ActiveShifts, Hours, HoursQuery } from "./schema.ts";
import { shiftJson } from "../record.ts";
import { Shift } from "../schema.ts";

/** Days of the shop, both included; an open end is all there is. */
type Range = { from?: string | undefined; to?: string | undefined };

const MAX_DAYS = 366;

/** A JSON shift of a row. */
export const storedShift = z.string().transform((text) => Shift.parse(JSON.parse(text)));

/** An SQL expression: the name of the user `u`. */
export const nameOf = sql.raw("u.first_name || ' ' || u.last_name");

/** Whoever had a shift, found by one step in the index a person. */
const people = (tenantId: string): SQL => sql`WITH RECURSIVE p(user_id) AS (
    SELECT min(user_id) FROM shifts WHERE tenant_id = ${tenantId}
    UNION ALL
    SELECT (SELECT min(n.user_id) FROM shifts n WHERE n.tenant_id = ${tenantId} AND n.user_id > p.user_id)
    FROM p WHERE p.user_id IS NOT NULL
  ) SELECT user_id FROM p WHERE user_id IS NOT NULL`;

/**
 * The shifts (alias h) that may reach into the range. One that began before it can only be the last that its user began
 * before it, however long it is, for nobody has two at once: so it is of the last day before it on which he began any.
 */
function reaching(ctx: Ctx, { from, to }: Range, userId?: string): SQL {
  const tenantId = ctx.tenant.id;
  const until = to === undefined ? sql`` : sql`AND h.day <= ${to}`;
  if (from === undefined) return sql`FROM shifts h WHERE h.tenant_id = ${tenantId} ${until}`;
  const users = userId === undefined ? people(tenantId) : sql`SELECT ${userId} AS user_id`;
  return sql`FROM (${users}) p CROSS JOIN shifts h ON h.tenant_id = ${tenantId} AND h.user_id = p.user_id
    AND h.day >= coalesce((SELECT max(o.day) FROM shifts o
      WHERE o.tenant_id = ${tenantId} AND o.user_id = p.user_id AND o.day < ${from}), ${from}) ${until}`;
}

/**
 * A query: `user_id`, and worked `seconds` within the range, of whoever worked in it. The same seconds as `splitByDay`
 * has, summed where they are stored.
 */
export function workedSeconds(ctx: Ctx, range: Range): SQL {
  const now = sql`${Math.floor(ctx.now.getTime() / 1000)}`;
  const { timezone } = ctx.tenant;
  const low = range.from === undefined ? 0 : startOfDay(range.from, timezone).getTime() / 1000;
  const high =
    range.to === undefined ? Number.MAX_SAFE_INTEGER : startOfDay(range.to, timezone, 1).getTime() / 1000;
  const start = sql`max(unixepoch(h.start_at), ${low})`;
  const end = sql`min(coalesce(unixepoch(h.end_at), ${now}), ${high})`;
  return sql`SELECT h.user_id AS user_id, sum(max(0, ${end} - ${start}) - coalesce((
      SELECT sum(max(0, min(coalesce(unixepoch(b.end_at), ${now}), ${end}) - max(unixepoch(b.start_at), ${start})))
      FROM breaks b WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id AND b.is_paid = 0), 0)) AS seconds
    ${reaching(ctx, range)} GROUP BY h.user_id`;
}

// The planner would read all shifts of the shop by their primary key: the index of the open ones is named.
const openShifts = sql.raw("shifts h INDEXED BY shifts_open");

/** A query: `user_id` and whether he is `on_break`, of whoever has an open shift. */
export const onShift = (ctx: Ctx): SQL => sql`SELECT h.user_id AS user_id, EXISTS (SELECT 1 FROM breaks b
    WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id AND b.end_at IS NULL) AS on_break
  FROM ${openShifts} WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN'`;

function rangeOf(ctx: Ctx, query: Range): { from: string; to: string } {
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const to = query.to ?? today;
  const from = query.from ?? addDays(to, -30);
  if (countDays(from, to) > MAX_DAYS)
    throw invalid([{ pointer: "#/query/from", detail: `ask for ${MAX_DAYS} days at most` }]);
  return { from, to };
}

const workRow = z.object({ name: z.string(), shift: storedShift });

/** Hours by day and person: an EMPLOYEE's own, all for an ADMIN. One round trip. @throws Problem invalid */
export async function hoursByDay(
  ctx: ActorCtx,
  query: z.infer<typeof HoursQuery>,
): Promise<z.infer<typeof Hours>> {
  const { from, to } = rangeOf(ctx, query);
  const own = ctx.actor.role === "ADMIN" ? query.user_id : ctx.actor.id;
  const report = { from, to, data: [], totals: [], as_of: ctx.now.toISOString() };
  if (query.user_id !== undefined && query.user_id !== own) return report;
  const found = await ctx.db.all(
    workRow,
    sql`SELECT ${nameOf} AS name, r.shift FROM (
        SELECT h.tenant_id, h.user_id, ${shiftJson} AS shift ${reaching(ctx, { from, to }, own)}
      ) r CROSS JOIN users u ON u.tenant_id = r.tenant_id AND u.id = r.user_id`,
  );
  const days = daysBetween(from, to, ctx.tenant.timezone);
  const rows = new Map<string, z.infer<typeof Hours>["data"][number]>();
  const totals = new Map<string, z.infer<typeof Hours>["totals"][number]>();
  for (const { name, shift } of found) {
    const parts = splitByDay(workOf(shift, ctx.now), days);
    if (parts.length === 0) continue;
    const person = { user_id: shift.user_id, name };
    const total = totals.get(shift.user_id) ?? { ...person, seconds: 0, hours: 0, shifts: 0 };
    totals.set(shift.user_id, total);
    total.shifts += 1;
    for (const { day, seconds, unpaid } of parts) {
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
  return { ...report, data: finished(rows.values()), totals: finished(totals.values()) };
}

type Row = { user_id: string; name: string; day?: string; seconds: number; hours: number };

/** With their hours, by day and name. */
function finished<R extends Row>(rows: Iterable<R>): R[] {
  const key = ({ day, name, user_id }: R): string => `${day ?? ""}\n${name}\n${user_id}`;
  return [...rows]
    .map((row) => ({ ...row, hours: hoursOf(row.seconds) }))
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const activeRow = z.object({
  name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  shift: storedShift,
});

/** Who is on shift now, longest first. One round trip. */
export async function activeShifts(ctx: Ctx): Promise<z.infer<typeof ActiveShifts>> {
  const found = await ctx.db.all(
    activeRow,
    sql`SELECT ${nameOf} AS name, u.role, ${shiftJson} AS shift
      FROM ${openShifts} CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN' ORDER BY h.start_at, h.id`,
  );
  const data = found.map(({ name, role, shift }) => ({
    user_id: shift.user_id,
    name,
    role,
    shift_id: shift.id,
    start_at: shift.start_at,
    on_break: shift.breaks.some((each) => each.end_at === null),
    devices: shift.sessions.filter((each) => each.end_at === null).map((each) => each.device_label),
    seconds: worked(workOf(shift, ctx.now)),
  }));
  return { data };
}
