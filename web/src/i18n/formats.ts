import { useSession } from "../session/session.ts";
import { createFormats, type Formats, type Place } from "./create-formats.ts";
import { useLanguage, type Language } from "./language.ts";

const FALLBACK: Place = { currency: "EUR", timezone: "UTC", locale: "es-ES" };

/** The shop's locale if it is one of the language, such as es-MX; else that of the language. */
const localeOf = (language: Language, shopLocale: string): string =>
  shopLocale.startsWith(language) ? shopLocale : { es: "es-ES", en: "en-GB" }[language];

const cache = new Map<string, Formats>();

/** The formats of the shop in the language of the app. */
export function useFormats(): Formats {
  const language = useLanguage();
  const session = useSession();
  const place = "me" in session ? session.me.shop : FALLBACK;
  const key = [language, place.currency, place.timezone, place.locale].join();
  const known = cache.get(key);
  if (known) return known;
  const formats = createFormats({ ...place, locale: localeOf(language, place.locale) });
  cache.set(key, formats);
  return formats;
}
