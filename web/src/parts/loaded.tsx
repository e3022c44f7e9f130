import type { ReactNode } from "react";
import { ProblemNotice } from "./problem-notice.tsx";

type LoadedProps<T> = {
  query: { data: T | undefined; isError: boolean; error: unknown; refetch: () => Promise<unknown> };
  /** In the place of the content while it loads, of the same size. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
};

/** The content of a query, its skeleton, or its problem. Data that could not be renewed stay. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  return skeleton;
}
