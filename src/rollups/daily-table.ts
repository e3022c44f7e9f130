// The description of a daily table, and the SQL that follows from it. A daily table has one row per day and combination of its
// keys, with sums over the completed sales of that day.
import { sql, type SQL } from "drizzle-orm";

/** Expressions over the sales `s`, and the lines `l` that `join` adds to them. */
export type DailyTable = {
  /** The table in D1. */
  name: string;
  /** The columns that identify a row besides the day. */
  keys: Record<string, string>;
  /** Aggregates that are additive: those of two disjoint sets of sales add up to that of both. */
  sums: Record<string, string>;
  /** Aggregates of which the greatest counts. Figures do not read them. */
  maxima?: Record<string, string>;
  /** It has thousands of rows a day. Figures read them packed (packed.ts), and not by month. */
  isPacked?: true;
  join?: string;
  /** The sales that count. */
  where?: string;
};

/** The aggregates of a table by column, without its keys. */
const aggregatesOf = ({ sums, maxima = {} }: DailyTable): Record<string, string> => ({ ...sums, ...maxima });

const named = (expressions: Record<string, string>): string =>
  Object.entries(expressions)
    .map(([column, expression]) => `${expression} AS ${column}`)
    .join(", ");

/** The select list of the sums of a table, each under its name. */
export const sumsOf = ({ sums }: DailyTable): SQL => sql.raw(named(sums));

/** The columns of a table with figures. */
export const columnsOf = ({ sums }: DailyTable): string[] => Object.keys(sums);

/** SQL: the keys and figures of a row of the table as a JSON object; `alias` is that of the row, or "". */
export const packedColumns = (table: DailyTable, alias = ""): string =>
  `json_object(${[...Object.keys(table.keys), ...columnsOf(table)]
    .map((column) => `'${column}', ${alias === "" ? "" : `${alias}.`}${column}`)
    .join(", ")})`;

/**
 * A query: rows of `day`, the keys and these columns over the sales `s` that `sales` selects: SQL from FROM to a condition of WHERE,
 * with what it passes to `sales` after the table `s`. `day` is another column with the day.
 */
export function rowsOfSales(
  table: DailyTable,
  columns: string[],
  sales: (join: SQL) => SQL,
  day = "s.day",
): SQL {
  const aggregates = aggregatesOf(table);
  const chosen = columns.map((column) => {
    const aggregate = aggregates[column];
    if (aggregate === undefined) throw new Error(`${table.name} has no column ${column}`);
    return [column, aggregate];
  });
  const keys = { day, ...table.keys };
  const list = named({ ...keys, ...Object.fromEntries(chosen) });
  const positions = Object.keys(keys).map((_, index) => index + 1);
  return sql`SELECT ${sql.raw(list)} ${sales(sql.raw(table.join ?? ""))}
    ${sql.raw(table.where === undefined ? "" : `AND ${table.where}`)} GROUP BY ${sql.raw(positions.join(", "))}`;
}

/** The statement that adds the sales `s` of `sales` (as in `rowsOfSales`) to the rows of their days. */
export function addSales(table: DailyTable, tenantId: string, sales: (join: SQL) => SQL): SQL {
  const columns = Object.keys(aggregatesOf(table));
  const names = sql.raw(["day", ...Object.keys(table.keys), ...columns].join(", "));
  const changes = [
    ...Object.keys(table.sums).map((column) => `${column} = t.${column} + excluded.${column}`),
    ...Object.keys(table.maxima ?? {}).map((column) => `${column} = max(t.${column}, excluded.${column})`),
  ];
  return sql`INSERT INTO ${sql.raw(table.name)} AS t (tenant_id, ${names})
    SELECT ${tenantId}, ${names} FROM (${rowsOfSales(table, columns, sales)}) WHERE true
    ON CONFLICT DO UPDATE SET ${sql.raw(changes.join(", "))}`;
}

/** The statement that deletes the rows of days (a JSON array). */
export const deleteDays = ({ name }: DailyTable, tenantId: string, days: string): SQL =>
  sql`DELETE FROM ${sql.raw(name)} WHERE tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
