// Restores a backup into an empty database and compares the two. The database is marked until that has succeeded (target.ts), so that an
// interrupted restore can start over.
import { showProgress } from "../terminal.mjs";
import { rebuildCustomerSearch, rebuildSearch, markLakeForRebuild } from "./rebuild-derived.ts";
import { runChecks } from "./checks.ts";
import { readRowFile, checksumOf, type Checksum } from "./row-file.ts";
import { loadTable, dropTriggers } from "./load-table.ts";
import { tableFile, type Manifest } from "./manifest.ts";
import { applyMigrations, migrationNames } from "./migrations.ts";
import { forEachConcurrently, putObject, requireSameObjects } from "./objects.ts";
import { readPages } from "./read-pages.ts";
import type { Environment } from "./environment.ts";
import { ADDED_TABLES, readerOf, readSchema, type Table } from "./schema.ts";
import { clearTarget, requireEmpty, unmarkTarget } from "./target.ts";

type Expected = Manifest["tables"];

/** Compares checksums with the manifest's. @throws Error naming the tables that differ */
async function compare(
  what: string,
  expected: Expected,
  sum: (table: Expected[number]) => Promise<Checksum>,
): Promise<void> {
  const show = showProgress();
  const wrong: string[] = [];
  for (const [at, table] of expected.entries()) {
    const found = await sum(table);
    if (found.rows !== table.rows || found.sha256 !== table.sha256)
      wrong.push(`${table.name}: ${found.rows} rows, ${table.rows} expected`);
    if (process.stdout.isTTY) show((at + 1) / expected.length, `${what} compared`);
  }
  if (wrong.length > 0) throw new Error(`${what} differ from the manifest:\n  ${wrong.join("\n  ")}`);
  show(1, `${what} as in the manifest: ${expected.length} tables`, true);
}

async function checkFiles(folder: string, manifest: Manifest): Promise<void> {
  if (!migrationNames().includes(manifest.schema))
    throw new Error(
      `The backup has the schema ${manifest.schema}, which this version does not have: use a newer version.`,
    );
  await compare("The files", manifest.tables, ({ name }) => checksumOf(readRowFile(tableFile(folder, name))));
  await requireSameObjects(folder, manifest.objects);
}

async function loadTables(
  db: D1Database,
  tables: Table[],
  folder: string,
  manifest: Manifest,
): Promise<void> {
  const show = showProgress();
  const all = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  for (const table of tables)
    await loadTable(db, table, tableFile(folder, table.name), (rows) => {
      done += rows;
      if (process.stdout.isTTY)
        show(Math.min(done / all, 0.99), `${table.name}, ${done.toLocaleString("en")} rows`);
    });
  show(1, `${tables.length} tables, ${done.toLocaleString("en")} rows`, true);
}

const describeTables = (tables: { name: string; columns: string[] }[]): string =>
  tables
    .map(({ name, columns }) => `${name}(${columns.join()})`)
    .toSorted()
    .join();

/** The tables of the database. @throws Error if they are not those of the manifest */
async function requireSameTables(db: D1Database, manifest: Manifest): Promise<Table[]> {
  const isInBackup = ({ name }: Table): boolean =>
    !ADDED_TABLES.includes(name) || manifest.tables.some((each) => each.name === name);
  const tables = (await readSchema(readerOf(db))).filter(isInBackup);
  if (describeTables(tables) !== describeTables(manifest.tables))
    throw new Error(`The migrations up to ${manifest.schema} do not create the tables of the backup.`);
  return tables;
}

/** Restores, compares and checks. Returns the number of failed checks. @throws Error if the database is not empty or anything differs */
export async function restoreBackup(
  { name, db, files }: Environment,
  folder: string,
  manifest: Manifest,
): Promise<number> {
  await requireEmpty(db, name);
  await checkFiles(folder, manifest);
  await clearTarget(db);
  await applyMigrations(db, manifest.schema);
  const tables = await requireSameTables(db, manifest);
  const createTriggers = await dropTriggers(db);
  await loadTables(db, tables, folder, manifest);
  await createTriggers();
  const byName = new Map(tables.map((table) => [table.name, table]));
  await compare("The rows", manifest.tables, async (each) => {
    const table = byName.get(each.name);
    if (!table) throw new Error(`There is no table ${each.name}.`);
    return checksumOf(readPages(readerOf(db), table));
  });
  await forEachConcurrently(manifest.objects, (object) => putObject(files, folder, object));
  if (manifest.objects.length > 0) console.log(`objects restored: ${manifest.objects.length}`);
  await applyMigrations(db);
  await markLakeForRebuild(db);
  console.log(`products indexed for search: ${(await rebuildSearch(db)).toLocaleString("en")}`);
  console.log(`customers indexed for search: ${(await rebuildCustomerSearch(db)).toLocaleString("en")}`);
  // Before the checks, whose findings were in the backup too: a database still marked would be cleared by the next restore.
  await unmarkTarget(db);
  return runChecks(db, (what, wrong) =>
    console.log(wrong === null ? `ok     ${what}` : `WRONG  ${what}: ${wrong}`),
  );
}
