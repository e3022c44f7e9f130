// What a new shop probably is, from where the browser is.

const EURO_ZONES =
  /^Europe\/(?!London|Zurich|Warsaw|Prague|Budapest|Stockholm|Copenhagen|Oslo|Bucharest|Moscow|Kiev|Kyiv|Istanbul)|^Atlantic\/(Canary|Madeira|Azores)|^Africa\/Ceuta/;

const CURRENCIES: Record<string, string> = {
  "Europe/London": "GBP",
  "Europe/Zurich": "CHF",
  "America/Mexico_City": "MXN",
  "America/Bogota": "COP",
  "America/Santiago": "CLP",
  "America/Lima": "PEN",
  "America/Argentina/Buenos_Aires": "ARS",
  "America/Montevideo": "UYU",
};

export const browserTimezone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The currency of a time zone, as a suggestion. */
export const currencyOf = (timezone: string): string =>
  CURRENCIES[timezone] ?? (EURO_ZONES.test(timezone) ? "EUR" : "USD");

/** A slug that a name suggests: "Librería Sol" is libreria-sol. */
export const slugOf = (name: string): string =>
  name
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
