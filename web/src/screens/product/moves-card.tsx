import type { Product } from "@mostrador/sdk";
import { useInfiniteQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { stockWords } from "./words.ts";

const PAGE = 10;

/** What changed the stock, the latest first. */
export function MovesCard({ product }: { product: Product }) {
  const w = useWords(stockWords);
  const { loading } = useWords(common);
  const f = useFormats();
  const moves = useInfiniteQuery({
    queryKey: ["products", "moves", product.id],
    queryFn: ({ pageParam, signal }) =>
      mostrador.listStockMoves(
        product.id,
        { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  return (
    <Card title={w.moves} isFlush>
      <Loaded
        query={moves}
        skeleton={<div role="status" aria-label={loading} className="skeleton mx-5 mb-4 h-40" />}
      >
        {({ pages }) => {
          const all = pages.flatMap(({ data }) => data);
          if (all.length === 0) return <Empty text={w.noMoves} />;
          return (
            <>
              <table className="w-full">
                <caption className="sr-only">{w.moves}</caption>
                <thead>
                  <tr className="text-xs text-muted">
                    <th scope="col" className="py-2 pl-5 text-left font-medium">
                      {w.when}
                    </th>
                    <th scope="col" className="px-2 pr-5 text-right font-medium">
                      {w.change}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(({ id, created_at: at, reason, delta }) => (
                    <tr key={id} className="border-t border-line">
                      <th scope="row" className="py-2 pl-5 text-left font-normal">
                        <span className="block">{w[reason]}</span>
                        <span className="text-xs text-muted">{f.instant(at)}</span>
                      </th>
                      <td className="px-2 pr-5 text-right font-medium whitespace-nowrap">
                        {delta > 0 && "+"}
                        {f.number(delta)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {moves.hasNextPage && (
                <div className="flex justify-center border-t border-line p-3">
                  <Button isBusy={moves.isFetchingNextPage} onClick={() => void moves.fetchNextPage()}>
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
