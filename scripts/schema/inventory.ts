// The final schema as text, and the hashes of migrations: what the tests compare the migrations with.
import { createHash } from "node:crypto";
import { z } from "zod";

/** Selects every table, index and trigger of a database, except those of SQLite, of Cloudflare and within full-text search. */
export const SCHEMA_QUERY = `SELECT type, name, tbl_name, sql FROM sqlite_master
  WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*'
    AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')`;

const schemaRow = z.object({ type: z.string(), name: z.string(), tbl_name: z.string(), sql: z.string() });

const ORDER = ["table", "index", "trigger"];

/** The rows of SCHEMA_QUERY as SQL: each table with its indexes and triggers, sorted by name. */
export function schemaText(rows: unknown[]): string {
  const key = ({ type, name, tbl_name }: z.infer<typeof schemaRow>): string =>
    `${tbl_name}\n${ORDER.indexOf(type)}\n${name}`;
  const sorted = z
    .array(schemaRow)
    .parse(rows)
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return sorted.map(({ sql }) => `${sql};\n`).join("\n");
}

/** The hash of a migration by which an edit is noticed. */
export const migrationHash = ({ queries }: { queries: string[] }): string =>
  createHash("sha256").update(queries.join("\n")).digest("hex").slice(0, 16);
