// The pages of the list, by text or by filters, and the values that the filters offer.
import type { Product } from "@mostrador/sdk";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { listQuery, textQuery, type CatalogueSearch } from "./search.ts";

const PAGE = 50;

type Page = { data: Product[]; next_cursor: string | null; did_you_mean?: string | null };

export function useProducts(search: CatalogueSearch) {
  return useInfiniteQuery({
    queryKey: ["products", "list", search],
    queryFn: ({ pageParam, signal }): Promise<Page> => {
      const page = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return search.q === undefined
        ? mostrador.listProducts({ ...listQuery(search), ...page }, { signal })
        : mostrador.searchProducts({ ...textQuery(search, search.q), ...page }, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** How many products each value of a filter has; the text of a search does not count. */
export function useFacets({ sort: _sort, q: _q, ...filters }: CatalogueSearch) {
  return useQuery({
    queryKey: ["products", "facets", filters],
    queryFn: async ({ signal }) => {
      const { facets } = await mostrador.listProducts(
        { ...listQuery(filters), limit: 1, facets: true },
        { signal },
      );
      return facets ?? null;
    },
    placeholderData: keepPreviousData,
  });
}
