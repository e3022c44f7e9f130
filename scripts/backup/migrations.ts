// Applies migrations through the binding, each in one transaction with its row in wrangler's table. A restore stops at the schema of
// its backup, loads the rows, and then applies the later migrations to them. The local database is migrated like this too.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./environment.ts";
import { readerOf, schemaVersion } from "./schema.ts";

const FOLDER = join(ROOT, "migrations");

// As wrangler creates it.
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** The file names of all migrations, in order. */
export const migrationNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();

/** Applies the missing migrations, all or up to one. One round trip each. @throws Error that names the migration that failed */
export async function applyMigrations(db: D1Database, upTo = "~"): Promise<void> {
  const applied = (await schemaVersion(readerOf(db))) ?? "";
  for (const name of migrationNames()) {
    if (name <= applied || name > upTo) continue;
    const statements = readFileSync(join(FOLDER, name), "utf8").split("--> statement-breakpoint");
    try {
      await db.batch([
        db.prepare(MIGRATIONS_TABLE),
        ...statements.map((statement) => db.prepare(statement)),
        db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
      ]);
    } catch (error) {
      throw new Error(
        `migrations/${name} failed: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}
