// A day is a calendar date in the shop's time zone. As `YYYY-MM-DD`, days sort chronologically.

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(timezone, format);
  }
  return format;
}

/** The wall clock of `timezone` at an instant, in milliseconds as if it were UTC. */
function wallClock(instant: number, timezone: string): number {
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

/** The IANA name as this runtime spells it, or null for an unknown zone or a bare offset. */
export function canonicalTimezone(name: string): string | null {
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    // RangeError: an unknown time zone.
    return null;
  }
}

/** The day of an instant in this time zone. */
export const dayOf = (instant: Date, timezone: string): string =>
  new Date(wallClock(instant.getTime(), timezone)).toISOString().slice(0, 10);

/** The time of an instant on the wall clock of this time zone: `08:05:09`. */
export const timeOf = (instant: Date, timezone: string): string =>
  new Date(wallClock(instant.getTime(), timezone)).toISOString().slice(11, 19);

/** How many seconds the wall clock of `timezone` is ahead of UTC at an instant. */
export const offsetAt = (instant: Date, timezone: string): number => {
  const second = Math.floor(instant.getTime() / 1000) * 1000;
  return (wallClock(second, timezone) - second) / 1000;
};

/**
 * The instant at which the wall clock of `timezone` shows `wall` (milliseconds as if it were UTC). A repeated hour means its
 * first occurrence; a skipped time moves forward by the length of the gap, as in RFC 5545.
 */
export function fromWallClock(wall: number, timezone: string): Date {
  const offsetAt = (instant: number) => wallClock(instant, timezone) - instant;
  const before = offsetAt(wall - 86_400_000);
  const after = offsetAt(wall + 86_400_000);
  const early = wall - Math.max(before, after);
  const late = wall - Math.min(before, after);
  if (wallClock(early, timezone) === wall) return new Date(early);
  if (wallClock(late, timezone) === wall) return new Date(late);
  return new Date(wall - before);
}

const DAY = 86_400_000;

const midnightOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The first instant of a day in this time zone, or of the day `later` days after it. */
export const startOfDay = (day: string, timezone: string, later = 0): Date =>
  fromWallClock(midnightOf(day) + later * DAY, timezone);

/** The instant on this day at which the wall clock of `timezone` shows the same time, in whole seconds, as at `instant`. */
export const sameTimeOn = (day: string, instant: Date, timezone: string): Date =>
  fromWallClock(
    midnightOf(day) + wallClock(instant.getTime(), timezone) - midnightOf(dayOf(instant, timezone)),
    timezone,
  );

/** The same date in another year; 29 February becomes 28 February where there is none. */
export function addYears(day: string, years: number): string {
  const date = `${String(Number(day.slice(0, 4)) + years).padStart(4, "0")}${day.slice(4)}`;
  return date.endsWith("-02-29") && !isDay(date) ? date.replace("-02-29", "-02-28") : date;
}

/** Adds days, which may be negative; the result is clamped to four-digit years. */
export function addDays(day: string, days: number): string {
  const time = midnightOf(day) + days * DAY;
  const within = Math.min(Math.max(time, midnightOf("0000-01-01")), midnightOf("9999-12-31"));
  return new Date(within).toISOString().slice(0, 10);
}

/** The number of days from `from` to `to`, both inclusive; 0 or less if `to` is before `from`. */
export const countDays = (from: string, to: string): number => (midnightOf(to) - midnightOf(from)) / DAY + 1;

// Earlier years are typing errors, and the time zones of the runtime are wrong far in the past.
const FIRST_DAY = "1900-01-01";

/** Whether an instant (RFC 3339) is in 1900 or later. */
export const isSupportedInstant = (text: string): boolean => Date.parse(text) >= midnightOf(FIRST_DAY);

/** The validation message for instants that are not supported. */
export const INSTANT_MESSAGE = "must not be before the year 1900";

/** Whether the text is a day of 1900 or later that exists: 2026-02-30 does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < FIRST_DAY) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export type Interval = "day" | "week" | "month" | "year";

/** The first day of the period that contains this day; weeks start on Monday (ISO 8601). */
export function periodOf(day: string, interval: Interval): string {
  if (interval === "day") return day;
  if (interval === "month") return `${day.slice(0, 7)}-01`;
  if (interval === "year") return `${day.slice(0, 4)}-01-01`;
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/** The first day of the period after the one that begins on this day. */
export function nextPeriod(period: string, interval: Interval): string {
  if (interval === "day") return addDays(period, 1);
  if (interval === "week") return addDays(period, 7);
  return periodOf(addDays(period, interval === "month" ? 31 : 366), interval);
}

/** The first day of the month that many months after the one that begins on this day; the number may be negative. */
export function addMonths(month: string, months: number): string {
  const date = new Date(midnightOf(month));
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

/** An hour of the wall clock, which is `utc_offset` seconds ahead of UTC. */
export type LocalHour = { day: string; hour: number; utc_offset: number };

/** The hour of an instant in this time zone. */
export function hourOf(instant: Date, timezone: string): LocalHour {
  const utc_offset = offsetAt(instant, timezone);
  const local = new Date(instant.getTime() + utc_offset * 1000);
  return { day: local.toISOString().slice(0, 10), hour: local.getUTCHours(), utc_offset };
}

const QUARTER = 900_000;

/** The hours of a day in this time zone, in order: 24, or 23 or 25 where the clocks change by an hour. */
export function hoursOfDay(day: string, timezone: string): LocalHour[] {
  const start = startOfDay(day, timezone).getTime();
  const end = startOfDay(day, timezone, 1).getTime();
  const utc_offset = offsetAt(new Date(start), timezone);
  if (end - start === DAY && offsetAt(new Date(end), timezone) === utc_offset)
    return Array.from({ length: 24 }, (_, hour) => ({ day, hour, utc_offset }));
  // Clocks may change at any time and by less than an hour.
  const hours = new Map<string, LocalHour>();
  for (let instant = start; instant < end; instant += QUARTER) {
    const hour = hourOf(new Date(instant), timezone);
    if (hour.day === day) hours.set(`${hour.hour} ${hour.utc_offset}`, hour);
  }
  return [...hours.values()];
}
