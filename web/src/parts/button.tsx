import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from "react";

type Kind = "primary" | "secondary" | "quiet" | "danger";

const KINDS: Record<Kind, string> = {
  primary: "bg-brand text-on-brand hover:bg-brand-strong",
  secondary: "border border-line bg-card text-ink shadow-card hover:bg-sunken",
  quiet: "text-muted hover:bg-sunken hover:text-ink",
  danger: "bg-bad text-card hover:opacity-90",
};

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: Kind;
  isBusy?: boolean;
  children: ReactNode;
};

const ignore = (event: MouseEvent): void => event.preventDefault();

/** A button of at least 44 px; while busy it takes no clicks, and keeps the focus. */
export function Button({
  kind = "secondary",
  isBusy = false,
  className = "",
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...(isBusy && { "aria-busy": true, "aria-disabled": true, onClick: ignore })}
      className={`inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 py-2 font-semibold transition-colors disabled:opacity-60 aria-disabled:opacity-60 ${KINDS[kind]} ${className}`}
    >
      {children}
    </button>
  );
}

/** A button that shows only an icon; `label` is what it does. */
export function IconButton({ label, className = "", children, ...rest }: ButtonProps & { label: string }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={`inline-flex size-11 items-center justify-center rounded-xl text-muted transition-colors hover:bg-sunken hover:text-ink disabled:opacity-50 ${className}`}
    >
      {children}
    </button>
  );
}
