import type { Import } from "@mostrador/sdk";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ImportRow, isActive } from "./import-row.tsx";
import { importWords } from "./words.ts";

const PAGE = 20;
const PROGRESS_MS = 1500;

/** Figures, products and customers are read again once an import or an undo has changed them. */
function useWhatImportsChange(imports: readonly Import[] | undefined): void {
  const states = imports?.map(({ id, status }) => `${id} ${status}`).join();
  const known = useRef(states);
  useEffect(() => {
    if (known.current !== undefined && known.current !== states)
      void queryClient.invalidateQueries({
        predicate: ({ queryKey: [name] }) => !String(name).startsWith("import"),
      });
    known.current = states;
  }, [states]);
}

/** The imports of the shop, the latest first; those that run show their progress. One may be shown elsewhere. */
export function PastImports({ exceptId }: { exceptId: string | null }) {
  const w = useWords(importWords);
  const { loading } = useWords(common);
  const imports = useInfiniteQuery({
    queryKey: ["imports"],
    queryFn: ({ pageParam, signal }) =>
      mostrador.listImports({ limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(isActive)) ? PROGRESS_MS : false,
  });
  useWhatImportsChange(imports.data?.pages.flatMap(({ data }) => data));
  return (
    <Card title={w.past}>
      <Loaded query={imports} skeleton={<div role="status" aria-label={loading} className="skeleton h-48" />}>
        {({ pages }) => {
          const all = pages.flatMap(({ data }) => data).filter(({ id }) => id !== exceptId);
          if (all.length === 0) return <Empty text={exceptId === null ? w.noPast : w.noOthers} />;
          return (
            <>
              <ul className="flex flex-col">
                {all.map((item) => (
                  <li key={item.id} className="border-t border-line py-3 first:border-0 first:pt-0">
                    <ImportRow item={item} />
                  </li>
                ))}
              </ul>
              {imports.hasNextPage && (
                <div className="flex justify-center border-t border-line pt-4">
                  <Button isBusy={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
                    {w.more}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}
