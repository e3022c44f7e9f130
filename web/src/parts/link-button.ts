const BASE =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 py-2 font-semibold transition-colors";

/** The look of a button for links. */
export const linkButton = {
  primary: `${BASE} bg-brand text-on-brand hover:bg-brand-strong`,
  secondary: `${BASE} border border-line bg-card text-ink shadow-card hover:bg-sunken`,
} as const;
