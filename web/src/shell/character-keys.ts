// Whether characters do something without a field that has the focus: `?`, G with a letter, + and − at the till. People who dictate trigger
// them by accident, so each device can do without.
import { useSyncExternalStore } from "react";
import { createStore } from "../store.ts";

const KEY = "mostrador.character-keys";
const OFF = "off";

const store = createStore(localStorage.getItem(KEY) !== OFF);

export const hasCharacterKeys = store.get;

export const useCharacterKeys = (): boolean => useSyncExternalStore(store.subscribe, store.get);

export function setCharacterKeys(areOn: boolean): void {
  if (areOn) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, OFF);
  store.set(areOn);
}
