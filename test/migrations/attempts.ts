// Statements that are refused or rolled back, on copies of stored rows.
import { env } from "cloudflare:workers";
import { rowsOf } from "../support/d1.ts";
import { checks, uniques } from "./rules.ts";

/** Runs statements in a batch that is never committed; returns the error by which it was refused, or "accepted". */
export async function attempt(...statements: string[]): Promise<string> {
  const last = "SELECT abs(-9223372036854775808)";
  try {
    await env.DB.batch([...statements, last].map((statement) => env.DB.prepare(statement)));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.includes("integer overflow") ? "accepted" : message;
  }
  throw new Error("The last statement was expected to fail.");
}

export type Column = { name: string; type: string };

/** The columns of a table that are stored. */
export async function columnsOf(table: string): Promise<Column[]> {
  const rows = await rowsOf(`SELECT name, type FROM pragma_table_xinfo('${table}') WHERE hidden = 0`);
  return rows.map(({ name, type }) => ({ name: String(name), type: String(type).toLowerCase() }));
}

const keyOf = (table: string): string[] =>
  uniques.find((unique) => unique.table === table && unique.name.startsWith("the key"))?.columns ?? [];

/** Whether a CHECK of the table mentions the column. */
const isChecked = (table: string, name: string): boolean =>
  checks.some((check) => check.table === table && new RegExp(`\\b${name}\\b`).test(check.terms.join(" ")));

const another = ({ type }: Column): string => (type === "integer" ? "999999" : "'another'");

type Values = Record<string, string>;

/** The SQL of a row's columns with some of them replaced by other SQL. */
export const selection = (columns: Column[], values: Values): string =>
  columns.map(({ name }) => `${values[name] ?? `"${name}"`} AS "${name}"`).join(", ");

/**
 * The statement that inserts a copy of the nth stored row (from 0) with these values. Columns of a key or a unique index get
 * another value, except those in `same`.
 */
export async function copyRow(
  table: string,
  values: Values,
  { nth = 0, same = [], where = "true" }: { nth?: number; same?: string[]; where?: string } = {},
): Promise<string> {
  const columns = await columnsOf(table);
  const distinct = new Set(
    uniques
      .filter((unique) => unique.table === table)
      .flatMap(({ columns: names }) => names.findLast((name) => !isChecked(table, name)) ?? []),
  );
  const changed = columns.filter(({ name }) => distinct.has(name) && !same.includes(name));
  // A value that is NULL stays it, so that a copy is as complete as its row; a key has none.
  const key = keyOf(table);
  const others = Object.fromEntries(
    changed.map((column) => {
      const value = another(column);
      const isKey = key.includes(column.name);
      return [column.name, isKey ? value : `iif("${column.name}" IS NULL, NULL, ${value})`];
    }),
  );
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  return `INSERT INTO "${table}" (${names}) SELECT ${selection(columns, { ...others, ...values })}
    FROM "${table}" WHERE ${where} LIMIT 1 OFFSET ${nth}`;
}
