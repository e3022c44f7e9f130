// Puts a backup into an empty place and compares. Until it is whole the database bears a mark (target.ts), and one that was cut
// off is begun anew.
import { showProgress } from "../terminal.mjs";
import { indexProducts, touchLake } from "./anew.ts";
import { runChecks } from "./checks.ts";
import { readLines, sumOf, type Sum } from "./lines.ts";
import { loadTable, withoutTriggers } from "./load.ts";
import { tableFile, type Manifest } from "./manifest.ts";
import { applyMigrations, migrationNames } from "./migrations.ts";
import { forEach, objectSum, putObject } from "./objects.ts";
import { pagesOf } from "./pages.ts";
import type { Place } from "./place.ts";
import { readerOf, readSchema, type Table } from "./schema.ts";
import { emptyTarget, refuseFilled, releaseTarget } from "./target.ts";

type Expected = Manifest["tables"];

/** Compares sums with the manifest's. @throws Error naming the tables that differ */
async function compare(
  what: string,
  expected: Expected,
  sum: (table: Expected[number]) => Promise<Sum>,
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
      `The backup has the schema ${manifest.schema}, which this version does not know: use a newer one.`,
    );
  await compare("The files", manifest.tables, ({ name }) => sumOf(readLines(tableFile(folder, name))));
  for (const object of manifest.objects) {
    const found = await objectSum(folder, object.key);
    if (found?.sha256 !== object.sha256)
      throw new Error(`The object ${object.key} differs from the manifest.`);
  }
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

const described = (tables: { name: string; columns: string[] }[]): string =>
  tables
    .map(({ name, columns }) => `${name}(${columns.join()})`)
    .toSorted()
    .join();

/** The tables of the new schema; it is the manifest's, or this throws. */
async function sameTables(db: D1Database, manifest: Manifest): Promise<Table[]> {
  const tables = await readSchema(readerOf(db));
  if (described(tables) !== described(manifest.tables))
    throw new Error(`The migrations up to ${manifest.schema} do not make the tables that the backup has.`);
  return tables;
}

/** Restores, compares and checks. Answers how many checks found something. @throws Error where the place is not empty or something differs */
export async function putBack(
  { name, db, files }: Place,
  folder: string,
  manifest: Manifest,
): Promise<number> {
  await refuseFilled(db, name);
  await checkFiles(folder, manifest);
  await emptyTarget(db);
  await applyMigrations(db, manifest.schema);
  const tables = await sameTables(db, manifest);
  const makeTriggers = await withoutTriggers(db);
  await loadTables(db, tables, folder, manifest);
  await makeTriggers();
  const byName = new Map(tables.map((table) => [table.name, table]));
  await compare("The rows", manifest.tables, async (each) => {
    const table = byName.get(each.name);
    if (!table) throw new Error(`There is no table ${each.name}.`);
    return sumOf(pagesOf(readerOf(db), table));
  });
  await forEach(manifest.objects, (object) => putObject(files, folder, object));
  if (manifest.objects.length > 0) console.log(`objects put back: ${manifest.objects.length}`);
  await applyMigrations(db);
  await touchLake(db);
  console.log(`products indexed for search: ${(await indexProducts(db)).toLocaleString("en")}`);
  // All is back. What the checks find was in the backup: with the mark still there, the next restore would empty a shop at work.
  await releaseTarget(db);
  return runChecks(db, (what, wrong) =>
    console.log(wrong === null ? `ok     ${what}` : `WRONG  ${what}: ${wrong}`),
  );
}
