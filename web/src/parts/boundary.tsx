import { QueryErrorResetBoundary } from "@tanstack/react-query";
import { Component, type ReactNode } from "react";
import { forgetFailures } from "../lazily.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

type BoundaryProps = { children: ReactNode; fallback: (error: unknown, retry: () => void) => ReactNode };

/** Shows `fallback` in the place of content that throws. */
export class Boundary extends Component<BoundaryProps, { error: unknown; hasFailed: boolean }> {
  override state = { error: null, hasFailed: false };

  static getDerivedStateFromError(error: unknown) {
    return { error, hasFailed: true };
  }

  override componentDidCatch(): void {
    forgetFailures();
  }

  readonly #retry = (): void => this.setState({ error: null, hasFailed: false });

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return this.props.fallback(this.state.error, this.#retry);
  }
}

/** A card, or a part of it, that fails alone. */
export function CardBoundary({ children }: { children: ReactNode }) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <Boundary
          fallback={(error, retry) => (
            <ProblemNotice
              error={error}
              onRetry={() => {
                reset();
                retry();
              }}
            />
          )}
        >
          {children}
        </Boundary>
      )}
    </QueryErrorResetBoundary>
  );
}
