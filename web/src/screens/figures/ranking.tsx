import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import type { CursorList } from "../../lists/use-cursor-list.ts";
import { Button } from "../../parts/button.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { MEASURES } from "./search.ts";
import { useFiguresView } from "./use-range.ts";
import { figuresWords } from "./words.ts";

/** The rows of a page. */
export const ROWS = 50;

/** What a ranking is ordered by. It is in the URL. */
export function MeasureChoice() {
  const w = useWords(figuresWords);
  const [{ measure = "revenue" }, setView] = useFiguresView();
  return (
    <Segmented
      label={w.measure}
      value={measure}
      options={MEASURES.map((value) => ({ value, label: w[value] }))}
      onChange={(value) => setView({ measure: value })}
    />
  );
}

/** A ranking that grows by its next page. */
export function Listed<T>({ list, children }: { list: CursorList<T>; children: (items: T[]) => ReactNode }) {
  const w = useWords(figuresWords);
  if (list.data === undefined)
    return list.error ? (
      <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
    ) : (
      <div className="skeleton h-72 rounded-2xl" />
    );
  return (
    <>
      {children(list.data)}
      {list.hasNextPage && (
        <div className="flex justify-center">
          <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {w.showMore}
          </Button>
        </div>
      )}
    </>
  );
}
