import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { CheckIcon } from "../../parts/icons.tsx";
import { welcomeWords } from "./words.ts";

type StepProps = {
  number: number;
  of: number;
  title: string;
  /** What was done; null while it is not. */
  done: string | null;
  isCurrent: boolean;
  children: ReactNode;
};

/** A step of the first run: its content while it is the next one, else what was done. */
export function Step({ number, of, title, done, isCurrent, children }: StepProps) {
  const w = useWords(welcomeWords);
  return (
    <li aria-current={isCurrent ? "step" : undefined}>
      <Card
        title={
          <span className="flex items-center gap-3">
            <span
              aria-hidden="true"
              className={`inline-flex size-8 items-center justify-center rounded-full text-sm font-semibold ${
                done !== null || isCurrent ? "bg-brand text-on-brand" : "bg-sunken text-muted"
              }`}
            >
              {done === null ? number : <CheckIcon />}
            </span>
            {title}
            <span className="sr-only">
              {w.step(number, of)}
              {done !== null && `, ${w.done}`}
            </span>
          </span>
        }
        action={done !== null && <Badge tone="good">{w.done}</Badge>}
      >
        {done !== null && <p className="text-muted">{done}</p>}
        {done === null && isCurrent && children}
      </Card>
    </li>
  );
}
