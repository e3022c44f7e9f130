// The range of days: in the URL, and as days of the shop.
import type { GetOverviewQuery } from "@mostrador/sdk";

export const PRESETS = [
  "today",
  "yesterday",
  "7d",
  "30d",
  "90d",
  "month",
  "last-month",
  "year",
  "12m",
] as const;
export type Preset = (typeof PRESETS)[number];

const DEFAULT: Preset = "30d";

export type RangeSearch = {
  range?: Preset;
  from?: string;
  to?: string;
  /** Compared with the same days a year before; with the days before otherwise. */
  compare?: "year";
};

export const MEASURES = ["revenue", "sales", "units"] as const;
export type Measure = (typeof MEASURES)[number];

const SELLER_COLUMNS = ["revenue", "orders", "average_sale", "sales_per_hour"] as const;
export type SellerColumn = (typeof SELLER_COLUMNS)[number];

/** All that the dashboard has in its URL; what is at its default is left out. */
export type DashboardSearch = RangeSearch & {
  measure?: Measure;
  sort?: SellerColumn;
  map?: "world";
};

export type DayRange = { from: string; to: string };

const DAY_FORMAT = /^\d{4}-\d{2}-\d{2}$/;

const dayIn = (value: unknown): string | undefined =>
  typeof value === "string" && DAY_FORMAT.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;

/** Reads the range from the URL; what is not a range is left out. */
function rangeIn(search: Record<string, unknown>): RangeSearch {
  const [from, to] = [dayIn(search["from"]), dayIn(search["to"])];
  if (from !== undefined && to !== undefined && from <= to) return { from, to };
  const range = PRESETS.find((preset) => preset === search["range"]);
  return range === undefined || range === DEFAULT ? {} : { range };
}

/** Reads the URL of the dashboard; what it does not know is left out. */
export function dashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const measure = MEASURES.slice(1).find((one) => one === search["measure"]);
  const sort = SELLER_COLUMNS.slice(1).find((one) => one === search["sort"]);
  return {
    ...rangeIn(search),
    ...(search["compare"] === "year" && { compare: "year" }),
    ...(measure && { measure }),
    ...(sort && { sort }),
    ...(search["map"] === "world" && { map: "world" }),
  };
}

/** The day of an instant in a time zone: 2026-10-28. */
export const dayOf = (instant: Date, timezone: string): string =>
  new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(instant);

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The first day of the month that lies so many months after that of a day. */
export function monthOf(day: string, months = 0): string {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

const until = (today: string, days: number): DayRange => ({ from: addDays(today, 1 - days), to: today });

const DAYS: Record<Preset, (today: string) => DayRange> = {
  today: (today) => until(today, 1),
  yesterday: (today) => until(addDays(today, -1), 1),
  "7d": (today) => until(today, 7),
  "30d": (today) => until(today, 30),
  "90d": (today) => until(today, 90),
  month: (today) => ({ from: monthOf(today), to: today }),
  "last-month": (today) => ({ from: monthOf(today, -1), to: addDays(monthOf(today), -1) }),
  year: (today) => ({ from: `${today.slice(0, 4)}-01-01`, to: today }),
  "12m": (today) => ({ from: monthOf(today, -11), to: today }),
};

/** The preset of a range in the URL; null for days that were chosen. */
export const presetOf = ({ range, from }: RangeSearch): Preset | null =>
  from === undefined ? (range ?? DEFAULT) : null;

/** The days of a range in the URL, `today` being a day of the shop. */
export const rangeOf = (search: RangeSearch, today: string): DayRange =>
  search.from !== undefined && search.to !== undefined
    ? { from: search.from, to: search.to }
    : DAYS[search.range ?? DEFAULT](today);

/** The request of the dashboard for a range in the URL. */
export const overviewQuery = (search: RangeSearch, today: string): GetOverviewQuery & DayRange => ({
  ...rangeOf(search, today),
  compare: search.compare ?? "previous",
});
