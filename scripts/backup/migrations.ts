// The migrations, applied through the binding one by one, each in one transaction with its mark in wrangler's own table. So a
// restore can stop at the version of its backup, load its rows, and then let them go the way that all rows have gone.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./place.ts";
import { readerOf, schemaVersion } from "./schema.ts";

const FOLDER = join(ROOT, "migrations");

// As wrangler makes it.
const MARKS = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** The file names of all migrations, in their order. */
export const migrationNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();

/** Applies what the database lacks, up to a migration or all of them. One round trip each. */
export async function applyMigrations(db: D1Database, upTo = "~"): Promise<void> {
  const applied = (await schemaVersion(readerOf(db))) ?? "";
  for (const name of migrationNames()) {
    if (name <= applied || name > upTo) continue;
    const statements = readFileSync(join(FOLDER, name), "utf8").split("--> statement-breakpoint");
    await db.batch([
      db.prepare(MARKS),
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
}
