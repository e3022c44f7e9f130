// Amounts, numbers and times in the shop's currency and time zone, as the language writes them.
import { decimalsOf, formatMoney } from "@mostrador/sdk";
import type { Language } from "./language.ts";

export type Place = { currency: string; timezone: string; locale: string };

export type Formats = ReturnType<typeof createFormats>;

/** The shop's locale if it is one of the language, such as es-MX; else that of the language. */
const localeOf = (language: Language, shopLocale: string): string =>
  shopLocale.startsWith(language) ? shopLocale : { es: "es-ES", en: "en-GB" }[language];

/** A calendar day as a date that Intl prints in UTC. */
const dateOf = (day: string): Date => new Date(`${day}T12:00:00Z`);

const yearOf = (day: string): string => day.slice(0, 4);

export function createFormats(language: Language, { currency, timezone, locale: shopLocale }: Place) {
  const locale = localeOf(language, shopLocale);
  const number = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { useGrouping: "always", ...options });
  const calendar = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  const clock = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: timezone });

  const scale = 10 ** decimalsOf(currency);
  const rounded = number({ style: "currency", currency, maximumFractionDigits: 0, minimumFractionDigits: 0 });
  const short = number({ style: "currency", currency, notation: "compact", maximumFractionDigits: 1 });
  const integers = number({ maximumFractionDigits: 3 });
  const percents = number({ style: "percent", maximumFractionDigits: 1 });
  const wholePercents = number({ style: "percent", maximumFractionDigits: 0 });
  const days = calendar({ day: "numeric", month: "short" });
  const datedDays = calendar({ day: "numeric", month: "short", year: "numeric" });
  const weekdays = calendar({ weekday: "short", day: "numeric", month: "short" });
  const longDays = calendar({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const months = calendar({ month: "short", year: "numeric" });
  const weekdayNames = calendar({ weekday: "short" });
  const times = clock({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const instants = clock({
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const datedInstants = clock({
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const instantDays = clock({ day: "numeric", month: "short" });
  const datedInstantDays = clock({ day: "numeric", month: "short", year: "numeric" });
  const years = clock({ year: "numeric" });
  const isThisYear = (year: string): boolean => year === years.format(new Date());
  const datedDay = (day: string): string => (isThisYear(yearOf(day)) ? days : datedDays).format(dateOf(day));
  const regions = new Intl.DisplayNames(locale, { type: "region" });

  return {
    locale,
    currency,
    timezone,
    /** Minor units: "1.234,50 €". */
    money: (minor: number): string => formatMoney(minor, currency, locale),
    /** Minor units without their decimals: "1.235 €". */
    roundedMoney: (minor: number): string => rounded.format(minor / scale),
    /** Minor units for an axis: "12 mil €". */
    shortMoney: (minor: number): string =>
      Math.abs(minor / scale) < 100_000 ? rounded.format(minor / scale) : short.format(minor / scale),
    number: (value: number): string => integers.format(value),
    /** 12.3 as "12,3 %". */
    percent: (value: number): string => (Math.abs(value) < 10 ? percents : wholePercents).format(value / 100),
    /** 0.123 as "12 %". */
    share: (value: number): string => wholePercents.format(value),
    /** "28 oct" of 2026-10-28. */
    day: (day: string): string => days.format(dateOf(day)),
    /** "mié, 28 oct". */
    weekday: (day: string): string => weekdays.format(dateOf(day)),
    longDay: (day: string): string => longDays.format(dateOf(day)),
    /** "28 oct", with the year if it is another one. */
    datedDay,
    /** "28 oct – 26 nov", with the years unless both are this one. */
    dayRange: (from: string, to: string): string => {
      if (from === to) return datedDay(from);
      const isOneYear = yearOf(from) === yearOf(to);
      const first = isOneYear ? days : datedDays;
      const last = isOneYear && isThisYear(yearOf(to)) ? days : datedDays;
      return `${first.format(dateOf(from))} – ${last.format(dateOf(to))}`;
    },
    /** "nov 2026" of 2026-11 or a day in it. */
    month: (month: string): string => months.format(dateOf(`${month.slice(0, 7)}-01`)),
    /** The name of a day of the week; 1 is Monday. */
    weekdayName: (isoDay: number): string => weekdayNames.format(new Date(Date.UTC(2024, 0, isoDay))),
    /** The time of an instant in the shop: "20:09". */
    time: (instant: string | Date): string => times.format(new Date(instant)),
    /** "26 nov, 20:09", with the year if it is another one. */
    instant: (instant: string | Date): string => {
      const date = new Date(instant);
      return (isThisYear(years.format(date)) ? instants : datedInstants).format(date);
    },
    /** The shop's day of an instant: "26 nov", with the year if it is another one. */
    instantDay: (instant: string | Date): string => {
      const date = new Date(instant);
      return (isThisYear(years.format(date)) ? instantDays : datedInstantDays).format(date);
    },
    /** Milliseconds as "2 h 05 min". */
    duration: (ms: number): string => {
      const minutes = Math.max(0, Math.floor(ms / 60_000));
      return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
    },
    country: (code: string): string => {
      try {
        return regions.of(code) ?? code;
      } catch {
        return code;
      }
    },
  };
}
