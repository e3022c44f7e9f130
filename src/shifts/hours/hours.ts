// Worked time in whole seconds of elapsed time, so that the days of a shift add up to its total and a day on which the
// clocks change counts 23 or 25 hours. Unpaid breaks are not worked; open shifts and breaks last until now.
import { countDays, addDays, startOfDay } from "../../values/days.ts";

/** From `start` (inclusive) to `end` (exclusive), in seconds since 1970. */
export type Span = { start: number; end: number };

/** A shift and its unpaid breaks, which do not overlap and lie within it. */
export type Work = Span & { unpaid: Span[] };

export type DaySpan = Span & { day: string };

/** The worked seconds of a shift on one day, and the seconds of its unpaid breaks on that day. */
export type DayWork = { day: string; seconds: number; unpaid: number };

type Times = { start_at: string; end_at: string | null };

const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** A stored shift in seconds; it and its breaks end at `now` if they are open, and a break ends with its shift. */
export function workOf(shift: Times & { breaks: (Times & { paid: boolean })[] }, now: Date): Work {
  const present = Math.floor(now.getTime() / 1000);
  const start = secondOf(shift.start_at);
  const end = Math.max(start, shift.end_at === null ? present : secondOf(shift.end_at));
  const clamp = (second: number): number => Math.min(Math.max(second, start), end);
  const unpaid = shift.breaks
    .filter((each) => !each.paid)
    .map((each) => ({
      start: clamp(secondOf(each.start_at)),
      end: clamp(each.end_at === null ? present : secondOf(each.end_at)),
    }));
  return { start, end, unpaid };
}

/**
 * The days of the shop from `from` to `to`, inclusive, without those that its calendar skips, such as 30 December 2011 in Samoa. A day on
 * which the clocks change has 23 or 25 hours.
 */
export function daysBetween(from: string, to: string, timezone: string): DaySpan[] {
  const second = (days: number): number => startOfDay(from, timezone, days).getTime() / 1000;
  const starts = Array.from({ length: Math.max(0, countDays(from, to)) }, (_, days) => second(days));
  return starts
    .map((start, days) => ({ day: addDays(from, days), start, end: starts[days + 1] ?? second(days + 1) }))
    .filter(({ start, end }) => start < end);
}

const overlap = (a: Span, b: Span): number =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));

const unpaidWithin = (work: Work, span: Span): number =>
  work.unpaid.reduce((total, unpaid) => total + overlap(unpaid, span), 0);

/** The work of a shift by day. A shift that ends at midnight is not on the day that starts then. */
export const splitByDay = (work: Work, days: DaySpan[]): DayWork[] =>
  days
    .filter((day) => work.start < day.end && (work.end > day.start || work.start >= day.start))
    .map((day) => {
      const unpaid = unpaidWithin(work, day);
      return { day: day.day, seconds: overlap(work, day) - unpaid, unpaid };
    });

/** The worked seconds of the whole shift. */
export const totalSeconds = (work: Work): number => work.end - work.start - unpaidWithin(work, work);

/** The worked seconds of the shift within a span. */
export const secondsWithin = (work: Work, span: Span): number =>
  overlap(work, span) - unpaidWithin(work, span);

/** Hours, rounded to two decimals. */
export const hoursOf = (seconds: number): number => Math.round(seconds / 36) / 100;
