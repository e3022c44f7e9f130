// Amounts, quantities, rates and times as the shop's locale writes them.
import type { z } from "zod";
import { minorDigits } from "../../values/money.ts";
import type { Receipt } from "./schema.ts";

/** The locale with Latin digits and the Gregorian calendar: receipt printers have no others. */
export const plainLocale = (locale: string): string =>
  new Intl.Locale(locale, { numberingSystem: "latn", calendar: "gregory" }).toString();

/** The formats of a receipt: `amount` without, `money` with the currency. */
export function formatsOf(
  { currency, timezone }: Pick<z.infer<typeof Receipt>, "currency" | "timezone">,
  locale: string,
) {
  const tag = plainLocale(locale);
  const digits = minorDigits(currency);
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const amounts = new Intl.NumberFormat(tag, decimals);
  const money = new Intl.NumberFormat(tag, { ...decimals, style: "currency", currency });
  const quantities = new Intl.NumberFormat(tag, { maximumFractionDigits: 3 });
  const rates = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 3 });
  const prices = new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: 10 });
  const day = { timeZone: timezone, day: "2-digit", month: "2-digit", year: "numeric" } as const;
  const days = new Intl.DateTimeFormat(tag, day);
  const times = new Intl.DateTimeFormat(tag, { ...day, hour: "2-digit", minute: "2-digit" });
  const major = (minor: number): number => minor / 10 ** digits;
  return {
    amount: (minor: number) => amounts.format(major(minor)),
    money: (minor: number) => money.format(major(minor)),
    /** a decimal in major units */
    price: (decimal: string) => prices.format(Number(decimal)),
    quantity: (units: number) => quantities.format(units),
    rate: (hundredThousandths: number) => rates.format(hundredThousandths / 100_000),
    day: (instant: string) => days.format(new Date(instant)),
    time: (instant: string) => times.format(new Date(instant)),
  };
}
