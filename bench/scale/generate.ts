// Fills a shop with three years of sales in the database file itself, while no Worker has it open: 10 million lines take minutes.
// The rows are those that the app would write; the daily tables are left to its ETL.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { historyStatements } from "./history.ts";
import { peopleStatements } from "./people.ts";
import { salesStatements } from "./sales.ts";
import { sizeOf, type ShopSize } from "./size.ts";

const CACHE_KIB = 1_500_000;

/** The file of the D1 database in the state of a stopped Worker. @throws Error if there is none */
export function databaseFile(state: string): string {
  const files = readdirSync(state, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".sqlite") && name.includes("d1"),
  );
  for (const file of files) {
    const db = new DatabaseSync(join(state, file), { readOnly: true });
    const isApp = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sale_lines'").get() !== undefined;
    db.close();
    if (isApp) return join(state, file);
  }
  throw new Error(`no database in ${state}`);
}

type Created = { type: string; name: string; sql: string };

/** Fills the shop with about `lines` sale lines and returns its size. It has products and its first account already. */
export function generateShop(file: string, tenant: string, lines: number): ShopSize {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  db.exec(
    `PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -${CACHE_KIB}`,
  );
  // An index that is created at the end is sorted once, instead of changed for each row.
  const created = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    )
    .all()
    .map((row): Created => ({
      type: String(row["type"]),
      name: String(row["name"]),
      sql: String(row["sql"]),
    }));
  const size = sizeOf(tenant, lines);
  db.exec("BEGIN");
  for (const { type, name } of created) db.exec(`DROP ${type} "${name}"`);
  for (const statement of [...peopleStatements(size), ...salesStatements(size), ...historyStatements(size)])
    db.exec(statement);
  for (const { sql } of created) db.exec(sql);
  db.exec("COMMIT");
  db.exec("PRAGMA journal_mode = WAL");
  db.close();
  return size;
}
