// The rows of a daily table over a range: one packed row for each whole month and each other day, and the sales that these lack. They are
// unpacked and added up here, because D1 counts every element that its JSON functions return as a row read.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import type { Plan } from "../platform/plan.ts";
import { columnsOf, type DailyTable, packedColumns } from "../rollups/daily-table.ts";
import { type Range, unreadRows } from "./days.ts";
import { builtRows } from "./months.ts";
import { timelineRows } from "./timelines.ts";

const isRows = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) && value.every((row) => typeof row === "object" && row !== null);

/** A packed row; `day` is null where each of its rows has its own. */
const packedRow = z.object({
  day: z.string().nullable(),
  totals: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.custom<Record<string, unknown>[]>(isRows)),
});

type Options = {
  /** The columns that `shape` has, besides the day and the keys; by default all. */
  columns?: string[];
  /** Reads no months, so that `day` is that of each row. Otherwise the rows of a whole month have its first day. */
  byDay?: boolean;
  /** Columns that only the rows of sales have, each as the JSON of an aggregate. */
  ofSales?: Record<string, string>;
  /** A join for these columns. */
  join?: string;
};

/** The rows of a daily table in the range. A day may have several rows for a key. */
export function tableRows<T>(
  ctx: Ctx,
  table: DailyTable,
  range: Range,
  shape: z.ZodType<T>,
  { columns = columnsOf(table), byDay = false, ofSales = {}, join = table.join ?? "" }: Options = {},
): Plan<T[]> {
  if (table.isPacked) throw new Error(`${table.name} is read from its rankings`);
  const keys = Object.keys(table.keys);
  const daily =
    keys.length === 0
      ? { table: `${table.name} t`, totals: `json_array(${packedColumns(table, "t")})` }
      : { table: "daily_totals t", totals: "t.totals", where: sql`t.name = ${table.name}` };
  const monthly = { table: "monthly_totals t", totals: "t.totals", where: sql`t.name = ${table.name}` };
  const sold = { ...table, sums: { ...table.sums, ...ofSales }, join };
  const names = ["day", ...keys, ...columns, ...Object.keys(ofSales)];
  const values = names.map((name) => `'${name}', ${name in ofSales ? `json(${name})` : name}`).join(", ");
  const rows = returning(
    packedRow,
    sql`${builtRows(ctx, range, {
      daily: {
        table: daily.table,
        period: "day",
        select: sql.raw(`t.day AS day, ${daily.totals} AS totals`),
        where: daily.where,
      },
      monthly: byDay
        ? null
        : {
            table: monthly.table,
            period: "month",
            select: sql`t.month AS day, t.totals AS totals`,
            where: monthly.where,
          },
    })}
      UNION ALL SELECT NULL, json_array(json_object(${sql.raw(values)}))
        FROM (${unreadRows(ctx, sold, range, [...columns, ...Object.keys(ofSales)])})`,
  );
  const timeline = timelineRows(ctx, table.name, range);
  return {
    statements: [rows, ...timeline.statements],
    read: (done) => [
      ...done
        .of(rows)
        .flatMap(({ day, totals }) => totals.map((row) => shape.parse(day === null ? row : { ...row, day }))),
      ...timeline.read(done).map((row) => shape.parse(row)),
    ],
  };
}

/** The rows with the same `keys` added up; other columns that are not numbers are those of the first row. */
export function sumBy<T extends Record<string, unknown>>(
  shape: z.ZodType<T>,
  rows: T[],
  keys: readonly (keyof T & string)[],
): T[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => row[key])));
  return [...groups.values()].map((group) => {
    const [first, ...others] = group;
    if (others.length === 0 && first) return first;
    const sums: Record<string, unknown> = { ...first };
    const names: ReadonlySet<string> = new Set(keys);
    for (const row of others)
      for (const [column, value] of Object.entries(row)) {
        const sum = sums[column];
        if (!names.has(column) && typeof value === "number" && typeof sum === "number")
          sums[column] = sum + value;
      }
    return shape.parse(sums);
  });
}
