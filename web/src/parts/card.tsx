import { useId, type ReactNode } from "react";
import { CardBoundary } from "./boundary.tsx";

type CardProps = {
  title?: ReactNode;
  /** Stands opposite of the title. */
  action?: ReactNode;
  className?: string;
  /** Tables reach the edges of the card. */
  isFlush?: boolean;
  children: ReactNode;
};

/** A card with a title. If its content fails, the card says so and the rest of the screen stays. */
export function Card({ title, action, className = "", isFlush = false, children }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={`flex min-w-0 flex-col rounded-2xl border border-line bg-card shadow-card ${className}`}
    >
      {title !== undefined && (
        <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4 pb-3">
          <h2 id={id} className="text-[0.95rem] font-semibold">
            {title}
          </h2>
          {action}
        </header>
      )}
      <div
        className={`@container min-w-0 flex-1 ${isFlush ? "pb-1" : `px-5 pb-5 ${title === undefined ? "pt-5" : ""}`}`}
      >
        <CardBoundary>{children}</CardBoundary>
      </div>
    </section>
  );
}
