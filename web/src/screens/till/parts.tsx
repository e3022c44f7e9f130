// Small parts of the till's screens.
import type { ReactNode } from "react";
import { Button } from "../../parts/button.tsx";

/** The key of a button, as it is printed on the keyboard. */
export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd
      aria-hidden="true"
      className="rounded-md border border-current/30 px-1.5 py-0.5 font-sans text-[0.6875rem] leading-none font-medium"
    >
      {children}
    </kbd>
  );
}

type KeyButtonProps = Parameters<typeof Button>[0] & {
  /** As in aria-keyshortcuts, such as "F9". */
  shortcut: string;
};

/** A button that shows the key that presses it. */
export function KeyButton({ shortcut, children, ...rest }: KeyButtonProps) {
  return (
    <Button {...rest} aria-keyshortcuts={shortcut}>
      {children}
      <Key>{shortcut}</Key>
    </Button>
  );
}

/** A name and an amount at the ends of a line. */
export function Sum({ name, value, isStrong = false }: { name: string; value: string; isStrong?: boolean }) {
  return (
    <div
      className={`flex flex-wrap items-baseline justify-between gap-x-4 ${isStrong ? "text-2xl font-semibold tracking-tight" : "text-muted"}`}
    >
      <dt>{name}</dt>
      <dd className="ml-auto tabular-nums">{value}</dd>
    </div>
  );
}
