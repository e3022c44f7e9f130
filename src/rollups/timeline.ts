// A timeline has the rows of the daily tables of a busy day by the instant of their sales, so that a comparison up to a time of day need
// not read the sales of that day. Tables repeat each other, so that columns that are equal are stored once.
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";

/** The positions of the columns of each table: `at` has milliseconds since the row before, of the first one since 1970. */
const timeline = z.object({
  columns: z.array(z.array(z.unknown())),
  tables: z.record(z.string(), z.record(z.string(), z.int())),
});

export type Timeline = z.infer<typeof timeline>;

type Row = [at: string, ...values: unknown[]];

/** The rows of a table, in any order, each with the values of these columns. */
export type TimedRows = { name: string; columns: string[]; rows: Row[] };

/** Packs the rows of tables into one text. Columns that are equal are in it once. */
export function packTimeline(tables: TimedRows[]): string {
  const positions = new Map<string, number>();
  const columns: unknown[][] = [];
  const positionOf = (values: unknown[]): number => {
    const text = JSON.stringify(values);
    const known = positions.get(text);
    if (known !== undefined) return known;
    positions.set(text, columns.length);
    return columns.push(values) - 1;
  };
  const packed: Timeline = {
    tables: Object.fromEntries(
      tables.map((table) => [
        table.name,
        Object.fromEntries(
          Object.entries(columnsOf(table)).map(([column, values]) => [column, positionOf(values)]),
        ),
      ]),
    ),
    columns,
  };
  return gzipSync(JSON.stringify(packed), { level: 9 }).toString("base64");
}

function columnsOf({ columns, rows }: TimedRows): Record<string, unknown[]> {
  const sorted = rows.toSorted(([a], [b]) => Number(a > b) - Number(a < b));
  let last = 0;
  const at = sorted.map(([instant]) => {
    const since = Date.parse(instant) - last;
    last += since;
    return since;
  });
  return {
    at,
    ...Object.fromEntries(columns.map((column, nth) => [column, sorted.map((row) => row[nth + 1])])),
  };
}

export const unpackTimeline = (text: string): Timeline =>
  timeline.parse(JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString()));

/** The rows of a table before an instant. */
export function rowsBefore(
  { tables, columns }: Timeline,
  name: string,
  until: Date,
): Record<string, unknown>[] {
  const { at, ...positions } = tables[name] ?? {};
  const entries = Object.entries(positions).map(([column, nth]) => [column, columns[nth] ?? []] as const);
  const rows: Record<string, unknown>[] = [];
  let instant = 0;
  for (const [nth, since] of (columns[at ?? -1] ?? []).entries()) {
    instant += Number(since);
    if (instant >= until.getTime()) break;
    rows.push(Object.fromEntries(entries.map(([column, values]) => [column, values[nth]])));
  }
  return rows;
}
