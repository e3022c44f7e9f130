// Amounts, numbers, percentages and days in reports.
import type { Language } from "../../mail/words.ts";
import { minorDigits } from "../../values/money.ts";

export type Formats = ReturnType<typeof formatsOf>;

export function formatsOf(language: Language, currency: string) {
  const digits = minorDigits(currency);
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const money = new Intl.NumberFormat(language, { ...decimals, style: "currency", currency });
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
  const percents = { style: "percent", maximumFractionDigits: 1 } as const;
  const shares = new Intl.NumberFormat(language, percents);
  const changes = new Intl.NumberFormat(language, { ...percents, signDisplay: "exceptZero" });
  const date = { timeZone: "UTC", day: "numeric", month: "long" } as const;
  const days = new Intl.DateTimeFormat(language, date);
  const weekdays = new Intl.DateTimeFormat(language, { ...date, weekday: "long" });
  const months = new Intl.DateTimeFormat(language, { timeZone: "UTC", month: "long", year: "numeric" });
  return {
    money: (minor: number) => money.format(minor / 10 ** digits),
    number: (value: number) => numbers.format(value),
    percent: (value: number) => shares.format(value / 100),
    change: (value: number) => changes.format(value / 100),
    day: (day: string) => days.format(new Date(day)),
    weekday: (day: string) => weekdays.format(new Date(day)),
    month: (month: string) => months.format(new Date(`${month}-01`)),
  };
}

/** A figure with its change, where there is one. */
export const figureLine = (
  format: Formats,
  label: string,
  value: string,
  change: number | null | undefined,
): string => `${label}: ${value}${typeof change === "number" ? ` (${format.change(change)})` : ""}`;
