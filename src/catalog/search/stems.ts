// Stems let "canciones" match "canción". Both are folded first, since people omit accents.
import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as spanish } from "@orama/stemmers/spanish";

const stemmers = { en: english, es: spanish };

const STEMMABLE = /^[a-z]{4,24}$/;

/** The stem of a folded word in each language; none for numbers and for words under 4 or over 24 letters. */
export const stemsOf = (word: string, languages: readonly Language[]): string[] =>
  STEMMABLE.test(word) ? languages.map((language) => stemmers[language](word)) : [];

export type Language = keyof typeof stemmers;

/** The languages to stem a text in, by its BCP 47 tag: both if it is neither Spanish nor English. */
export function stemLanguages(tag: string | null): readonly Language[] {
  const primary = tag?.toLowerCase().split("-")[0] ?? "";
  if (primary === "es" || primary === "spa") return ["es"];
  if (primary === "en" || primary === "eng") return ["en"];
  return ["es", "en"];
}
