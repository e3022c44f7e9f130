import { useFormats } from "../../i18n/formats.ts";

/** A rate is in hundred-thousandths: 21 % is 21000. */
const PER_PERCENT = 1000;

/** What a person typed as a percentage, as a rate of the API; null if it is none. */
export function rateOf(text: string): number | null {
  const percent = Number(text.trim().replace(",", "."));
  const rate = Math.round(percent * PER_PERCENT);
  return text.trim() !== "" && rate >= 0 && rate <= 100 * PER_PERCENT ? rate : null;
}

/** A rate as a number to type. */
export const percentOf = (rate: number): string => String(rate / PER_PERCENT);

export function useRatePercent(): (rate: number) => string {
  const f = useFormats();
  const format = new Intl.NumberFormat(f.locale, { style: "percent", maximumFractionDigits: 3 });
  return (rate) => format.format(rate / (100 * PER_PERCENT));
}
