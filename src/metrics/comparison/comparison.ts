// Compares a range of days with the equally long one before it, or with the same days of the year before. A range that is still
// running is compared with the other one up to the same time of the same day.
import type { Ctx } from "../../platform/context.ts";
import { addDays, addYears, countDays, dayOf, sameTimeOn } from "../../values/days.ts";
import { ratio } from "../../values/money.ts";
import type { Range } from "../days.ts";

export type ComparisonQuery = Range & {
  compare: "none" | "previous" | "year";
  align: "date" | "weekday";
};

/** The range before, and the day of the present range with which each of its days is compared. */
export type Comparison = { range: Required<Range>; counterpart: (day: string) => string };

// 52 weeks, so that a Monday is compared with a Monday.
const WEEKDAY_YEAR = 364;

/** The range with which `query` is compared; null if it is not. */
export function comparisonOf(ctx: Ctx, query: ComparisonQuery): Comparison | null {
  const { from, compare, align } = query;
  if (compare === "none" || from === undefined) return null;
  const { timezone } = ctx.tenant;
  const today = dayOf(ctx.now, timezone);
  const to = query.to ?? (from > today ? from : today);
  const isRunning = from <= today && today <= to;
  const last = isRunning ? today : to;
  if (compare === "year" && align === "date")
    return {
      range: rangeBefore(addYears(from, -1), addYears(last, -1)),
      counterpart: (day) => within(addYears(day, 1)),
    };
  const shift = compare === "year" ? WEEKDAY_YEAR : countDays(from, to);
  return {
    range: rangeBefore(addDays(from, -shift), addDays(last, -shift)),
    counterpart: (day) => addDays(day, shift),
  };

  function rangeBefore(first: string, end: string): Required<Range> {
    return { from: first, to: end, until: isRunning ? sameTimeOn(end, ctx.now, timezone) : undefined };
  }

  // 28 February is compared with 29 February too, which may be the first day.
  function within(day: string): string {
    return from !== undefined && day < from ? from : day;
  }
}

/** The range of a comparison as the wire names it. */
export const comparedWith = ({ range }: Comparison) => ({
  from: range.from ?? "",
  to: range.to ?? "",
  until: range.until?.toISOString() ?? null,
});

type Figures = Record<string, number | null>;

/**
 * What a comparison adds to an object with figures: the figures before, their change, and the change in percent of the absolute
 * value before, which is null if that was 0. A figure that is null has no change.
 */
export function changes<T extends Figures>(now: T, before: T) {
  const eachFigure = (measure: (present: number, earlier: number) => number | null): Figures =>
    Object.fromEntries(
      Object.keys(now).map((name) => {
        const [present, earlier] = [now[name] ?? null, before[name] ?? null];
        return [name, present === null || earlier === null ? null : measure(present, earlier)];
      }),
    );
  return {
    before,
    change: eachFigure((present, earlier) => ratio(present - earlier)),
    change_percent: eachFigure((present, earlier) =>
      earlier === 0 ? null : ratio((100 * (present - earlier)) / Math.abs(earlier)),
    ),
  };
}
