import { useId, useRef, type ReactNode, type ToggleEvent } from "react";

type PopoverProps = {
  /** What the button shows. */
  button: ReactNode;
  label: string;
  children: (close: () => void) => ReactNode;
};

/**
 * A button and a panel below it, which takes the focus. The browser closes the panel on Escape and on a click outside, and gives the focus
 * back; it also closes when the focus leaves it.
 */
export function Popover({ button, label, children }: PopoverProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const close = (): void => panel.current?.hidePopover();
  const onToggle = ({ newState, currentTarget }: ToggleEvent<HTMLDivElement>): void => {
    const rect = opener.current?.getBoundingClientRect();
    if (newState !== "open" || !rect) return;
    const left = Math.max(
      16,
      Math.min(rect.right - currentTarget.offsetWidth, innerWidth - currentTarget.offsetWidth - 16),
    );
    currentTarget.style.left = `${left + scrollX}px`;
    currentTarget.style.top = `${rect.bottom + 6 + scrollY}px`;
    const controls = [
      ...currentTarget.querySelectorAll<HTMLElement>("button:not(:disabled, [tabindex='-1'])"),
    ];
    (controls.find((control) => control.ariaPressed === "true") ?? controls[0])?.focus();
  };
  return (
    <>
      <button
        ref={opener}
        type="button"
        popoverTarget={id}
        aria-haspopup="dialog"
        className="inline-flex min-h-10 items-center gap-2 rounded-xl border border-line bg-card px-4 py-2 shadow-card hover:bg-sunken"
      >
        {button}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onToggle={onToggle}
        onBlur={({ relatedTarget, currentTarget }) => {
          if (relatedTarget && relatedTarget !== opener.current && !currentTarget.contains(relatedTarget))
            close();
        }}
        className="absolute inset-auto m-0 max-w-[calc(100vw-2rem)] rounded-2xl border border-line bg-raised p-3 text-ink shadow-float"
      >
        {children(close)}
      </div>
    </>
  );
}
