// A dictionary stands beside the screen that uses it and is loaded with it. A key that is missing in a language does not compile.
import { currentLanguage, useLanguage, type Language } from "./language.ts";

/** Texts, or functions that return one, by key. */
export type Words<T> = { readonly [K in keyof T]: Readonly<Record<Language, T[K]>> };

const split = new WeakMap<object, Partial<Record<Language, unknown>>>();

/** Declares a dictionary: each key with its text in each language. */
export const words = <T>(table: Words<T>): Words<T> => table;

/** The texts of a dictionary in one language. */
function wordsIn<T>(table: Words<T>, language: Language): T {
  const known = split.get(table) ?? {};
  split.set(table, known);
  known[language] ??= Object.fromEntries(
    Object.entries<Record<Language, unknown>>(table).map(([key, texts]) => [key, texts[language]]),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries loses the keys
  return known[language] as T;
}

/** The texts of a dictionary in the language of the app. */
export const useWords = <T>(table: Words<T>): T => wordsIn(table, useLanguage());

/** The same outside of components, such as for toasts. */
export const wordsNow = <T>(table: Words<T>): T => wordsIn(table, currentLanguage());
