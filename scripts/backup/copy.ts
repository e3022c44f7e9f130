// Makes a backup. It is of one moment though the shop is in use (changes.ts says how), and nobody waits for it.
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { showPart } from "../terminal.mjs";
import { keepWatching, takeChanges, unwatchChanges, watchChanges, type Changes } from "./changes.ts";
import { writeLines, type Sum } from "./lines.ts";
import { tableFile, writeManifest, type Manifest, type StoredObject } from "./manifest.ts";
import { mergeChanges } from "./merge.ts";
import { copyObject, forEach, namedObjects, objectFile } from "./objects.ts";
import { pagesOf } from "./pages.ts";
import type { Place } from "./place.ts";
import { quoted, readSchema, schemaVersion, type Table } from "./schema.ts";

// What a row named at the moment of the copy may be gone from the bucket by now: then a later moment is taken.
const ROUNDS = 3;
const RENEW_MS = 20_000;

async function* counting(
  pages: AsyncIterable<string[]>,
  seen: (rows: number) => void,
): AsyncGenerator<string[]> {
  for await (const page of pages) {
    seen(page.length);
    yield page;
  }
}

async function countRows(db: D1Database, tables: Table[]): Promise<number> {
  const counts = await db.batch<{ n: number }>(
    tables.map(({ name }) => db.prepare(`SELECT count(*) AS n FROM ${quoted(name)}`)),
  );
  return counts.reduce((sum, { results }) => sum + (results[0]?.n ?? 0), 0);
}

/** Copies each table, every row at another moment; answers their sums. */
async function copyTables(db: D1Database, tables: Table[], folder: string): Promise<Map<string, Sum>> {
  const show = showPart();
  const all = await countRows(db, tables);
  const sums = new Map<string, Sum>();
  let done = 0;
  for (const table of tables) {
    const seen = (rows: number) => {
      done += rows;
      if (process.stdout.isTTY)
        show(Math.min(done / all, 0.99), `${table.name}, ${done.toLocaleString("en")} rows`);
    };
    sums.set(table.name, await writeLines(tableFile(folder, table.name), counting(pagesOf(db, table), seen)));
  }
  show(1, `${tables.length} tables, ${done.toLocaleString("en")} rows`, true);
  return sums;
}

/** Copies the objects that are not copied yet, and forgets what is named no more; answers the keys that the bucket lacks. */
async function copyObjects(
  files: R2Bucket,
  folder: string,
  wanted: Set<string>,
  copied: Map<string, StoredObject>,
): Promise<string[]> {
  const show = showPart();
  const missing: string[] = [];
  for (const key of copied.keys())
    if (!wanted.has(key)) {
      copied.delete(key);
      await rm(objectFile(folder, key));
    }
  let done = 0;
  await forEach([...wanted], async (key) => {
    const object = copied.get(key) ?? (await copyObject(files, folder, key));
    if (object) copied.set(key, object);
    else missing.push(key);
    done += 1;
    if (process.stdout.isTTY) show(done / wanted.size, `${done} of ${wanted.size} objects`);
  });
  if (wanted.size > 0) show(1, `${copied.size} of ${wanted.size} objects`, true);
  return missing.toSorted();
}

/** Brings what is copied to one moment, with the objects that are named then. */
async function bringToOneMoment(
  { db, files }: Place,
  folder: string,
  tables: Table[],
  owner: string,
  sums: Map<string, Sum>,
) {
  const copied = new Map<string, StoredObject>();
  for (let round = 1; ; round += 1) {
    const changes: Changes = new Map();
    const at = await takeChanges(db, tables, owner, changes);
    for (const table of tables) {
      const changed = changes.get(table.name);
      if (changed) sums.set(table.name, await mergeChanges(tableFile(folder, table.name), table, changed));
    }
    const wanted = await namedObjects(folder, sums);
    const missing = await copyObjects(files, folder, wanted, copied);
    if (missing.length > 0 && round < ROUNDS) continue;
    const objects = [...copied.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return { at, objects, missing };
  }
}

/** Copies a place into an empty folder. @throws Error where the schema changes meanwhile or another backup begins */
export async function copyPlace(place: Place, folder: string): Promise<Manifest> {
  const { name, db } = place;
  const schema = await schemaVersion(db);
  const tables = await readSchema(db);
  if (schema === null || tables.length === 0) throw new Error(`The ${name} database has no tables.`);
  const owner = randomUUID();
  await watchChanges(db, tables, owner);
  // A lease that could not be renewed is noticed when the changes are taken.
  const renewing = setInterval(() => void keepWatching(db, owner).catch(() => null), RENEW_MS);
  try {
    const sums = await copyTables(db, tables, folder);
    const moment = await bringToOneMoment(place, folder, tables, owner, sums);
    if ((await schemaVersion(db)) !== schema)
      throw new Error("The schema has changed meanwhile: run it again.");
    const summed = tables.flatMap(({ name: table, columns }) => {
      const sum = sums.get(table);
      return sum ? [{ name: table, columns, ...sum }] : [];
    });
    const manifest: Manifest = { format: 1, of: name, schema, ...moment, tables: summed };
    await writeManifest(folder, manifest);
    return manifest;
  } finally {
    clearInterval(renewing);
    await unwatchChanges(db, owner);
  }
}
