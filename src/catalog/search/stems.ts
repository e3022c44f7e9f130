// Stems let "canciones" find "canción". Both sides are folded first: people leave accents out.
import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as spanish } from "@orama/stemmers/spanish";

const stemmers = { en: english, es: spanish };

// A stemmer takes words of its language apart, and numbers and very short words not at all.
const STEMMABLE = /^[a-z]{4,24}$/;

/** The stems of a folded word in the languages of the list. */
export const stemsOf = (word: string, languages: readonly Language[]): string[] =>
  STEMMABLE.test(word) ? languages.map((language) => stemmers[language](word)) : [];

export type Language = keyof typeof stemmers;

/** The languages that this BCP 47 tag may be stemmed in: both where it says neither. */
export function languagesOf(tag: string | null): readonly Language[] {
  const primary = tag?.toLowerCase().split("-")[0] ?? "";
  if (primary === "es" || primary === "spa") return ["es"];
  if (primary === "en" || primary === "eng") return ["en"];
  return ["es", "en"];
}
