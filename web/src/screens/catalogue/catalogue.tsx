// The list of products: text, filters and order are in the URL, pages follow by cursor.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { BookIcon } from "../../parts/icons.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Screen } from "../../shell/screen.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { Filters } from "./filters.tsx";
import { ProductTable } from "./product-table.tsx";
import { catalogueSearch } from "./search.ts";
import { useFacets, useProducts } from "./use-products.ts";
import { catalogueWords } from "./words.ts";

export default function Catalogue() {
  const w = useWords(catalogueWords);
  const { catalogue, loading } = useWords(common);
  const search = useSearch({ from: "/catalogue" });
  const navigate = useNavigate({ from: "/catalogue" });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const products = useProducts(search);
  const facets = useFacets(search);
  const isUnfiltered = Object.keys(search).length === 0;

  const change = (changes: Record<string, unknown>): void => {
    setSelected(new Set());
    void navigate({ search: catalogueSearch({ ...search, ...changes }), replace: true, resetScroll: false });
  };
  return (
    <Screen
      title={catalogue}
      subtitle={w.subtitle}
      actions={
        <div className="flex flex-wrap gap-2">
          <Link to="/catalogue/count" className={linkButton.secondary}>
            {w.count}
          </Link>
          <Link to="/catalogue/new" className={linkButton.primary}>
            {w.newProduct}
          </Link>
        </div>
      }
    >
      <div className="flex flex-col gap-4">
        <Filters search={search} facets={facets.data ?? null} onChange={change} />
        <Card isFlush>
          <Loaded
            query={products}
            skeleton={
              <div role="status" aria-label={loading} className="p-5">
                <div className="skeleton h-[60dvh]" />
              </div>
            }
          >
            {({ pages }) => {
              const all = pages.flatMap(({ data }) => data);
              const suggestion = pages[0]?.did_you_mean ?? null;
              return (
                <div aria-busy={products.isPlaceholderData}>
                  {suggestion !== null && (
                    <p className="px-5 pt-4">
                      {w.didYouMean}{" "}
                      <button
                        type="button"
                        onClick={() => change({ q: suggestion })}
                        className="min-h-9 font-semibold text-brand underline-offset-2 hover:underline"
                      >
                        {suggestion}
                      </button>
                    </p>
                  )}
                  {selected.size > 0 && (
                    <BulkBar
                      selected={all.filter(({ id }) => selected.has(id))}
                      onDone={() => setSelected(new Set())}
                    />
                  )}
                  {all.length === 0 && !products.hasNextPage ? (
                    <Empty
                      icon={<BookIcon size={28} />}
                      text={isUnfiltered ? w.empty : w.nothing}
                      action={
                        isUnfiltered && (
                          <Link to="/catalogue/new" className={linkButton.primary}>
                            {w.newProduct}
                          </Link>
                        )
                      }
                    />
                  ) : (
                    <ProductTable products={all} selected={selected} onSelect={setSelected} />
                  )}
                  {products.hasNextPage && (
                    <div className="flex justify-center border-t border-line p-4">
                      <Button
                        isBusy={products.isFetchingNextPage}
                        onClick={() => void products.fetchNextPage()}
                      >
                        {w.more}
                      </Button>
                    </div>
                  )}
                </div>
              );
            }}
          </Loaded>
        </Card>
      </div>
    </Screen>
  );
}
