import { useBlocker } from "@tanstack/react-router";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { productWords } from "./words.ts";

/** Stops whoever leaves with unsaved changes. */
export function UnsavedDialog({ isDirty }: { isDirty: boolean }) {
  const w = useWords(productWords);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Dialog title={w.unsavedTitle} onClose={reset}>
      <p className="mb-5 text-muted">{w.unsavedText}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={proceed}>{w.leave}</Button>
        <Button kind="primary" onClick={reset}>
          {w.stay}
        </Button>
      </div>
    </Dialog>
  );
}
