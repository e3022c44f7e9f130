// Copies a consistent state of a database and its objects without blocking the shops that write to it; source.ts explains how.
import { randomUUID } from "node:crypto";
import { collectChanges, type Changes } from "./collect-changes.ts";
import { copyObjects } from "./copy-objects.ts";
import { copyTables } from "./copy-tables.ts";
import type { Checksum } from "./row-file.ts";
import { tableFile, writeManifest, type Manifest, type StoredObject } from "./manifest.ts";
import { mergeChanges } from "./merge-changes.ts";
import { referencedObjects } from "./objects.ts";
import { readSchema, schemaVersion, type Table } from "./schema.ts";
import type { Source } from "./source.ts";
import { extendLease, stopChangeLog, startChangeLog } from "./change-log.ts";

// An object that a copied row refers to may have been deleted meanwhile. In that case a later state is copied.
const ROUNDS = 3;
const RENEW_MS = 20_000;

type Copy = { source: Source; folder: string; tables: Table[]; checksums: Map<string, Checksum> };
type Moment = Pick<Manifest, "at" | "objects" | "missing">;

async function withObjects({ source, folder, checksums }: Copy, copied = new Map<string, StoredObject>()) {
  const missing = await copyObjects(source.files, folder, await referencedObjects(folder, checksums), copied);
  return { objects: [...copied.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)), missing };
}

/** Applies the logged changes until the copy is consistent, including the objects that it refers to. */
async function catchUp(copy: Copy, db: D1Database, owner: string): Promise<Moment> {
  const { folder, tables, checksums } = copy;
  const copied = new Map<string, StoredObject>();
  for (let round = 1; ; round += 1) {
    const changes: Changes = new Map();
    const at = await collectChanges(db, tables, owner, changes);
    for (const table of tables) {
      const changed = changes.get(table.name);
      if (changed)
        checksums.set(table.name, await mergeChanges(tableFile(folder, table.name), table, changed));
    }
    const { objects, missing } = await withObjects(copy, copied);
    if (missing.length === 0 || round === ROUNDS) return { at, objects, missing };
  }
}

/** Copies a database while shops write to it. */
async function copyLive(copy: Copy, db: D1Database): Promise<Moment> {
  const { source, folder, tables, checksums } = copy;
  const owner = randomUUID();
  await startChangeLog(db, tables, owner);
  // If the lease could not be renewed, collecting the changes fails.
  const renewing = setInterval(() => void extendLease(db, owner).catch(() => null), RENEW_MS);
  try {
    await copyTables(source.read, tables, folder, checksums);
    return await catchUp(copy, db, owner);
  } finally {
    clearInterval(renewing);
    await stopChangeLog(db, owner);
  }
}

/** Copies a source whose reads are all of the same state. */
async function copySnapshot(copy: Copy): Promise<Moment> {
  const { source, folder, tables, checksums } = copy;
  await copyTables(source.read, tables, folder, checksums);
  return { at: source.at, ...(await withObjects(copy)) };
}

/** Copies a source into an empty folder. @throws Error if the schema changes meanwhile or another backup begins */
export async function copySource(source: Source, folder: string): Promise<Manifest> {
  const { name, read, live } = source;
  const schema = await schemaVersion(read);
  const tables = await readSchema(read);
  if (schema === null || tables.length === 0) throw new Error(`The ${name} database has no tables.`);
  const copy = { source, folder, tables, checksums: new Map<string, Checksum>() };
  const moment = live ? await copyLive(copy, live) : await copySnapshot(copy);
  if ((await schemaVersion(read)) !== schema)
    throw new Error("The schema changed during the backup: run it again.");
  const tableEntries = tables.flatMap(({ name: table, columns }) => {
    const checksum = copy.checksums.get(table);
    return checksum ? [{ name: table, columns, ...checksum }] : [];
  });
  const manifest: Manifest = { format: 1, of: name, schema, ...moment, tables: tableEntries };
  await writeManifest(folder, manifest);
  return manifest;
}
