import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";

type Page<T> = { data: T[]; next_cursor: string | null };
type Read<T> = (cursor: string | undefined, options: { signal: AbortSignal }) => Promise<Page<T>>;

export type CursorList<T> = UseInfiniteQueryResult<T[]>;

/** A page of a filtered list may be empty before the list ends. */
async function readFilled<T>(read: Read<T>, cursor: string | undefined, signal: AbortSignal) {
  let page = await read(cursor, { signal });
  while (page.data.length === 0 && page.next_cursor !== null) page = await read(page.next_cursor, { signal });
  return page;
}

/** A list of the API, page after page. What it showed before stays while filters change. */
export const useCursorList = <T>(queryKey: readonly unknown[], read: Read<T>): CursorList<T> =>
  useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readFilled(read, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ data }) => data),
    placeholderData: (before) => before,
  });
