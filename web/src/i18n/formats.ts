import { useSession } from "../session/session.ts";
import { createFormats, type Formats, type Place } from "./create-formats.ts";
import { useLanguage } from "./language.ts";

const FALLBACK: Place = { currency: "EUR", timezone: "UTC", locale: "es-ES" };

const cache = new Map<string, Formats>();

/** The formats of the shop in the language of the app. */
export function useFormats(): Formats {
  const language = useLanguage();
  const session = useSession();
  const place = "me" in session ? session.me.shop : FALLBACK;
  const key = [language, place.currency, place.timezone, place.locale].join();
  const known = cache.get(key);
  if (known) return known;
  const formats = createFormats(language, place);
  cache.set(key, formats);
  return formats;
}
