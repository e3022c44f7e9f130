import type { ReactNode } from "react";
import { useFormats } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { Empty } from "../parts/empty.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import type { CursorList } from "./use-cursor-list.ts";
import { listWords } from "./words.ts";

export type Column<T> = {
  name: string;
  isNumber?: boolean;
  /** Classes that hide the column in a narrow card. */
  shown?: string;
  cell: (item: T) => ReactNode;
};

/** The link of a row; its click area is the whole row. */
export const rowLink = "font-medium after:absolute after:inset-0 hover:underline";

type DataTableProps<T> = {
  caption: string;
  /** The first column names the row. */
  columns: readonly Column<T>[];
  items: readonly T[];
  keyOf: (item: T) => string;
};

const EDGES = "px-2 first:pl-5";
// The space at the right edge is a cell of the row, because the last column may be hidden.
const ROW = "after:table-cell after:w-3 after:content-['']";

export function DataTable<T>({ caption, columns, items, keyOf }: DataTableProps<T>) {
  const alignment = ({ isNumber = false, shown = "" }: Column<T>): string =>
    `${isNumber ? "text-right tabular-nums" : "text-left"} ${shown}`;
  return (
    <table className="w-full">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className={`text-xs text-muted ${ROW}`}>
          {columns.map((column) => (
            <th key={column.name} scope="col" className={`${EDGES} py-2.5 font-medium ${alignment(column)}`}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={keyOf(item)} className={`relative border-t border-line hover:bg-sunken/60 ${ROW}`}>
            {columns.map((column, index) => {
              const Cell = index === 0 ? "th" : "td";
              return (
                <Cell
                  key={column.name}
                  scope={index === 0 ? "row" : undefined}
                  className={`${EDGES} h-12 py-2 font-normal ${alignment(column)}`}
                >
                  {column.cell(item)}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type ListCardProps<T> = Omit<DataTableProps<T>, "items"> & {
  list: CursorList<T>;
  /** What stands where the list is empty. */
  empty: ReactNode;
  isFiltered: boolean;
  onClearFilters?: () => void;
};

/** A list of the API as a table that grows by its next page. */
export function ListCard<T>({ list, empty, isFiltered, onClearFilters, ...table }: ListCardProps<T>) {
  const w = useWords(listWords);
  const f = useFormats();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = list;
  if (data === undefined)
    return error ? (
      <ProblemNotice error={error} onRetry={() => void refetch()} />
    ) : (
      <div className="skeleton h-[36rem] rounded-2xl" />
    );
  if (data.length === 0)
    return (
      <Card>
        {isFiltered ? (
          <Empty
            text={w.nothingMatches}
            action={onClearFilters && <Button onClick={onClearFilters}>{w.clearFilters}</Button>}
          />
        ) : (
          empty
        )}
      </Card>
    );
  return (
    <Card isFlush className={isPlaceholderData ? "opacity-60" : ""}>
      <DataTable {...table} items={data} />
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-2.5 text-muted">
        <span role="status">{w.shown(f.number(data.length))}</span>
        {error && <ProblemNotice error={error} onRetry={() => void fetchNextPage()} />}
        {hasNextPage && (
          <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {w.showMore}
          </Button>
        )}
      </div>
    </Card>
  );
}
