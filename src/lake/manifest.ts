// The manifest (lake_files) lists each sale line and each event exactly once: until the first full build of a partition in one file
// per batch of events, and then only in the file of the last full build. A late batch makes the partition dirty instead. A build
// replaces files only if the partition's version and generation are unchanged and its day is not dirty.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { returning, violates } from "../platform/d1.ts";
import type { StoredObject } from "../platform/object-writer.ts";
import { again } from "../platform/sweeps.ts";
import { lastKeyWith, firstOfMonth, type Partition, partitionPrefix } from "./partitions.ts";

export type ManifestFile = StoredObject & Partition & { tenant_id: string; key: string; rows: number };

const nextRevision = (tenants: SQL): SQL => sql`INSERT INTO lake_shops (tenant_id, revision)
  SELECT value, 1 FROM json_each(${tenants}) WHERE true
  ON CONFLICT (tenant_id) DO UPDATE SET revision = revision + 1`;

/** SQL: whether a partition is sealed, so that it is never built again; its events are deleted from D1. */
const isSealed = (tenantId: SQL, dataset: SQL, day: SQL): SQL =>
  sql`(${dataset} = 'events' AND ${day} <= coalesce((SELECT sealed_day FROM lake_shops WHERE tenant_id = ${tenantId}), ''))`;

const member = (name: string): SQL => sql`j.value ->> ${sql.raw(`'${name}'`)}`;
const isSealedMember = isSealed(member("tenant_id"), member("dataset"), member("day"));

/** The statement that marks partitions dirty that are not sealed, given as a JSON array of tenant_id, dataset and day. */
export const markPartitionsDirty = (
  partitions: SQL,
): SQL => sql`INSERT INTO lake_days (tenant_id, dataset, day, version)
  SELECT DISTINCT ${member("tenant_id")}, ${member("dataset")}, ${member("day")}, 1 FROM json_each(${partitions}) AS j
  WHERE NOT ${isSealedMember}
  ON CONFLICT (tenant_id, dataset, day) DO UPDATE SET version = version + 1`;

/** Marks a partition dirty, so that it is built. One round trip. */
export const markPartitionDirty = (ctx: Base, tenantId: string, partition: Partition): Promise<void> =>
  ctx.db.run(markPartitionsDirty(sql`${JSON.stringify([{ tenant_id: tenantId, ...partition }])}`));

/**
 * Adds the files of batches to partitions without a full build, or that are sealed, and marks the events of the batches as exported
 * (`exported`). Returns the other files, whose partitions become dirty. One round trip.
 */
export async function addBatchFiles(
  ctx: Base,
  files: ManifestFile[],
  exported: SQL,
): Promise<ManifestFile[]> {
  const json = sql`${JSON.stringify(files)}`;
  const tenants = sql`${JSON.stringify([...new Set(files.map((file) => file.tenant_id))])}`;
  const rejected = returning(
    z.object({ key: z.string() }),
    sql`SELECT j.value ->> 'key' AS key FROM json_each(${json}) AS j WHERE NOT EXISTS (SELECT 1 FROM lake_files f
      WHERE f.tenant_id = j.value ->> 'tenant_id' AND f.key = j.value ->> 'key')`,
  );
  const done = await ctx.db.batch([
    nextRevision(tenants),
    // A partition that was never built stays dirty: a build in progress sees the file by its revision.
    sql`${markPartitionsDirty(json)} WHERE generation > 0 OR built = version`,
    sql`INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, added)
      SELECT s.tenant_id, j.value ->> 'key', j.value ->> 'dataset', j.value ->> 'day', j.value ->> 'rows', j.value ->> 'bytes',
        j.value ->> 'etag', ${ctx.now.toISOString()}, s.revision
      FROM json_each(${json}) AS j CROSS JOIN lake_shops s ON s.tenant_id = j.value ->> 'tenant_id'
      WHERE ${isSealedMember} OR EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = s.tenant_id
        AND d.dataset = j.value ->> 'dataset' AND d.day = j.value ->> 'day' AND d.generation = 0)
      ON CONFLICT DO NOTHING`,
    exported,
    rejected,
  ]);
  const keys = new Set(done.of(rejected).map(({ key }) => key));
  return files.filter((file) => keys.has(file.key));
}

// The time zone is read with the version, because a change of it increases the versions of events.
const stateRow = z.object({
  version: z.number(),
  generation: z.number(),
  revision: z.number(),
  timezone: z.string(),
  sealed_day: z.string(),
  sealed_end: z.string(),
});

export type PartitionState = z.infer<typeof stateRow>;

const isPartition = (tenantId: string, { dataset, day }: Partition): SQL =>
  sql`tenant_id = ${tenantId} AND dataset = ${dataset} AND day = ${day}`;

// Longer than any build takes.
const ABANDONED_MS = 86_400_000;

/**
 * Begins the build of a dirty partition: lists its file, so that it is deleted after a crash, and returns the partition's state.
 * Resolves to null if nothing has changed. One round trip.
 */
export async function beginBuild(
  ctx: Base,
  tenantId: string,
  partition: Partition,
  key: string,
): Promise<PartitionState | null> {
  const at = ctx.now.toISOString();
  const abandonedAt = new Date(ctx.now.getTime() + ABANDONED_MS).toISOString();
  const fromDirtyPartition = sql`FROM lake_days d LEFT JOIN lake_shops s USING (tenant_id)
    WHERE ${isPartition(tenantId, partition)} AND built < version`;
  const states = returning(
    stateRow,
    sql`SELECT version, generation, coalesce(s.revision, 0) AS revision, coalesce(s.sealed_day, '') AS sealed_day,
        coalesce(s.sealed_end, '') AS sealed_end, (SELECT timezone FROM tenants WHERE id = tenant_id) AS timezone
      ${fromDirtyPartition}`,
  );
  const done = await ctx.db.batch([
    sql`INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, dropped_at)
      SELECT tenant_id, ${key}, dataset, day, 0, 0, '', ${at}, ${abandonedAt} ${fromDirtyPartition}`,
    states,
  ]);
  return done.of(states)[0] ?? null;
}

/**
 * Replaces all files of the partition with the built file. Resolves to false, without any change, if the partition has changed since
 * the build began. One round trip.
 */
export async function endBuild(ctx: Base, state: PartitionState, file: ManifestFile): Promise<boolean> {
  const { tenant_id: tenantId, key, dataset, day } = file;
  const prefix = partitionPrefix(tenantId, file);
  const at = new Date().toISOString();
  const revision = sql`(SELECT revision FROM lake_shops WHERE tenant_id = ${tenantId})`;
  const isClean = sql`NOT EXISTS (SELECT 1 FROM dirty_days WHERE tenant_id = ${tenantId} AND day = ${day})`;
  const month = { tenant_id: tenantId, dataset: "daily_summary", day: firstOfMonth(day) };
  try {
    await ctx.db.batch([
      // After a concurrent change, or if a batch has added a file, generation becomes NULL, which NOT NULL rejects together with the batch.
      sql`UPDATE lake_days SET built = ${state.version}, asked_at = NULL, generation = CASE
          WHEN generation = ${state.generation} AND version = ${state.version}
            AND EXISTS (SELECT 1 FROM lake_files WHERE tenant_id = ${tenantId} AND key = ${key})
            AND NOT EXISTS (SELECT 1 FROM lake_files WHERE tenant_id = ${tenantId}
              AND key BETWEEN ${prefix} AND ${lastKeyWith(prefix)} AND added > CAST(${state.revision} AS INTEGER))
            AND ${dataset === "purchases" ? isClean : sql`true`}
          THEN generation + 1 END
        WHERE ${isPartition(tenantId, file)}`,
      nextRevision(sql`${JSON.stringify([tenantId])}`),
      sql`UPDATE lake_files SET dropped = ${revision}, dropped_at = ${at}
        WHERE tenant_id = ${tenantId} AND key BETWEEN ${prefix} AND ${lastKeyWith(prefix)}
          AND added IS NOT NULL AND dropped IS NULL`,
      file.rows === 0
        ? // An empty file is not added, only deleted.
          sql`UPDATE lake_files SET dropped_at = ${at} WHERE tenant_id = ${tenantId} AND key = ${key}`
        : sql`UPDATE lake_files SET rows = ${file.rows}, bytes = ${file.bytes}, etag = ${file.etag}, created_at = ${at},
            added = ${revision}, dropped_at = NULL WHERE tenant_id = ${tenantId} AND key = ${key}`,
      ...(dataset === "purchases" ? [markPartitionsDirty(sql`${JSON.stringify([month])}`)] : []),
    ]);
    return true;
  } catch (error) {
    if (violates(error, "lake_days.generation")) return false;
    throw error;
  }
}

/** Deletes a file that was not added, and its object. One round trip. */
export async function discardFile(ctx: Base, tenantId: string, key: string): Promise<void> {
  await ctx.env.LAKE.delete(key);
  await ctx.db.run(
    sql`DELETE FROM lake_files WHERE tenant_id = ${tenantId} AND key = ${key} AND added IS NULL`,
  );
}

// For readers that already have the list.
const RETENTION_MS = 15 * 60_000;
const FILES_PER_PAGE = 500;

/** Deletes the objects that were replaced more than 15 minutes ago, of all shops; a page of a sweep. */
export async function deleteReplacedFiles(ctx: Base): Promise<string | null> {
  const before = new Date(ctx.now.getTime() - RETENTION_MS).toISOString();
  const dropped = await ctx.db.all(
    z.object({ tenant_id: z.string(), key: z.string() }),
    sql`SELECT tenant_id, key FROM lake_files INDEXED BY lake_files_dropped
      WHERE dropped_at IS NOT NULL AND dropped_at < ${before} ORDER BY dropped_at LIMIT ${FILES_PER_PAGE}`,
  );
  if (dropped.length === 0) return null;
  // Objects before rows, so that the next run retries those that remain.
  await ctx.env.LAKE.delete(dropped.map(({ key }) => key));
  await ctx.db.run(sql`DELETE FROM lake_files WHERE dropped_at IS NOT NULL AND (tenant_id, key) IN
    (SELECT value ->> 'tenant_id', value ->> 'key' FROM json_each(${JSON.stringify(dropped)}))`);
  return again(dropped.length === FILES_PER_PAGE);
}
