import type { Formats } from "./create-formats.ts";
import { wordsNow, words } from "./words.ts";

// What the API counts sales without a country as.
const UNSPECIFIED = "Unspecified";

const countryWords = words({ unspecified: { es: "Sin país", en: "No country" } });

/** The name of a country of figures; as it was imported, if it is no country of ISO 3166-1. */
export function countryName(
  f: Formats,
  { country, country_code }: { country: string; country_code: string | null },
): string {
  if (country_code !== null) return f.country(country_code);
  return country === UNSPECIFIED ? wordsNow(countryWords).unspecified : country;
}
