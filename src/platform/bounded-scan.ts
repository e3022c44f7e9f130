// A list with a filter that its index does not serve reads at most a fixed number of rows for a page. If they do not fill the page, the page
// is short, or even empty, and its cursor continues after the last row that was read.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { pageOf } from "./cursor.ts";
import { returning } from "./d1.ts";
import type { Plan } from "./plan.ts";

const MAX_ROWS = 1_000;

type Scan<R, K> = {
  /** The conditions `indexed` select a range of this index, in its order; null is the primary key. */
  table: string;
  index: string | null;
  indexed: SQL[];
  /** Conditions on a row `s` of the table that the index does not serve. */
  filters: SQL[];
  /** What a page selects from rows `s`; `row` validates it. */
  columns: SQL;
  row: z.ZodType<R>;
  /** The columns of the order, all descending, and the shape of their values. */
  order: readonly (keyof K & string)[];
  key: z.ZodType<K>;
  limit: number;
  /** How many rows a page may read, if a filter reads further rows for each. */
  maxRows?: number;
};

/** A page of a list, newest first; `cursor` encodes the key of the row after which the next page begins. */
export function scanPage<R extends K, K>(
  { table, index, indexed, filters, columns, row, order, key, limit, maxRows = MAX_ROWS }: Scan<R, K>,
  cursor: (last: K) => string,
): Plan<{ data: R[]; next_cursor: string | null }> {
  const conditions = sql.join(indexed, sql` AND `);
  const descending = sql.raw(order.map((column) => `${column} DESC`).join(", "));
  const source = (alias: string): SQL =>
    sql.raw(`${table} ${alias} ${index === null ? "NOT INDEXED" : `INDEXED BY ${index}`}`);
  // IS TRUE, because SQLite would otherwise read all rows to build an index for the conditions.
  const scanned =
    filters.length === 0
      ? sql`${source("s")} WHERE ${conditions}`
      : sql`(SELECT * FROM ${source("x")} WHERE ${conditions} ORDER BY ${descending} LIMIT ${maxRows}) s
        WHERE (${sql.join(filters, sql` AND `)}) IS TRUE`;
  const found = sql`FROM ${scanned} ORDER BY ${descending} LIMIT ${limit + 1}`;
  const page = returning(row, sql`SELECT ${columns} ${found}`);
  // The last row that the page may read, unless the page is full. As a condition, SQLite would test the count for each row.
  const end = returning(
    key,
    sql`SELECT ${sql.raw(order.join(", "))} FROM ${source("x")} WHERE ${conditions} ORDER BY ${descending}
      LIMIT iif((SELECT count(*) FROM (SELECT 1 ${found})) <= ${limit}, 1, 0) OFFSET ${maxRows - 1}`,
  );
  return {
    statements: filters.length === 0 ? [page] : [page, end],
    read: (done) => {
      const { data, next_cursor } = pageOf(done.of(page), limit, cursor);
      const [last] = filters.length === 0 || next_cursor !== null ? [] : done.of(end);
      return { data, next_cursor: last === undefined ? next_cursor : cursor(last) };
    },
  };
}
