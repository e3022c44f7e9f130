// The tables and columns of a backup: all that are stored, except those that derive from others and are rebuilt.
import { z } from "zod";

/** `key` orders the rows; `parents` must be loaded before, and `within` is the column that names another row of the table itself. */
export type Table = {
  name: string;
  columns: string[];
  key: string[];
  parents: string[];
  selfReference: string | null;
};

// Except its sealed days, the lake is rebuilt from the other tables, like the search index. Cron runs belong to a deployment.
const EXCLUDED_TABLES = new Set(["lake_days", "clock_runs"]);
/** Tables that older backups do not have. */
export const ADDED_TABLES = ["lake_files", "lake_shops"];
const EXCLUDED_COLUMNS = new Set(["products.indexed_version"]);
// Tables of wrangler and of the tools in this folder.
const TOOL_TABLES = ["d1_migrations", "backup_changes", "restore_state"];

type Row = Record<string, unknown>;

/** Runs a query; returns the rows as stored. */
export type Read = (query: string, ...values: (string | number | null)[]) => Promise<Row[]>;

export const readerOf =
  (db: D1Database): Read =>
  async (query, ...values) =>
    (
      await db
        .prepare(query)
        .bind(...values)
        .all<Row>()
    ).results;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

// Without the tables of SQLite and of Cloudflare, whose pragmas are refused.
const TABLES =
  "pragma_table_list t WHERE t.schema = 'main' AND t.name NOT GLOB 'sqlite_*' AND t.name NOT GLOB '_cf_*'";

const tableRow = z.object({ name: z.string(), type: z.string() });
const columnRow = z.object({ tbl: z.string(), name: z.string(), pk: z.number(), hidden: z.number() });
const keyRow = z.object({ tbl: z.string(), table: z.string(), from: z.string() });

/** The names of virtual and of stored tables. */
export async function tableNames(read: Read): Promise<{ virtual: string[]; stored: string[] }> {
  const tables = z.array(tableRow).parse(await read(`SELECT t.name, t.type FROM ${TABLES} ORDER BY t.name`));
  const of = (type: string) => tables.filter((table) => table.type === type).map(({ name }) => name);
  return { virtual: of("virtual"), stored: of("table") };
}

/** The rows of a pragma for every table, with the table's name as `tbl`. */
const ofEachTable = (read: Read, pragma: string): Promise<Row[]> =>
  read(
    `SELECT t.name AS tbl, p.* FROM (SELECT t.name FROM ${TABLES} AND t.type = 'table') t CROSS JOIN ${pragma}(t.name) p`,
  );

/** The tables of a backup, each after its parents. Three round trips. */
export async function readSchema(read: Read): Promise<Table[]> {
  const { stored } = await tableNames(read);
  const allColumns = z.array(columnRow).parse(await ofEachTable(read, "pragma_table_xinfo"));
  const allKeys = z.array(keyRow).parse(await ofEachTable(read, "pragma_foreign_key_list"));
  const names = stored.filter((name) => !EXCLUDED_TABLES.has(name) && !TOOL_TABLES.includes(name));
  const tables = names.map((name): Table => {
    // `hidden` is not 0 for generated columns.
    const columns = allColumns.filter(({ tbl, hidden }) => tbl === name && hidden === 0);
    const keys = allKeys.filter(({ tbl }) => tbl === name);
    const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
    const toItself = keys.find(
      ({ table, from }) => table === name && !key.some((column) => column.name === from),
    );
    return {
      name,
      columns: columns
        .map((column) => column.name)
        .filter((column) => !EXCLUDED_COLUMNS.has(`${name}.${column}`)),
      key: key.map((column) => column.name),
      parents: [...new Set(keys.map(({ table }) => table))].filter((parent) => parent !== name),
      selfReference: toItself?.from ?? null,
    };
  });
  return parentsFirst(tables);
}

function parentsFirst(tables: Table[]): Table[] {
  const ordered: Table[] = [];
  const names = new Set<string>();
  while (ordered.length < tables.length) {
    const next = tables.find(
      ({ name, parents }) => !names.has(name) && parents.every((each) => names.has(each)),
    );
    if (!next)
      throw new Error("Tables refer to each other in a cycle, so they cannot be loaded in any order.");
    ordered.push(next);
    names.add(next.name);
  }
  return ordered;
}

const versionRow = z.object({ name: z.string().nullable() });

/** The last migration that was applied, null if none was. */
export async function schemaVersion(read: Read): Promise<string | null> {
  if (!(await tableNames(read)).stored.includes("d1_migrations")) return null;
  return (
    z.array(versionRow).parse(await read("SELECT max(name) AS name FROM d1_migrations"))[0]?.name ?? null
  );
}
