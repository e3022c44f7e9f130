import type { ReactNode } from "react";

export type Tone = "neutral" | "good" | "bad" | "warn" | "brand";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-muted",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  brand: "bg-brand-soft text-brand",
};

/** A word on a colour; the word alone says it. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join("")
    .toUpperCase();

/** The initials of a person, with a dot for their state. */
export function Avatar({ name, dot }: { name: string; dot?: "good" | "warn" | undefined }) {
  return (
    <span
      aria-hidden="true"
      className="relative inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-brand-soft text-xs font-semibold text-brand"
    >
      {initialsOf(name)}
      {dot && (
        <span
          className={`absolute right-0 bottom-0 size-2.5 rounded-full border-2 border-card ${dot === "good" ? "bg-good" : "bg-warn"}`}
        />
      )}
    </span>
  );
}
