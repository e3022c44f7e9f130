// Sales by hour of the shop's clock. A period is named by the time at which it starts, with its offset from UTC, so that the hour
// that repeats when the clocks go back is two periods, and one that is skipped is none.
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import type { Plan } from "../platform/plan.ts";
import { invalid } from "../platform/problem.ts";
import { dailyTables } from "../rollups/daily-tables.ts";
import { addDays, countDays, dayOf, hourOf, hoursOfDay, type LocalHour } from "../values/days.ts";
import { type Comparison, comparedWith, comparisonOf } from "./comparison/comparison.ts";
import { dayRow, type DayTotals, type Range } from "./days.ts";
import { seriesOf } from "./figures.ts";
import type { Period } from "./periods.ts";
import { tableRows } from "./totals.ts";
import type { Series, SeriesQuery } from "./schema.ts";

const MAX_DAYS = 92;

const hourRow = dayRow.extend({ hour: z.number(), utc_offset: z.number() });

type HourRow = z.infer<typeof hourRow>;

const two = (number: number): string => String(number).padStart(2, "0");

/** `2026-10-25T02:00:00+02:00` */
function nameOf({ day, hour, utc_offset }: LocalHour): string {
  const minutes = Math.round(Math.abs(utc_offset) / 60);
  const sign = utc_offset < 0 ? "-" : "+";
  return `${day}T${two(hour)}:00:00${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const startOf = ({ day, hour, utc_offset }: LocalHour): number =>
  Date.parse(`${day}T${two(hour)}:00:00Z`) - utc_offset * 1000;

/** The hours of these days up to now and those with data, in order. */
function hoursOf(ctx: Ctx, from: string, to: string, rows: HourRow[]): LocalHour[] {
  const { timezone } = ctx.tenant;
  const days = Array.from({ length: Math.max(0, countDays(from, to)) }, (_, index) => addDays(from, index));
  const past = days
    .flatMap((day) => hoursOfDay(day, timezone))
    .filter((hour) => startOf(hour) <= ctx.now.getTime());
  const hours = new Map([...past, ...rows].map((hour) => [nameOf(hour), hour]));
  return [...hours.values()].toSorted((a, b) => startOf(a) - startOf(b) || a.utc_offset - b.utc_offset);
}

/** The rows before by the hour with which each is compared: the same one, or the last before it where the clocks skip it. */
function counterparts(hours: LocalHour[], rows: HourRow[], comparison: Comparison): Map<string, DayTotals[]> {
  const byDay = Map.groupBy(hours, ({ day }) => day);
  return Map.groupBy(rows, (row) => {
    const ofDay = byDay.get(comparison.counterpart(row.day)) ?? [];
    const same = ofDay.find(({ hour }) => hour === row.hour) ?? ofDay.findLast(({ hour }) => hour < row.hour);
    const found = same ?? ofDay[0];
    return found ? nameOf(found) : "";
  });
}

function daysOf(ctx: Ctx, { from, to }: Range): { from: string; to: string } {
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const detail = `hour requires from, and at most ${MAX_DAYS} days`;
  if (from === undefined) throw invalid([{ pointer: "#/query/interval", detail }]);
  const last = to ?? (from > today ? from : today);
  if (countDays(from, last) > MAX_DAYS) throw invalid([{ pointer: "#/query/interval", detail }]);
  return { from, to: last };
}

/** Sales by hour. @throws Problem invalid without `from` or for more than 92 days */
export function hourSeries(ctx: Ctx, query: z.infer<typeof SeriesQuery>): Plan<z.infer<typeof Series>> {
  const { from, to } = daysOf(ctx, query);
  const comparison = comparisonOf(ctx, query);
  const read = (range: Range) => tableRows(ctx, dailyTables.hours, range, hourRow, { byDay: true });
  const present = read({ from, to });
  const before = comparison && read(comparison.range);
  return {
    statements: [...present.statements, ...(before?.statements ?? [])],
    read: (done) => {
      const rows = present.read(done);
      const hours = hoursOf(ctx, from, to, rows);
      const byHour = Map.groupBy(rows, nameOf);
      const now = nameOf(hourOf(ctx.now, ctx.tenant.timezone));
      const periods = hours.map((hour): Period<DayTotals> => {
        const period = nameOf(hour);
        return { period, partial: period === now, rows: byHour.get(period) ?? [] };
      });
      const compared = comparison && before ? counterparts(hours, before.read(done), comparison) : null;
      return {
        currency: ctx.tenant.currency,
        interval: "hour",
        data: seriesOf(periods, compared),
        ...(comparison && { compared_with: comparedWith(comparison) }),
        as_of: ctx.now.toISOString(),
      };
    },
  };
}
