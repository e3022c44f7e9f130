// The law of the lake: at any moment the manifest (lake_files) names each line once, and each event.
// 1. Until a partition is built whole (generation 0) its rows come from the files of batches, one a batch.
// 2. From then on only from the one file that the last build made: what a batch brings late is not added; it touches the
//    partition, which is then built again from D1, where the late row is too.
// 3. A change of a partition's rows is seen by its version: it grows when a batch brings rows and when the ETL has built a
//    day (a trigger). A build replaces all files only if neither version nor generation is other than when it began to
//    read, and no sale has marked the day dirty since: so the file holds what D1 has, and each replaced row is in it.
// 4. An object is named here before it is written and until it is deleted. What is replaced is kept for a while, for
//    readers who have the list already, and a list that was begun goes on as of the revision at which it began.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { violates, rows } from "../platform/d1.ts";
import type { Written } from "./build/objects.ts";
import { endOf, monthOf, type Partition, prefixOf } from "./partitions.ts";

export type LakeFile = Written & Partition & { tenant_id: string; key: string; rows: number };

const nextRevision = (tenants: SQL): SQL => sql`INSERT INTO lake_shops (tenant_id, revision)
  SELECT value, 1 FROM json_each(${tenants}) WHERE true
  ON CONFLICT (tenant_id) DO UPDATE SET revision = revision + 1`;

/** The statement that touches partitions: a JSON array of tenant_id, dataset and day. */
export const markPartitionsDirty = (
  partitions: SQL,
): SQL => sql`INSERT INTO lake_days (tenant_id, dataset, day, version)
  SELECT DISTINCT value ->> 'tenant_id', value ->> 'dataset', value ->> 'day', 1 FROM json_each(${partitions}) WHERE true
  ON CONFLICT (tenant_id, dataset, day) DO UPDATE SET version = version + 1`;

/** Touches a partition, so that it is built. One round trip. */
export const touchPartition = (ctx: Base, tenantId: string, partition: Partition): Promise<void> =>
  ctx.db.run(markPartitionsDirty(sql`${JSON.stringify([{ tenant_id: tenantId, ...partition }])}`));

/** Adds the files of batches where the law lets them in; answers those that it does not. One round trip. */
export async function addBatchFiles(ctx: Base, files: LakeFile[]): Promise<LakeFile[]> {
  const json = sql`${JSON.stringify(files)}`;
  const tenants = sql`${JSON.stringify([...new Set(files.map((file) => file.tenant_id))])}`;
  const results = await ctx.db.batch([
    nextRevision(tenants),
    markPartitionsDirty(json),
    sql`INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, added)
      SELECT d.tenant_id, j.value ->> 'key', d.dataset, d.day, j.value ->> 'rows', j.value ->> 'bytes',
        j.value ->> 'etag', ${ctx.now.toISOString()}, s.revision
      FROM json_each(${json}) AS j
      CROSS JOIN lake_days d ON d.tenant_id = j.value ->> 'tenant_id' AND d.dataset = j.value ->> 'dataset'
        AND d.day = j.value ->> 'day' AND d.generation = 0
      CROSS JOIN lake_shops s ON s.tenant_id = d.tenant_id
      ON CONFLICT DO NOTHING`,
    sql`SELECT j.value ->> 'key' AS key FROM json_each(${json}) AS j WHERE NOT EXISTS (SELECT 1 FROM lake_files f
      WHERE f.tenant_id = j.value ->> 'tenant_id' AND f.key = j.value ->> 'key')`,
  ]);
  const refused = new Set(rows(z.object({ key: z.string() }), results.at(-1)).map(({ key }) => key));
  return files.filter((file) => refused.has(file.key));
}

const stateRow = z.object({ version: z.number(), generation: z.number() });

export type State = z.infer<typeof stateRow>;

const of = (tenantId: string, { dataset, day }: Partition): SQL =>
  sql`tenant_id = ${tenantId} AND dataset = ${dataset} AND day = ${day}`;

// Long after the longest build has ended.
const LEFT_BEHIND_MS = 86_400_000;

/** The state at which a build of a touched partition begins, its file named; null where nothing has changed. One round trip. */
export async function beginBuild(
  ctx: Base,
  tenantId: string,
  partition: Partition,
  key: string,
): Promise<State | null> {
  const at = ctx.now.toISOString();
  const leftBehind = new Date(ctx.now.getTime() + LEFT_BEHIND_MS).toISOString();
  const it = sql`FROM lake_days WHERE ${of(tenantId, partition)} AND built < version`;
  const [, state] = await ctx.db.batch([
    sql`INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, dropped_at)
      SELECT tenant_id, ${key}, dataset, day, 0, 0, '', ${at}, ${leftBehind} ${it}`,
    sql`SELECT version, generation ${it}`,
  ]);
  return rows(stateRow, state)[0] ?? null;
}

/**
 * Puts the built file in the place of all files of the partition; false where the partition has changed since the build
 * began, and then nothing is done. One round trip.
 */
export async function endBuild(ctx: Base, state: State, file: LakeFile): Promise<boolean> {
  const { tenant_id: tenantId, key, dataset, day } = file;
  const prefix = prefixOf(tenantId, file);
  const at = new Date().toISOString();
  const revision = sql`(SELECT revision FROM lake_shops WHERE tenant_id = ${tenantId})`;
  const isClean = sql`NOT EXISTS (SELECT 1 FROM dirty_days WHERE tenant_id = ${tenantId} AND day = ${day})`;
  const month = { tenant_id: tenantId, dataset: "daily_summary", day: monthOf(day) };
  try {
    await ctx.db.batch([
      // Compare and set: a rival makes it NULL, the NOT NULL of generation fails, and the batch with it.
      sql`UPDATE lake_days SET built = ${state.version}, asked_at = NULL, generation = CASE
          WHEN generation = ${state.generation} AND version = ${state.version}
            AND EXISTS (SELECT 1 FROM lake_files WHERE tenant_id = ${tenantId} AND key = ${key})
            AND ${dataset === "purchases" ? isClean : sql`true`}
          THEN generation + 1 END
        WHERE ${of(tenantId, file)}`,
      nextRevision(sql`${JSON.stringify([tenantId])}`),
      sql`UPDATE lake_files SET dropped = ${revision}, dropped_at = ${at}
        WHERE tenant_id = ${tenantId} AND key BETWEEN ${prefix} AND ${endOf(prefix)}
          AND added IS NOT NULL AND dropped IS NULL`,
      file.rows === 0
        ? // Never added: only to be deleted.
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

/** Forgets a file that was not put in place, and deletes its object. One round trip. */
export async function forgetFile(ctx: Base, tenantId: string, key: string): Promise<void> {
  await ctx.env.LAKE.delete(key);
  await ctx.db.run(
    sql`DELETE FROM lake_files WHERE tenant_id = ${tenantId} AND key = ${key} AND added IS NULL`,
  );
}

const KEPT_MS = 15 * 60_000;
const A_SWEEP = 500;

/** Deletes the objects that were replaced a quarter of an hour ago, of all shops. */
export async function deleteDroppedFiles(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - KEPT_MS).toISOString();
  const dropped = await ctx.db.all(
    z.object({ tenant_id: z.string(), key: z.string() }),
    sql`SELECT tenant_id, key FROM lake_files INDEXED BY lake_files_dropped
      WHERE dropped_at IS NOT NULL AND dropped_at < ${before} ORDER BY dropped_at LIMIT ${A_SWEEP}`,
  );
  if (dropped.length === 0) return;
  // The objects first: what is not deleted of them is still named here, for the next sweep.
  await ctx.env.LAKE.delete(dropped.map(({ key }) => key));
  await ctx.db.run(sql`DELETE FROM lake_files WHERE dropped_at IS NOT NULL AND (tenant_id, key) IN
    (SELECT value ->> 'tenant_id', value ->> 'key' FROM json_each(${JSON.stringify(dropped)}))`);
}
