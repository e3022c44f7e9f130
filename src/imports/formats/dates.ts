// The order of day, month and year is a property of a column. Days that name their year first, or that are separated by points, say
// theirs themselves.
import { fromWallClock, isDay } from "../../values/days.ts";
import { namedDate } from "./month-names.ts";

export type DateOrder = "dmy" | "mdy" | "ymd";

const DATE = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)|^(\d{1,2})([-/.])(\d{1,2})\6(\d{4}|\d{2})(?!\d)/;
const TIME =
  /^(?:(?:T|,\s*|\s+)(?:(?:at|um|a las|à|às)\s+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?\s?m\.?)?\s*(Z|UTC|GMT|[PME][SD]T|CDT|CES?T|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/i;

const pad = (text: string | undefined): string => (text ?? "").padStart(2, "0");

const yearOf = (text: string): string =>
  text.length === 4 ? text : `${Number(text) > 79 ? "19" : "20"}${text}`;

function dayIn(order: DateOrder, [a, b, c]: [string, string, string]): string | null {
  const [year, month, day] = order === "dmy" ? [c, b, a] : order === "mdy" ? [c, a, b] : [a, b, c];
  const date = `${yearOf(pad(year))}-${pad(month)}-${pad(day)}`;
  // Later years are typing errors.
  return isDay(date) && date <= "2999-12-31" ? date : null;
}

/** The day of each order in which the date exists, where its text does not say the order. */
export function possibleDays(text: string): Partial<Record<DateOrder, string>> | null {
  const [, year, , , , a, separator, b, c] = DATE.exec(text) ?? [];
  if (year !== undefined || a === undefined || b === undefined || c === undefined || separator === ".")
    return null;
  const orders: DateOrder[] = c.length === 4 ? ["dmy", "mdy"] : Number(a) > 31 ? ["ymd"] : ["dmy", "mdy"];
  const days = orders.flatMap((order) => {
    const day = dayIn(order, [a, b, c]);
    return day === null ? [] : [[order, day] as const];
  });
  return days.length > 0 ? Object.fromEntries(days) : null;
}

// Of these abbreviations each has one meaning in the exports of shops.
const ZONES: Record<string, number> = {
  PST: -8,
  PDT: -7,
  MST: -7,
  MDT: -6,
  CDT: -5,
  EST: -5,
  EDT: -4,
  CET: 1,
  CEST: 2,
};

/** The day at the start of the text, and the length of its text; null if there is none in this order. */
function dayAt(text: string, order: DateOrder): { day: string; length: number } | null {
  const [whole, year, , month, date, a, separator, b, c] = DATE.exec(text) ?? [];
  if (whole === undefined) {
    const named = /\p{L}/u.test(text) ? namedDate(text) : null;
    const day = named && dayIn("ymd", [named.year, named.month, named.day]);
    return named && day ? { day, length: named.length } : null;
  }
  const day =
    year === undefined
      ? dayIn(separator === "." ? "dmy" : order, [a ?? "", b ?? "", c ?? ""])
      : dayIn("ymd", [year, month ?? "", date ?? ""]);
  return day === null ? null : { day, length: whole.length };
}

/** The instant of a date and time; without a time it is midday. Null if the text is none in this order. */
export function readInstant(text: string, order: DateOrder, timezone: string): Date | null {
  const found = dayAt(text, order);
  const time = found && TIME.exec(text.slice(found.length));
  if (!time) return null;
  const [, hours, minutes, seconds, half, zone] = time;
  const hour = hourOf(hours, half);
  if (hour === null || Number(minutes ?? 0) > 59 || Number(seconds ?? 0) > 59) return null;
  const wall =
    Date.parse(`${found.day}T00:00:00Z`) +
    ((hour * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  return zone === undefined ? fromWallClock(wall, timezone) : new Date(wall - offsetOf(zone) * 60_000);
}

/** The offset of a zone from UTC in minutes. */
function offsetOf(zone: string): number {
  if (/^[a-z]/i.test(zone)) return 60 * (ZONES[zone.toUpperCase()] ?? 0);
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -offset : offset;
}

function hourOf(hours: string | undefined, half: string | undefined): number | null {
  if (hours === undefined) return 12;
  const hour = Number(hours);
  if (half === undefined) return hour > 23 ? null : hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase().startsWith("p") ? 12 : 0);
}
