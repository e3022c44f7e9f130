// What of a database is in a backup: every table of ours with the columns that are stored. Left out is what is made of the
// rest, and what a restored database makes anew.
import { z } from "zod";

/** `key` orders the rows; `parents` must be loaded before, and `within` is the column that names another row of the table itself. */
export type Table = {
  name: string;
  columns: string[];
  key: string[];
  parents: string[];
  within: string | null;
};

// The lake has objects of its own: it is built anew from these tables. Search is indexed anew.
const LEFT_OUT = new Set(["lake_days", "lake_files", "lake_shops"]);
const LEFT_OUT_COLUMNS = new Set(["products.indexed_version"]);
// Of wrangler, and of the tools in this folder.
const NOT_OURS = ["d1_migrations", "backup_changes", "restore_state"];

const tableRow = z.object({ schema: z.string(), name: z.string(), type: z.string() });
const columnRow = z.object({ name: z.string(), pk: z.number(), hidden: z.number() });
const keyRow = z.object({ id: z.number(), table: z.string(), from: z.string() });

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Names of all tables that are no part of SQLite's or Cloudflare's own: `virtual` ones, and the others. */
export async function tableNames(db: D1Database): Promise<{ virtual: string[]; stored: string[] }> {
  const { results } = await db.prepare("PRAGMA table_list").all();
  const tables = z
    .array(tableRow)
    .parse(results)
    .filter(({ schema, name }) => schema === "main" && !/^(sqlite_|_cf_)/.test(name));
  const of = (type: string) => tables.filter((table) => table.type === type).map(({ name }) => name);
  return { virtual: of("virtual"), stored: of("table").toSorted() };
}

/** The tables of a backup, each behind its parents. Two round trips. */
export async function readSchema(db: D1Database): Promise<Table[]> {
  const names = (await tableNames(db)).stored.filter(
    (name) => !LEFT_OUT.has(name) && !NOT_OURS.includes(name),
  );
  if (names.length === 0) return [];
  const answers = await db.batch(
    names.flatMap((name) =>
      ["table_xinfo", "foreign_key_list"].map((pragma) => db.prepare(`PRAGMA ${pragma}(${quoted(name)})`)),
    ),
  );
  const tables = names.map((name, at): Table => {
    // `hidden` is not 0 where the column is generated.
    const columns = z.array(columnRow).parse(answers[2 * at]?.results);
    const keys = z.array(keyRow).parse(answers[2 * at + 1]?.results);
    const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
    const own = keys.find(({ table, from }) => table === name && !key.some((column) => column.name === from));
    return {
      name,
      columns: columns
        .filter((column) => column.hidden === 0 && !LEFT_OUT_COLUMNS.has(`${name}.${column.name}`))
        .map((column) => column.name),
      key: key.map((column) => column.name),
      parents: [...new Set(keys.map(({ table }) => table))].filter((parent) => parent !== name),
      within: own?.from ?? null,
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
    if (!next) throw new Error("Tables refer to each other in a circle: no order loads them.");
    ordered.push(next);
    names.add(next.name);
  }
  return ordered;
}

const versionRow = z.object({ name: z.string().nullable() });

/** The last migration that the database has, null where it has none. */
export async function schemaVersion(db: D1Database): Promise<string | null> {
  if (!(await tableNames(db)).stored.includes("d1_migrations")) return null;
  const { results } = await db.prepare("SELECT max(name) AS name FROM d1_migrations").all();
  return z.array(versionRow).parse(results)[0]?.name ?? null;
}
