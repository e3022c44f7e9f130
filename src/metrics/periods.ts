import type { Ctx } from "../platform/context.ts";
import { invalid } from "../platform/problem.ts";
import { dayOf, type Interval, nextPeriod, periodOf } from "../values/days.ts";
import type { Range } from "./days.ts";

const MAX_PERIODS = 20_000;

/** A period by the name under which it is listed, with its rows; `partial` while it has not ended. */
export type Period<T> = { period: string; partial: boolean; rows: T[] };

/**
 * All periods of the range, oldest first, with the rows `data` of each. An open end is the first or last day with data, and days
 * after today are left out unless they have data. @throws Problem invalid if there are more than 20,000 periods
 */
export function periodsOf<T extends { day: string }>(
  ctx: Ctx,
  { from, to }: Range,
  interval: Interval,
  data: T[],
): Period<T>[] {
  const days = data.map(({ day }) => day).toSorted();
  const lastDay = days.at(-1);
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const first = from ?? days[0];
  const last = to !== undefined && to > today ? latest(today, lastDay) : (to ?? lastDay);
  if (first === undefined || last === undefined) return [];
  const byPeriod = Map.groupBy(data, ({ day }) => periodOf(day, interval));
  const periods: Period<T>[] = [];
  for (let period = periodOf(first, interval); period <= last;) {
    if (periods.length === MAX_PERIODS) throw tooMany();
    const next = nextPeriod(period, interval);
    periods.push({ period, partial: period <= today && today < next, rows: byPeriod.get(period) ?? [] });
    if (next <= period) break;
    period = next;
  }
  return periods;
}

const latest = (day: string, other: string | undefined): string =>
  other !== undefined && other > day ? other : day;

const tooMany = () =>
  invalid([
    {
      pointer: "#/query/interval",
      detail: `the range has more than ${MAX_PERIODS} periods: choose a longer interval or a shorter range`,
    },
  ]);
