// In the first hour of a shop's local day, and on request, all dirty partitions of past days and a snapshot of the products are built,
// and old events are deleted from D1.
// A late batch has its single partition built, whether or not the day is over.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { findTenantIncludingClosed } from "../auth/shops/tenants.ts";
import { claimNewEvents } from "../events/claim.ts";
import { queueExport } from "../events/deliver.ts";
import { retainedSince } from "../events/retention.ts";
import type { Base, Ctx, Tenant } from "../platform/context.ts";
import { dayOf, addDays } from "../values/days.ts";
import { firstIdAt } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { sendAll } from "../platform/send-all.ts";
import { rebuildDirtyDays } from "../rollups/rebuild.ts";
import { buildPartition } from "./build/build.ts";
import { markPartitionDirty } from "./manifest.ts";
import { DATASETS, type Partition } from "./partitions.ts";
import { purgeEvents } from "./purge-events.ts";
import type { LakePartitionJob } from "./build/store.ts";

/** Builds all dirty partitions of a shop; `exports` if its open events are to be exported now, too. */
export const LakeNightJob = z.object({
  kind: z.literal("lake-night"),
  tenant_id: z.string(),
  exports: z.boolean().optional(),
});
export type LakeJob = z.infer<typeof LakeNightJob> | LakePartitionJob;

// Half of what D1 accepts per invocation; another message continues.
const MAX_STATEMENTS_PER_MESSAGE = 500;
const PAGE_SIZE = 50;
const DAY_MS = 86_400_000;

const isSpent = (ctx: Base): boolean => ctx.db.cost.statements > MAX_STATEMENTS_PER_MESSAGE;

const shopRow = z.object({ tenant_id: z.string(), timezone: z.string(), night: z.string() });

const SHOPS_PER_PAGE = 200;

/**
 * Sends one message for each shop whose last nightly build was before its current day. A closed shop gets one while it has events to
 * delete. Reads five rows per shop, in pages.
 */
export async function queueNightlyBuilds(ctx: Base): Promise<void> {
  const old = firstIdAt(new Date(retainedSince(ctx.now).getTime() - DAY_MS));
  for (let after: string | undefined = ""; after !== undefined;) {
    const shops: z.infer<typeof shopRow>[] = await ctx.db.all(
      shopRow,
      sql`SELECT t.id AS tenant_id, t.timezone, CASE
          WHEN EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = t.id AND e.id < ${old}) OR t.is_active = 1
            AND (EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = t.id)
              OR EXISTS (SELECT 1 FROM lake_days d WHERE d.tenant_id = t.id AND d.built < d.version))
          THEN coalesce(s.night, '') ELSE '9' END AS night
        FROM tenants t LEFT JOIN lake_shops s ON s.tenant_id = t.id WHERE t.id > ${after}
        ORDER BY t.id LIMIT ${SHOPS_PER_PAGE}`,
    );
    const due = shops.filter(({ timezone, night }) => night < dayOf(ctx.now, timezone));
    if (due.length > 0) {
      await recordRequest(ctx, due);
      await sendAll(
        ctx.env.LAKE_JOBS,
        due.map(({ tenant_id }): LakeJob => ({ kind: "lake-night", tenant_id })),
      );
    }
    after = shops.length < SHOPS_PER_PAGE ? undefined : shops.at(-1)?.tenant_id;
  }
}

/** Records when the dirty days of these shops that are over in every time zone were first requested. */
const recordRequest = (ctx: Base, shops: { tenant_id: string }[]): Promise<void> =>
  ctx.db.run(sql`UPDATE lake_days INDEXED BY lake_days_touched SET asked_at = ${ctx.now.toISOString()}
    WHERE built < version AND asked_at IS NULL AND dataset <> 'products'
      AND day < ${addDays(ctx.now.toISOString().slice(0, 10), -1)}
      AND tenant_id IN (SELECT value ->> 'tenant_id' FROM json_each(${JSON.stringify(shops)}))`);

/** Sends the message that exports this shop's open events and builds its dirty partitions. */
export const queueLakeBuild = async (ctx: Ctx): Promise<void> => {
  await ctx.env.LAKE_JOBS.send({
    kind: "lake-night",
    tenant_id: ctx.tenant.id,
    exports: true,
  } satisfies LakeJob);
};

/** The number of past days and months that have changed since they were built. One round trip. */
export async function lakeStatus(ctx: Ctx): Promise<{ touched: number }> {
  const isPastDay = isPast(ctx.tenant.id, dayOf(ctx.now, ctx.tenant.timezone));
  const [row] = await ctx.db.all(
    z.object({ touched: z.number() }),
    sql`SELECT count(*) AS touched FROM (
      SELECT day FROM lake_days INDEXED BY lake_days_touched WHERE built < version AND dataset <> 'products' AND ${isPastDay}
      UNION ALL SELECT day FROM dirty_days WHERE ${isPastDay})`,
  );
  return { touched: row?.touched ?? 0 };
}

const isPast = (tenantId: string, today: string) => sql`tenant_id = ${tenantId} AND day < ${today}`;

/** Runs a job. Resolves to "more" when another message must continue it. */
export async function runLakeJob(ctx: Base, job: LakeJob): Promise<"more" | "done"> {
  const tenant = await findTenantIncludingClosed(ctx, job.tenant_id);
  if (!tenant) return "done";
  if (job.kind === "lake-night" && job.exports) {
    await claimNewEvents(ctx);
    await queueExport(ctx, [tenant.id]);
  }
  // Rebuilding a day's totals marks its partitions dirty.
  if ((await rebuildDirtyDays(ctx, tenant.id)).more) return "more";
  if (job.kind === "lake-partition") {
    await buildPartition(ctx, tenant, job.partition);
    return "done";
  }
  const today = dayOf(ctx.now, tenant.timezone);
  const failures = await buildDirtyPartitions(ctx, tenant, today);
  if (failures === "more" || (await purgeEvents(ctx, tenant, () => isSpent(ctx))) === "more") return "more";
  const snapshot: Partition = { dataset: "products", day: today };
  await markPartitionDirty(ctx, tenant.id, snapshot);
  await buildPartition(ctx, tenant, snapshot);
  // Until the day is recorded, a retry or the next hour builds again.
  if (failures.length > 0) throw failures[0];
  await ctx.db.run(sql`INSERT INTO lake_shops (tenant_id, revision, night) VALUES (${tenant.id}, 0, ${today})
    ON CONFLICT (tenant_id) DO UPDATE SET night = excluded.night`);
  return "done";
}

const partitionRow = z.object({ dataset: z.enum(DATASETS), day: z.string() });

/** Builds the dirty partitions of past days, months last. Returns the failures, which do not stop other partitions of the page. */
async function buildDirtyPartitions(ctx: Base, tenant: Tenant, today: string): Promise<"more" | unknown[]> {
  const failures: unknown[] = [];
  for (let hasBuilt = true; hasBuilt && failures.length === 0;) {
    const dirty = await ctx.db.all(
      partitionRow,
      sql`SELECT dataset, day FROM lake_days INDEXED BY lake_days_touched
        WHERE built < version AND ${isPast(tenant.id, today)} AND dataset <> 'products'
        ORDER BY dataset = 'daily_summary', dataset, day LIMIT ${PAGE_SIZE}`,
    );
    hasBuilt = false;
    for (const partition of dirty) {
      if (isSpent(ctx)) return "more";
      try {
        // A partition that keeps changing waits for the next night.
        if (await buildPartition(ctx, tenant, partition)) hasBuilt = true;
      } catch (error) {
        logFailure("lake", error);
        failures.push(error);
      }
    }
  }
  return failures;
}
