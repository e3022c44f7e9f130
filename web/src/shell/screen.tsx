import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { Card } from "../parts/card.tsx";
import { forgetFailures } from "../lazily.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";

type ScreenProps = {
  title: string;
  /** The heading, where it differs from the title of the tab. */
  heading?: ReactNode;
  /** Below the title. */
  subtitle?: ReactNode;
  /** Opposite of the title, such as the range of days. */
  actions?: ReactNode;
  children: ReactNode;
};

/** A screen: its title in the tab, its heading, and its cards. */
export function Screen({ title, heading = title, subtitle, actions, children }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} · Mostrador`;
  }, [title]);
  return (
    <div className="mx-auto w-full max-w-[88rem] px-4 py-6 sm:px-6 lg:px-8">
      <header className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight">{heading}</h1>
          {subtitle !== undefined && <div className="mt-1 text-muted">{subtitle}</div>}
        </div>
        {actions}
      </header>
      {/* Widths of this container, unlike those of the window, count in units of the text. */}
      <div className="@container">{children}</div>
    </div>
  );
}

const homeLink =
  "mt-4 inline-flex min-h-11 items-center rounded-xl bg-brand px-4 font-semibold text-on-brand hover:bg-brand-strong";

export function NotFoundScreen() {
  const w = useWords(common);
  return (
    <Screen title={w.notFoundTitle}>
      <Card>
        <p>{w.notFoundText}</p>
        <Link to="/" className={homeLink}>
          {w.goHome}
        </Link>
      </Card>
    </Screen>
  );
}

export function ForbiddenScreen() {
  const w = useWords(common);
  return (
    <Screen title={w.forbiddenTitle}>
      <Card>
        <p>{w.forbiddenText}</p>
        <Link to="/" className={homeLink}>
          {w.goHome}
        </Link>
      </Card>
    </Screen>
  );
}

export function FailedScreen({ error, reset }: { error: unknown; reset: () => void }) {
  const w = useWords(common);
  useEffect(forgetFailures, []);
  return (
    <Screen title={w.screenFailed}>
      <ProblemNotice error={error} onRetry={reset} />
    </Screen>
  );
}

/** While the code of a screen loads. */
export function PendingScreen() {
  const w = useWords(common);
  return (
    <div
      role="status"
      aria-label={w.loading}
      className="mx-auto w-full max-w-[88rem] px-4 py-6 sm:px-6 lg:px-8"
    >
      <div className="skeleton mb-5 h-14 w-64 max-w-full" />
      <div className="skeleton h-[60dvh] rounded-2xl" />
    </div>
  );
}
