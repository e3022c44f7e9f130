// Who worked how long: the sums of closed shifts by month and day, each of them one row, and the shifts that these lack, which are those
// that are open or have changed within a minute.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { type BatchResult, returning, type Returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { addDays, startOfDay } from "../../values/days.ts";
import { splitMonths } from "../../values/whole-months.ts";
import { secondsWithin, type Work, workOf } from "./hours.ts";
import { workColumn, workJson } from "./work-columns.ts";

/** Days of the shop, inclusive; a bound that is undefined does not limit. With `until`, `to` ends at this instant. */
type Range = { from?: string | undefined; to?: string | undefined; until?: Date | undefined };

/** An SQL expression: the name of the user `u`. */
export const userName = sql.raw("u.first_name || ' ' || u.last_name");

/** A query: everyone who has had a shift, by one index seek a person, and at last NULL. */
export const shiftWorkers = (tenantId: string): SQL => sql`WITH RECURSIVE p(user_id) AS (
    SELECT min(user_id) FROM shifts WHERE tenant_id = ${tenantId}
    UNION ALL
    SELECT (SELECT min(n.user_id) FROM shifts n WHERE n.tenant_id = ${tenantId} AND n.user_id > p.user_id)
    FROM p WHERE p.user_id IS NOT NULL
  ) SELECT user_id FROM p`;

/** The work of one person in a period. `continued` of the shifts have worked on the day before too. */
type Worked = { seconds: number; unpaid: number; shifts: number; continued: number };

const workedTuple = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .transform(([seconds, unpaid, shifts, continued]): Worked => ({ seconds, unpaid, shifts, continued }));

const periodRow = z.object({
  period: z.string(),
  totals: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), workedTuple)),
});

type Interval = "day" | "month";

/** The statement with the stored totals of the periods from one to another. */
const storedTotals = (ctx: Ctx, periods: { interval: Interval; first: string; last: string }[]) =>
  returning(
    periodRow,
    sql`SELECT w.period, w.totals FROM json_each(${JSON.stringify(periods)}) r
      CROSS JOIN worked_totals w ON w.tenant_id = ${ctx.tenant.id} AND w.interval = r.value ->> 'interval'
        AND w.period >= r.value ->> 'first' AND w.period <= r.value ->> 'last'`,
  );

/** The statement with the totals of each day from one to another. */
export const storedDays = (ctx: Ctx, first: string, last: string) =>
  storedTotals(ctx, [{ interval: "day", first, last }]);

const workRow = z.object({ work: workColumn });

type WorkRow = z.infer<typeof workRow>;

/** The statement with the shifts that the totals lack. */
export const unbuiltWork = (ctx: Ctx): Returning<WorkRow> =>
  returning(
    workRow,
    sql`SELECT ${workJson} AS work FROM shifts h INDEXED BY shifts_open WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN'
      UNION ALL SELECT ${workJson} FROM unbuilt_shifts x CROSS JOIN shifts h ON h.tenant_id = x.tenant_id AND h.id = x.shift_id
        WHERE x.tenant_id = ${ctx.tenant.id}`,
  );

/**
 * The statement with the shifts of which the totals have a part on this day. Nobody has two shifts at once, so one that started before
 * the day started on the last day before it on which its person started any.
 */
const builtWorkOn = (ctx: Ctx, day: string): Returning<WorkRow> =>
  returning(
    workRow,
    sql`SELECT ${workJson} AS work FROM (${shiftWorkers(ctx.tenant.id)}) p
      CROSS JOIN shifts h ON h.tenant_id = ${ctx.tenant.id} AND h.user_id = p.user_id
        AND h.day >= coalesce((SELECT max(o.day) FROM shifts o
          WHERE o.tenant_id = h.tenant_id AND o.user_id = p.user_id AND o.day < ${addDays(day, -1)}), '')
        AND h.day <= ${addDays(day, 1)}
      WHERE EXISTS (SELECT 1 FROM shift_days d WHERE d.tenant_id = h.tenant_id AND d.shift_id = h.id AND d.day = ${day})`,
  );

const secondOf = (instant: Date): number => instant.getTime() / 1000;

const secondsBetween = (work: Work, start: number, end: number): number =>
  start < end ? secondsWithin(work, { start, end }) : 0;

/** The worked seconds within the range by person, of everyone who worked in it, as `splitByDay` counts them. */
export function workedSeconds(ctx: Ctx, { from, to, until }: Range): Plan<Map<string, number>> {
  const { timezone } = ctx.tenant;
  const cut = to !== undefined && until !== undefined ? { to, until } : null;
  const { months, edges } = splitMonths(from, cut ? addDays(cut.to, -1) : to);
  const stored = storedTotals(ctx, [
    ...(months ? [{ interval: "month" as const, first: months[0], last: months[1] }] : []),
    ...edges.map(([first, last]) => ({ interval: "day" as const, first, last })),
  ]);
  const unbuilt = unbuiltWork(ctx);
  const cutDay = cut && builtWorkOn(ctx, cut.to);
  const start = from === undefined ? -Infinity : secondOf(startOfDay(from, timezone));
  const end = to === undefined ? Infinity : secondOf(until ?? startOfDay(to, timezone, 1));
  return {
    statements: [stored, unbuilt, ...(cutDay ? [cutDay] : [])],
    read: (done: BatchResult) => {
      const sums = new Map<string, number>();
      const add = (userId: string, seconds: number): void => {
        if (seconds > 0) sums.set(userId, (sums.get(userId) ?? 0) + seconds);
      };
      for (const { totals } of done.of(stored))
        for (const [userId, { seconds }] of Object.entries(totals)) add(userId, seconds);
      for (const { work } of done.of(unbuilt))
        add(work.user_id, secondsBetween(workOf(work, ctx.now), start, end));
      if (cut && cutDay && (from === undefined || from <= cut.to))
        for (const { work } of done.of(cutDay))
          add(
            work.user_id,
            secondsBetween(workOf(work, ctx.now), secondOf(startOfDay(cut.to, timezone)), end),
          );
      return sums;
    },
  };
}
