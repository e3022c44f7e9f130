import { decimalsOf } from "@mostrador/sdk";
import type { ReactNode } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { DataTable, type Column } from "../../lists/data-table.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Change } from "../dashboard/key-figures.tsx";
import { csvOf, type CsvCell, type CsvStyle } from "./csv.ts";
import { figuresWords } from "./words.ts";

export type FigureColumn<T> = {
  name: string;
  /** `percent` is a number such as 12.5; `share` a part of 1; `change` a percentage with its direction. */
  kind: "text" | "money" | "number" | "percent" | "share" | "change";
  value: (item: T) => string | number | null | undefined;
  /** Instead of the value, on the screen. */
  cell?: (item: T) => ReactNode;
  shown?: string;
};

const SMALL_SHARE = 0.01;

type FigureTableProps<T> = {
  title: string;
  /** The name of the file without its ending. */
  file: string;
  columns: readonly FigureColumn<T>[];
  items: readonly T[];
  keyOf: (item: T) => string;
  /** All rows, where the table shows only some of them. */
  readAll?: () => Promise<readonly T[]>;
  /** The CSV of the API, where it has one. */
  readCsv?: (style: CsvStyle & { format: "csv" }) => Promise<string>;
  action?: ReactNode;
  footer?: ReactNode;
};

/** A table of figures, and the same as a file. */
export function FigureTable<T>({
  title,
  file,
  columns,
  items,
  keyOf,
  readAll,
  readCsv,
  action,
  footer,
}: FigureTableProps<T>) {
  const w = useWords(figuresWords);
  const f = useFormats();
  const decimals = decimalsOf(f.currency);

  const textOf = ({ kind }: FigureColumn<T>, value: string | number): string => {
    if (typeof value === "string") return value;
    if (kind === "money") return f.money(value);
    if (kind === "percent") return f.percent(value);
    if (kind !== "share") return f.number(value);
    return value > 0 && value < SMALL_SHARE ? `< ${f.share(SMALL_SHARE)}` : f.share(value);
  };
  const csvCell = (column: FigureColumn<T>, item: T): CsvCell => {
    const value = column.value(item) ?? null;
    return column.kind === "money" && typeof value === "number"
      ? Number((value / 10 ** decimals).toFixed(decimals))
      : value;
  };
  const toCsv = async (style: CsvStyle): Promise<string> => {
    const rows = readAll ? await readAll() : items;
    return csvOf(
      [
        columns.map(({ name }) => name),
        ...rows.map((item) => columns.map((column) => csvCell(column, item))),
      ],
      style,
    );
  };
  const tableColumns = columns.map((column): Column<T> => {
    const cell = (item: T): ReactNode => {
      if (column.cell) return column.cell(item);
      const value = column.value(item);
      if (column.kind === "change") return <Change percent={typeof value === "number" ? value : null} />;
      return (
        <span className={column.kind === "text" ? "break-words" : "whitespace-nowrap"}>
          {value === null || value === undefined ? "–" : textOf(column, value)}
        </span>
      );
    };
    return {
      name: column.name,
      isNumber: column.kind !== "text",
      ...(column.shown !== undefined && { shown: column.shown }),
      cell,
    };
  });
  return (
    <Card
      isFlush
      title={title}
      action={
        <div className="flex flex-wrap items-center gap-2">
          {action}
          {items.length > 0 && (
            <CsvButton file={`${file}.csv`} label="CSV" name={w.csvOf(title)} read={readCsv ?? toCsv} />
          )}
        </div>
      }
    >
      {items.length === 0 ? (
        <Empty text={w.empty} />
      ) : (
        <DataTable caption={title} columns={tableColumns} items={items} keyOf={keyOf} />
      )}
      {footer}
    </Card>
  );
}
