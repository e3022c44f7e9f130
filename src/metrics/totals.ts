// Sums of a daily table over a range of days.
import { sql, type SQL } from "drizzle-orm";
import type { DailyTable } from "../rollups/daily-table.ts";
import type { Ctx } from "../platform/context.ts";
import type { Range } from "./days.ts";
import { monthlyRows } from "./months.ts";

/**
 * A query: the sums of these columns by these keys, or one row without keys, which has zeros if nothing was sold. It reads the rows of
 * whole months and other days, and returns one per combination of keys.
 */
export function sumsBy(ctx: Ctx, table: DailyTable, range: Range, keys: string[], columns: string[]): SQL {
  const sums = columns.map((column) => `CAST(total(${column}) AS INTEGER) AS ${column}`);
  const list = sql.raw([...keys, ...sums].join(", "));
  const rows = sql`SELECT ${list} FROM (${monthlyRows(ctx, table, range, columns)})`;
  return keys.length === 0 ? rows : sql`${rows} GROUP BY ${sql.raw(keys.join(", "))}`;
}
