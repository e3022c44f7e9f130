// Makes a backup. It is of one moment though the shop is in use (source.ts says how), and nobody waits for it.
import { randomUUID } from "node:crypto";
import { takeChanges, type Changes } from "./changes.ts";
import { copyObjects } from "./copy-objects.ts";
import { copyTables } from "./copy-tables.ts";
import type { Sum } from "./lines.ts";
import { tableFile, writeManifest, type Manifest, type StoredObject } from "./manifest.ts";
import { mergeChanges } from "./merge.ts";
import { namedObjects } from "./objects.ts";
import { readSchema, schemaVersion, type Table } from "./schema.ts";
import type { Source } from "./source.ts";
import { keepWatching, unwatchChanges, watchChanges } from "./watch.ts";

// What a row named at the moment of the copy may be gone from the bucket by now: then a later moment is taken.
const ROUNDS = 3;
const RENEW_MS = 20_000;

type Copy = { source: Source; folder: string; tables: Table[]; sums: Map<string, Sum> };
type Moment = Pick<Manifest, "at" | "objects" | "missing">;

async function withObjects({ source, folder, sums }: Copy, copied = new Map<string, StoredObject>()) {
  const missing = await copyObjects(source.files, folder, await namedObjects(folder, sums), copied);
  return { objects: [...copied.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)), missing };
}

/** Brings the copy of a database that others write to one moment, with the objects that are named then. */
async function bringToOneMoment(copy: Copy, db: D1Database, owner: string): Promise<Moment> {
  const { folder, tables, sums } = copy;
  const copied = new Map<string, StoredObject>();
  for (let round = 1; ; round += 1) {
    const changes: Changes = new Map();
    const at = await takeChanges(db, tables, owner, changes);
    for (const table of tables) {
      const changed = changes.get(table.name);
      if (changed) sums.set(table.name, await mergeChanges(tableFile(folder, table.name), table, changed));
    }
    const { objects, missing } = await withObjects(copy, copied);
    if (missing.length === 0 || round === ROUNDS) return { at, objects, missing };
  }
}

/** Copies while others write. */
async function copyLive(copy: Copy, db: D1Database): Promise<Moment> {
  const { source, folder, tables, sums } = copy;
  const owner = randomUUID();
  await watchChanges(db, tables, owner);
  // A lease that could not be renewed is noticed when the changes are taken.
  const renewing = setInterval(() => void keepWatching(db, owner).catch(() => null), RENEW_MS);
  try {
    await copyTables(source.read, tables, folder, sums);
    return await bringToOneMoment(copy, db, owner);
  } finally {
    clearInterval(renewing);
    await unwatchChanges(db, owner);
  }
}

/** Copies what nobody changes. */
async function copyStill(copy: Copy): Promise<Moment> {
  const { source, folder, tables, sums } = copy;
  await copyTables(source.read, tables, folder, sums);
  return { at: source.at, ...(await withObjects(copy)) };
}

/** Copies a source into an empty folder. @throws Error where the schema changes meanwhile or another backup begins */
export async function copySource(source: Source, folder: string): Promise<Manifest> {
  const { name, read, live } = source;
  const schema = await schemaVersion(read);
  const tables = await readSchema(read);
  if (schema === null || tables.length === 0) throw new Error(`The ${name} database has no tables.`);
  const copy = { source, folder, tables, sums: new Map<string, Sum>() };
  const moment = live ? await copyLive(copy, live) : await copyStill(copy);
  if ((await schemaVersion(read)) !== schema)
    throw new Error("The schema has changed meanwhile: run it again.");
  const summed = tables.flatMap(({ name: table, columns }) => {
    const sum = copy.sums.get(table);
    return sum ? [{ name: table, columns, ...sum }] : [];
  });
  const manifest: Manifest = { format: 1, of: name, schema, ...moment, tables: summed };
  await writeManifest(folder, manifest);
  return manifest;
}
