import { useEffect, useEffectEvent } from "react";

/** What keys do, by their names in KeyboardEvent.key. */
export type TillKeys = Partial<Record<string, () => void>>;

/** Runs what a key stands for, unless a dialog is open. */
export function useTillKeys(keys: TillKeys): void {
  const press = useEffectEvent((event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => press(event);
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
