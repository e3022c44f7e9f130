// Builds whole partitions from D1, each into one file (the law is in manifest.ts). Nightly all touched partitions whose
// day is over; a single one, open or not, where something came too late for it. Any build may run twice or be killed.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { tenantById } from "../auth/tenants.ts";
import type { Base, Ctx, Tenant } from "../context.ts";
import { dayOf, daysLater } from "../days.ts";
import { rows } from "../db.ts";
import { rebuildDirtyDays } from "../rollups/rebuild.ts";
import { columnsOf } from "./datasets.ts";
import { beginBuild, endBuild, forgetFile, touchPartition } from "./manifest.ts";
import { beginObject } from "./objects.ts";
import { writeParquet } from "./parquet.ts";
import { DATASETS, type Partition, wholeKey } from "./partitions.ts";
import { rowsOf } from "./sources.ts";
import type { BuildJob } from "./store.ts";

/** All touched partitions of a shop, or one. */
export type LakeJob = { tenant_id: string } | BuildJob;

// What Queues take at once.
const MESSAGES_A_BATCH = 100;
// A consumer may ask D1 a thousand times; then another message goes on.
const QUERIES_A_MESSAGE = 400;
const PARTITIONS_A_LOOK = 50;
const RIVALS = 5;

/**
 * Sends one message for each shop that has touched partitions. Noted is since when a day has been asked for that is over
 * in every time zone, and so is to be built now.
 */
export async function queueLakeBuilds(ctx: Base): Promise<void> {
  const yesterday = daysLater(ctx.now.toISOString().slice(0, 10), -1);
  const [, touched] = await ctx.db.batch([
    sql`UPDATE lake_days INDEXED BY lake_days_touched SET asked_at = ${ctx.now.toISOString()}
      WHERE built < version AND asked_at IS NULL AND day < ${yesterday} AND dataset <> 'products'
        AND EXISTS (SELECT 1 FROM tenants t WHERE t.id = tenant_id AND t.is_active = 1)`,
    sql`SELECT DISTINCT tenant_id FROM lake_days INDEXED BY lake_days_touched WHERE built < version`,
  ]);
  const shops = rows(z.object({ tenant_id: z.string() }), touched);
  for (let at = 0; at < shops.length; at += MESSAGES_A_BATCH)
    await ctx.env.LAKE_JOBS.sendBatch(shops.slice(at, at + MESSAGES_A_BATCH).map((body) => ({ body })));
}

/** Sends the message for this shop. */
export async function queueLakeBuild(ctx: Ctx): Promise<void> {
  await ctx.env.LAKE_JOBS.send({ tenant_id: ctx.tenant.id } satisfies LakeJob);
}

/** How many days and months that are over have changed since they were built. One round trip. */
export async function lakeStatus(ctx: Ctx): Promise<{ touched: number }> {
  const [row] = await ctx.db.all(
    z.object({ touched: z.number() }),
    sql`SELECT count(*) AS touched FROM (
      SELECT day FROM lake_days INDEXED BY lake_days_touched WHERE built < version AND dataset <> 'products'
        AND ${isOver(ctx, ctx.tenant)}
      UNION ALL SELECT day FROM dirty_days WHERE ${isOver(ctx, ctx.tenant)})`,
  );
  return { touched: row?.touched ?? 0 };
}

const isOver = (ctx: Base, { id, timezone }: Tenant) =>
  sql`tenant_id = ${id} AND day < ${dayOf(ctx.now, timezone)}`;

/** Does a job; answers "more" where another message has to go on. */
export async function runLakeJob(ctx: Base, job: LakeJob): Promise<"more" | "done"> {
  const tenant = await tenantById(ctx, job.tenant_id);
  if (!tenant) return "done";
  // The days that sales have changed become touched.
  await rebuildDirtyDays(ctx, tenant.id);
  if ("partition" in job) {
    await buildPartition(ctx, tenant, job.partition);
    return "done";
  }
  return buildTouched(ctx, tenant);
}

const partitionRow = z.object({ dataset: z.enum(DATASETS), day: z.string() });

/** Builds the touched partitions whose day is over, days before months; then the snapshot of today's products. */
async function buildTouched(ctx: Base, tenant: Tenant): Promise<"more" | "done"> {
  for (let built = true; built;) {
    const touched = await ctx.db.all(
      partitionRow,
      sql`SELECT dataset, day FROM lake_days INDEXED BY lake_days_touched
        WHERE built < version AND ${isOver(ctx, tenant)} AND dataset <> 'products'
        ORDER BY dataset = 'daily_summary', dataset, day LIMIT ${PARTITIONS_A_LOOK}`,
    );
    built = false;
    for (const partition of touched) {
      if (ctx.db.cost.queries > QUERIES_A_MESSAGE) return "more";
      // What changes all the time waits for the next night.
      if (await buildPartition(ctx, tenant, partition)) built = true;
    }
  }
  const snapshot: Partition = { dataset: "products", day: dayOf(ctx.now, tenant.timezone) };
  await touchPartition(ctx, tenant.id, snapshot);
  await buildPartition(ctx, tenant, snapshot);
  return "done";
}

/** Builds a partition if it is touched; false where it changed each time that it was tried. */
export async function buildPartition(ctx: Base, tenant: Tenant, partition: Partition): Promise<boolean> {
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const key = wholeKey(tenant.id, partition);
    const state = await beginBuild(ctx, tenant.id, partition, key);
    if (!state) return true;
    const object = beginObject(ctx.env.LAKE, key);
    try {
      const pages = rowsOf(ctx, tenant, partition.dataset, partition.day);
      const count = await writeParquet(columnsOf(partition.dataset, tenant.currency), pages, object.send);
      const written = await object.finish();
      if (await endBuild(ctx, state, { ...written, ...partition, tenant_id: tenant.id, key, rows: count })) {
        if (count === 0) await ctx.env.LAKE.delete(key);
        return true;
      }
    } catch (error) {
      await object.abort();
      throw error;
    }
    await forgetFile(ctx, tenant.id, key);
    // The rival may be a sale, whose day is to be built first.
    if (partition.dataset === "purchases") await rebuildDirtyDays(ctx, tenant.id);
  }
  return false;
}
