// The database that a backup goes into: an empty one, or what a restore that was killed has left, which bears its mark. It is
// emptied of its tables and made anew, so a second try begins where the first did.
import { quoted, readerOf, readSchema, tableNames } from "./schema.ts";

const MARK = "restore_state";
// What a migrated database without a shop has.
const OF_THE_SCHEMA = new Set(["d1_migrations", "clock_runs", MARK]);

async function firstWithRows(db: D1Database, tables: string[]): Promise<string | undefined> {
  if (tables.length === 0) return undefined;
  const answers = await db.batch<{ n: number }>(
    tables.map((name) => db.prepare(`SELECT EXISTS (SELECT 1 FROM ${quoted(name)}) AS n`)),
  );
  return tables.find((_, at) => answers[at]?.results[0]?.n === 1);
}

/** @throws Error where the database has rows that no restore has brought */
export async function refuseFilled(db: D1Database, name: string): Promise<void> {
  const { stored } = await tableNames(readerOf(db));
  const tables = stored.includes(MARK) ? [] : stored.filter((table) => !OF_THE_SCHEMA.has(table));
  const filled = await firstWithRows(db, tables);
  if (filled !== undefined)
    throw new Error(
      `The ${name} database has rows already (in ${filled}): a backup goes into an empty one. Nothing was changed.`,
    );
}

/** Empties the database of tables, and marks it. */
export async function emptyTarget(db: D1Database): Promise<void> {
  const { virtual, stored } = await tableNames(readerOf(db));
  if (stored.includes(MARK)) console.log("An earlier restore was cut off: it is begun anew.");
  const ordered = (await readSchema(readerOf(db))).map((table) => table.name);
  // Children first, for a parent cannot go before them; the mark is there from beginning to end.
  const rest = stored.filter((table) => !ordered.includes(table) && table !== MARK);
  const drops = [...virtual, ...ordered.toReversed(), ...rest].map((table) => `DROP TABLE ${quoted(table)}`);
  const mark = `CREATE TABLE IF NOT EXISTS ${MARK} (begun TEXT NOT NULL) STRICT`;
  await db.batch([mark, ...drops].map((statement) => db.prepare(statement)));
}

/** Takes the mark away: the restore is whole. */
export async function releaseTarget(db: D1Database): Promise<void> {
  await db.prepare(`DROP TABLE ${MARK}`).run();
}
