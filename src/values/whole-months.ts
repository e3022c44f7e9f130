import { addDays, nextPeriod, periodOf } from "../values/days.ts";

/** Days, both inclusive. */
export type Days = [first: string, last: string];

/** A range of days as its whole months, by the first days of the first and the last one, and the days before and after them. */
export type SplitRange = { months: Days | null; edges: Days[] };

/** The bounds of an open range. */
export const FIRST_DAY = "0000-01-01";
export const LAST_DAY = "9999-12-31";

const monthOf = (day: string): string => periodOf(day, "month");

const lastDayOf = (month: string): string => {
  const next = nextPeriod(month, "month");
  return next === month ? LAST_DAY : addDays(next, -1);
};

/** Splits a range, whose missing bounds leave it open. */
export function splitMonths(from: string = FIRST_DAY, to: string = LAST_DAY): SplitRange {
  if (from > to) return { months: null, edges: [] };
  const first = monthOf(from) === from ? from : addDays(lastDayOf(monthOf(from)), 1);
  const last = lastDayOf(monthOf(to)) === to ? monthOf(to) : monthOf(addDays(monthOf(to), -1));
  // After the last month of the calendar, `addDays` stays at its last day.
  if (first > last) return { months: null, edges: [[from, to]] };
  const edges: Days[] = [];
  if (from < first) edges.push([from, addDays(first, -1)]);
  if (lastDayOf(last) < to) edges.push([addDays(lastDayOf(last), 1), to]);
  return { months: [first, last], edges };
}
