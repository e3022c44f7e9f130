import { useEffect, useEffectEvent } from "react";
import { createScanReader } from "./scan.ts";

type Typed = { field: HTMLInputElement | HTMLTextAreaElement; value: string };

/** What is typed into such a field is no code, however fast. */
const isSecret = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === "password";

/** Takes back what the scanner has typed into a field. */
function restore({ field, value }: Typed): void {
  const prototype =
    field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  // React notices a change by the setter of the prototype only.
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Calls `onScan` with each scanned code, wherever the focus is. The fields stay as they were. */
export function useScanner(onScan: (code: string) => void): void {
  const scanned = useEffectEvent(onScan);
  useEffect(() => {
    const read = createScanReader();
    let typed: Typed | null = null;
    let lastAt = -Infinity;
    const onKeyDown = (event: KeyboardEvent): void => {
      const { target, key, timeStamp } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isSecret(target)) return;
      if (key.length === 1 && timeStamp - lastAt > 40)
        typed =
          target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
            ? { field: target, value: target.value }
            : null;
      if (key.length === 1) lastAt = timeStamp;
      const code = read({ key, at: timeStamp });
      if (code === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (typed) restore(typed);
      scanned(code);
    };
    // Before the controls see the key, so that the Enter of a scanner presses none.
    addEventListener("keydown", onKeyDown, { capture: true });
    return () => removeEventListener("keydown", onKeyDown, { capture: true });
  }, []);
}
