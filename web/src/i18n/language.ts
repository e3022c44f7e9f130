// The language of the app: that which the person chose on this device, else the browser's. One URL is one screen in both languages.
import { useSyncExternalStore } from "react";
import { createStore } from "../store.ts";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "mostrador.language";

const isLanguage = (value: unknown): value is Language => value === "es" || value === "en";

function firstLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (isLanguage(stored)) return stored;
  const preferred = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return preferred ?? "es";
}

const store = createStore(firstLanguage());

const apply = (language: Language): void => {
  document.documentElement.lang = language;
};
apply(store.get());

export const currentLanguage = store.get;

export function setLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  apply(language);
  store.set(language);
}

export const useLanguage = (): Language => useSyncExternalStore(store.subscribe, store.get);
