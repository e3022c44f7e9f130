// The theme: light, dark, or that of the system. CSS reads it from the root element.
import { useSyncExternalStore } from "react";
import { createStore } from "./store.ts";

export type Theme = "light" | "dark" | "system";

const KEY = "mostrador.theme";

const storedTheme = (): Theme => {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
};

const store = createStore(storedTheme());

const apply = (theme: Theme): void => {
  document.documentElement.dataset["theme"] = theme;
};
apply(store.get());

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply(theme);
  store.set(theme);
}

export const useTheme = (): Theme => useSyncExternalStore(store.subscribe, store.get);

/** Whether the app is dark now, whoever chose it. */
export const isDark = (theme: Theme): boolean =>
  theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
