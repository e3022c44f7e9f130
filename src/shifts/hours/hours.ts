// Worked time. It is counted in whole seconds of elapsed time, so parts add up to the whole, and a night in which the
// clocks change has the 23 or 25 hours that it had. An unpaid break is not worked; what is open lasts up to now.
import { countDays, addDays, startOfDay } from "../../values/days.ts";

/** From `start` to before `end`, in seconds since 1970. */
type Span = { start: number; end: number };

/** A shift as hours see it: its unpaid breaks do not overlap, and lie within it. */
export type Work = Span & { unpaid: Span[] };

export type DaySpan = Span & { day: string };

/** What a day has of a shift: worked seconds, and those of unpaid breaks beside them. */
export type Part = { day: string; seconds: number; unpaid: number };

type Times = { start_at: string; end_at: string | null };

const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** A stored shift in seconds: what has no end yet, has it at `now`; a break ends with its shift. */
export function workOf(shift: Times & { breaks: (Times & { paid: boolean })[] }, now: Date): Work {
  const present = Math.floor(now.getTime() / 1000);
  const start = secondOf(shift.start_at);
  const end = Math.max(start, shift.end_at === null ? present : secondOf(shift.end_at));
  const inside = (second: number): number => Math.min(Math.max(second, start), end);
  const unpaid = shift.breaks
    .filter((each) => !each.paid)
    .map((each) => ({
      start: inside(secondOf(each.start_at)),
      end: inside(each.end_at === null ? present : secondOf(each.end_at)),
    }));
  return { start, end, unpaid };
}

/** The shop's days from `from` to `to`, both included, as they lie in time: 23 or 25 hours where the clocks change. */
export function daysBetween(from: string, to: string, timezone: string): DaySpan[] {
  const second = (days: number): number => startOfDay(from, timezone, days).getTime() / 1000;
  const starts = Array.from({ length: Math.max(0, countDays(from, to)) }, (_, days) => second(days));
  return starts.map((start, days) => ({
    day: addDays(from, days),
    start,
    end: starts[days + 1] ?? second(days + 1),
  }));
}

const common = (a: Span, b: Span): number => Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));

const unpaidIn = (work: Work, span: Span): number =>
  work.unpaid.reduce((total, pause) => total + common(pause, span), 0);

/** The parts of a shift on these days. A shift that ends at midnight has no part of the day that begins there. */
export const splitByDay = (work: Work, days: DaySpan[]): Part[] =>
  days
    .filter((day) => work.start < day.end && (work.end > day.start || work.start >= day.start))
    .map((day) => {
      const unpaid = unpaidIn(work, day);
      return { day: day.day, seconds: common(work, day) - unpaid, unpaid };
    });

/** Worked seconds of the whole shift. */
export const worked = (work: Work): number => work.end - work.start - unpaidIn(work, work);

/** Hours for people: two decimals. */
export const hoursOf = (seconds: number): number => Math.round(seconds / 36) / 100;
