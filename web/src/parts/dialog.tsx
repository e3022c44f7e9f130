import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { IconButton } from "./button.tsx";
import { CloseIcon } from "./icons.tsx";

type DialogProps = {
  title: string;
  /** Absent where only an answer closes the dialog. */
  onClose?: (() => void) | undefined;
  className?: string;
  children: ReactNode;
};

/** A modal dialog: its first field has the focus, the browser holds the focus in it, and Escape closes it. Mounted means open. */
export function Dialog({
  title,
  onClose,
  className = "w-[min(28rem,calc(100vw-2rem))]",
  children,
}: DialogProps) {
  const w = useWords(common);
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // Of itself, the browser chooses the button that closes it.
    dialog?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      closedby={onClose ? undefined : "none"}
      onCancel={(event) => {
        // React passes on what a dialog in this one, or a file that is not chosen, cancels.
        if (event.target !== ref.current) return;
        event.preventDefault();
        onClose?.();
      }}
      onClose={() => {
        // A browser that does not know closedby closes it on a repeated Escape, whatever the first one was answered.
        if (ref.current?.open) return;
        if (onClose) onClose();
        else ref.current?.showModal();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose?.();
      }}
      className={`max-h-[calc(100dvh-2rem)] rounded-2xl border border-line bg-card p-0 shadow-float ${className}`}
    >
      <div className="p-5">
        <header className="mb-4 flex items-center justify-between gap-4">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          {onClose && (
            <IconButton label={w.close} onClick={onClose} className="-my-2 -mr-2">
              <CloseIcon />
            </IconButton>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
