// The tables of what belongs to shops, and their rows. Most tests fill few of the tables, so that which have rows is asked first, in one
// statement.
import { env } from "cloudflare:workers";
import { z } from "zod";
import { rowsOf } from "./d1.ts";

export type Row = Record<string, unknown>;
export type Table = { name: string; columns: string[] };

/** The columns that SQLite gives each row. */
export const SEQUENCES = new Set(["seq"]);

let tables: Table[] | undefined;

/** The tables of what belongs to a shop, with their columns. */
export async function readTables(): Promise<Table[]> {
  if (tables) return tables;
  const rows = z.array(z.object({ tbl: z.string(), col: z.string() })).parse(
    await rowsOf(`SELECT t.name tbl, c.name col FROM pragma_table_list t CROSS JOIN pragma_table_xinfo(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '_cf%' AND t.name NOT LIKE 'd1_%'
          AND t.name NOT LIKE 'product_search%' AND c.hidden = 0`),
  );
  tables = [...Map.groupBy(rows, ({ tbl }) => tbl)]
    .map(([name, columns]) => ({ name, columns: columns.map(({ col }) => col) }))
    .filter(({ columns }) => columns.includes("tenant_id"));
  return tables;
}

/** The number of rows of these shops in each table. */
export async function countRows(shops: string[]): Promise<Map<string, number>> {
  const all = await readTables();
  const counts = all.map(
    ({ name }) =>
      `(SELECT count(*) FROM ${name} WHERE tenant_id IN (SELECT value FROM json_each(?1))) AS "${name}"`,
  );
  const [row = {}] = await rowsOf(`SELECT ${counts.join(", ")}`, JSON.stringify(shops));
  return new Map(Object.entries(row).map(([name, n]) => [name, Number(n)]));
}

/** The tables in which one of these shops has rows. */
export async function tablesWithRows(shops: string[]): Promise<Table[]> {
  const counts = await countRows(shops);
  return (await readTables()).filter(({ name }) => (counts.get(name) ?? 0) > 0);
}

/** All rows of these shops, by table; those of each are in the order of their columns. */
export async function rowsOfShops(shops: string[]): Promise<Record<string, Row[]>> {
  const filled = await tablesWithRows(shops);
  const results = await env.DB.batch<Row>(
    filled.map(({ name, columns }) => {
      const listed = columns.map((column) => `"${column}"`).join(", ");
      return env.DB.prepare(
        `SELECT ${listed} FROM ${name} WHERE tenant_id IN (SELECT value FROM json_each(?)) ORDER BY ${listed}`,
      ).bind(JSON.stringify(shops));
    }),
  );
  const byName = new Map(filled.map(({ name }, index) => [name, results[index]?.results ?? []]));
  return Object.fromEntries((await readTables()).map(({ name }) => [name, byName.get(name) ?? []]));
}
