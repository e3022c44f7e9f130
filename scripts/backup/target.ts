// The database that a backup is restored into: an empty one, or one that an interrupted restore has marked. Its tables are dropped
// and created again, so a second attempt starts where the first did.
import { quoted, readerOf, readSchema, tableNames } from "./schema.ts";

const RESTORE_MARK = "restore_state";
// The tables with rows in a migrated database without shops.
const SCHEMA_TABLES = new Set(["d1_migrations", "clock_runs", RESTORE_MARK]);

async function firstWithRows(db: D1Database, tables: string[]): Promise<string | undefined> {
  if (tables.length === 0) return undefined;
  const results = await db.batch<{ n: number }>(
    tables.map((name) => db.prepare(`SELECT EXISTS (SELECT 1 FROM ${quoted(name)}) AS n`)),
  );
  return tables.find((_, at) => results[at]?.results[0]?.n === 1);
}

/** @throws Error if the database has rows that no interrupted restore has loaded */
export async function requireEmpty(db: D1Database, name: string): Promise<void> {
  const { stored } = await tableNames(readerOf(db));
  const tables = stored.includes(RESTORE_MARK) ? [] : stored.filter((table) => !SCHEMA_TABLES.has(table));
  const filled = await firstWithRows(db, tables);
  if (filled !== undefined)
    throw new Error(
      `The ${name} database has rows already (in ${filled}): restore into an empty one. Nothing was changed.`,
    );
}

/** Drops all tables and marks the database. */
export async function clearTarget(db: D1Database): Promise<void> {
  const { virtual, stored } = await tableNames(readerOf(db));
  if (stored.includes(RESTORE_MARK)) console.log("An earlier restore was interrupted: starting over.");
  const ordered = (await readSchema(readerOf(db))).map((table) => table.name);
  // Children before their parents. The mark remains until the restore has succeeded.
  const rest = stored.filter((table) => !ordered.includes(table) && table !== RESTORE_MARK);
  const drops = [...virtual, ...ordered.toReversed(), ...rest].map((table) => `DROP TABLE ${quoted(table)}`);
  const mark = `CREATE TABLE IF NOT EXISTS ${RESTORE_MARK} (begun TEXT NOT NULL) STRICT`;
  await db.batch([mark, ...drops].map((statement) => db.prepare(statement)));
}

/** Removes the mark: the restore has succeeded. */
export async function unmarkTarget(db: D1Database): Promise<void> {
  await db.prepare(`DROP TABLE ${RESTORE_MARK}`).run();
}
