// Rankings are sorted by a total in descending order, then by a key, so that a cursor continues after both. The totals of thousands are
// known by number, and the keys are read for the page only.
import { z } from "zod";

/** The total and the key of the last row of a page. */
export const rankKey = z.tuple([z.number(), z.string()]);

type RankKey = z.infer<typeof rankKey>;

/** Those of `ranked` that may be on the page of `limit` rows after this rank, and on the next: also all with the same total. */
export function pageCandidates<T>(
  ranked: T[],
  totalOf: (row: T) => number,
  after: RankKey | null,
  limit: number,
): T[] {
  const sorted = ranked
    .filter((row) => after === null || totalOf(row) <= after[0])
    .toSorted((a, b) => totalOf(b) - totalOf(a));
  // Those with the total of the last row may precede it.
  const tied = after === null ? 0 : sorted.findIndex((row) => totalOf(row) < after[0]);
  const last = sorted[(tied < 0 ? sorted.length : tied) + limit];
  return last === undefined ? sorted : sorted.filter((row) => totalOf(row) >= totalOf(last));
}

/** The rows after this rank in the order of the ranking. */
export const inOrder = <T extends { sort_key: string }>(
  rows: T[],
  totalOf: (row: T) => number,
  after: RankKey | null,
): T[] =>
  rows
    .filter(
      (row) =>
        after === null || totalOf(row) < after[0] || (totalOf(row) === after[0] && row.sort_key > after[1]),
    )
    .toSorted((a, b) => totalOf(b) - totalOf(a) || (a.sort_key < b.sort_key ? -1 : 1));
