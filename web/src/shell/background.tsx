import { Suspense, useEffect, type ReactNode } from "react";
import { Boundary } from "../parts/boundary.tsx";

const RETRY_MS = 30_000;

/**
 * A part of the shell that nobody opens, so that nobody would try again: if it cannot be loaded, it is when the network returns, when the
 * window gets the focus, or later.
 */
export function Background({ fallback = null, children }: { fallback?: ReactNode; children: ReactNode }) {
  return (
    <Boundary
      fallback={(_, retry) => (
        <>
          {fallback}
          <Retry onRetry={retry} />
        </>
      )}
    >
      <Suspense fallback={fallback}>{children}</Suspense>
    </Boundary>
  );
}

function Retry({ onRetry }: { onRetry: () => void }) {
  useEffect(() => {
    const timer = setInterval(onRetry, RETRY_MS);
    for (const event of ["online", "focus"]) addEventListener(event, onRetry);
    return () => {
      clearInterval(timer);
      for (const event of ["online", "focus"]) removeEventListener(event, onRetry);
    };
  }, [onRetry]);
  return null;
}
