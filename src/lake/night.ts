// When partitions are built: in the first hour of a shop's day all touched ones of days that are over, and a snapshot of
// the products, changed or not; on request the same; a single one, open or not, where something came too late for it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { tenantById } from "../auth/shops/tenants.ts";
import type { Base, Ctx, Tenant } from "../platform/context.ts";
import { dayOf, addDays } from "../values/days.ts";
import { logFailure } from "../platform/log.ts";
import { rebuildDirtyDays } from "../rollups/rebuild.ts";
import { buildPartition } from "./build/build.ts";
import { touchPartition } from "./manifest.ts";
import { DATASETS, type Partition } from "./partitions.ts";
import type { LakePartitionJob } from "./build/store.ts";

/** Builds all changed partitions of a shop. */
export const LakeNightJob = z.object({ kind: z.literal("lake-night"), tenant_id: z.string() });
export type LakeJob = z.infer<typeof LakeNightJob> | LakePartitionJob;

// What Queues take at once.
const MESSAGES_A_BATCH = 100;
// D1 takes a thousand an invocation; then another message goes on.
const STATEMENTS_A_MESSAGE = 500;
const PARTITIONS_A_LOOK = 50;

const shopRow = z.object({ tenant_id: z.string(), timezone: z.string(), night: z.string() });

/** Sends one message for each shop whose last night (`lake_shops.night`) was on another day. Hourly; four rows a shop. */
export async function queueLakeNights(ctx: Base): Promise<void> {
  const shops = await ctx.db.all(
    shopRow,
    sql`SELECT t.id AS tenant_id, t.timezone, coalesce(s.night, '') AS night
      FROM tenants t LEFT JOIN lake_shops s ON s.tenant_id = t.id WHERE t.is_active = 1
        AND (EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = t.id)
          OR EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = t.id AND d.built < d.version))`,
  );
  const due = shops.filter(({ timezone, night }) => night < dayOf(ctx.now, timezone));
  if (due.length === 0) return;
  await noteAsked(ctx, due);
  for (let at = 0; at < due.length; at += MESSAGES_A_BATCH)
    await ctx.env.LAKE_JOBS.sendBatch(
      due
        .slice(at, at + MESSAGES_A_BATCH)
        .map(({ tenant_id }) => ({ body: { kind: "lake-night", tenant_id } satisfies LakeJob })),
    );
}

/** Notes since when a day of these shops has been asked for that is over in every time zone, and so is to be built now. */
const noteAsked = (ctx: Base, shops: { tenant_id: string }[]): Promise<void> =>
  ctx.db.run(sql`UPDATE lake_days INDEXED BY lake_days_touched SET asked_at = ${ctx.now.toISOString()}
    WHERE built < version AND asked_at IS NULL AND dataset <> 'products'
      AND day < ${addDays(ctx.now.toISOString().slice(0, 10), -1)}
      AND tenant_id IN (SELECT value ->> 'tenant_id' FROM json_each(${JSON.stringify(shops)}))`);

/** Sends the message for this shop. */
export async function queueLakeBuild(ctx: Ctx): Promise<void> {
  await ctx.env.LAKE_JOBS.send({ kind: "lake-night", tenant_id: ctx.tenant.id } satisfies LakeJob);
}

/** How many days and months that are over have changed since they were built. One round trip. */
export async function lakeStatus(ctx: Ctx): Promise<{ touched: number }> {
  const over = isOver(ctx.tenant.id, dayOf(ctx.now, ctx.tenant.timezone));
  const [row] = await ctx.db.all(
    z.object({ touched: z.number() }),
    sql`SELECT count(*) AS touched FROM (
      SELECT day FROM lake_days INDEXED BY lake_days_touched WHERE built < version AND dataset <> 'products' AND ${over}
      UNION ALL SELECT day FROM dirty_days WHERE ${over})`,
  );
  return { touched: row?.touched ?? 0 };
}

const isOver = (tenantId: string, today: string) => sql`tenant_id = ${tenantId} AND day < ${today}`;

/** Does a job; answers "more" where another message has to go on. */
export async function runLakeJob(ctx: Base, job: LakeJob): Promise<"more" | "done"> {
  const tenant = await tenantById(ctx, job.tenant_id);
  if (!tenant) return "done";
  // The days that sales have changed become touched.
  await rebuildDirtyDays(ctx, tenant.id);
  if (job.kind === "lake-partition") {
    await buildPartition(ctx, tenant, job.partition);
    return "done";
  }
  const today = dayOf(ctx.now, tenant.timezone);
  const failures = await buildTouched(ctx, tenant, today);
  if (failures === "more") return "more";
  const snapshot: Partition = { dataset: "products", day: today };
  await touchPartition(ctx, tenant.id, snapshot);
  await buildPartition(ctx, tenant, snapshot);
  // Without its mark the night comes again, with the next try or the next hour.
  if (failures.length > 0) throw failures[0];
  await ctx.db.run(sql`INSERT INTO lake_shops (tenant_id, revision, night) VALUES (${tenant.id}, 0, ${today})
    ON CONFLICT (tenant_id) DO UPDATE SET night = excluded.night`);
  return "done";
}

const partitionRow = z.object({ dataset: z.enum(DATASETS), day: z.string() });

/** Builds the touched partitions of days before today, days before months. One that fails holds no other of its look back. */
async function buildTouched(ctx: Base, tenant: Tenant, today: string): Promise<"more" | unknown[]> {
  const failures: unknown[] = [];
  for (let built = true; built && failures.length === 0;) {
    const touched = await ctx.db.all(
      partitionRow,
      sql`SELECT dataset, day FROM lake_days INDEXED BY lake_days_touched
        WHERE built < version AND ${isOver(tenant.id, today)} AND dataset <> 'products'
        ORDER BY dataset = 'daily_summary', dataset, day LIMIT ${PARTITIONS_A_LOOK}`,
    );
    built = false;
    for (const partition of touched) {
      if (ctx.db.cost.statements > STATEMENTS_A_MESSAGE) return "more";
      try {
        // What changes all the time waits for the next night.
        if (await buildPartition(ctx, tenant, partition)) built = true;
      } catch (error) {
        logFailure("lake", error);
        failures.push(error);
      }
    }
  }
  return failures;
}
