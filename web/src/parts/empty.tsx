import type { ReactNode } from "react";

/** What stands where there is nothing yet: a sentence, and the next step. */
export function Empty({ icon, text, action }: { icon?: ReactNode; text: string; action?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 px-4 py-8 text-center text-muted">
      {icon}
      <p className="max-w-prose text-balance">{text}</p>
      {action}
    </div>
  );
}
