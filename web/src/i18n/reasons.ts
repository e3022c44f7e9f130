// Sentences that the API stores in English, such as why a row of a file was rejected, in the language of the app.
import { useLanguage, type Language } from "./language.ts";

/** A sentence in English, and the same in Spanish with `$1` for its first group. The first that matches counts. */
export type Translations = readonly (readonly [RegExp, string])[];

/** Says a sentence in the language of the app, with the language that it is in: what is not listed stays in English. */
export function useReasons(inSpanish: Translations): (reason: string) => { text: string; lang: Language } {
  const language = useLanguage();
  return (reason) => {
    const known = language === "es" && inSpanish.find(([pattern]) => pattern.test(reason));
    return known ? { text: reason.replace(known[0], known[1]), lang: "es" } : { text: reason, lang: "en" };
  };
}
