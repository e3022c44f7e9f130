// The ETL brings the daily tables up to date. It may run twice, overlap, be late or end at any statement: each step is one batch.
import { sql } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { nextStep, runStep } from "./advance.ts";

/** About 400 of the 1,000 D1 statements of an invocation. */
const STEPS_PER_MESSAGE = 10;
export const MAX_DAYS_PER_MESSAGE = 1_800;

// Sales take less than this from their `placed_at` to their commit; one that takes longer is late.
const LAG_MS = 1_000;

/**
 * Builds the dirty days of a shop and returns their number. `more` if another message must continue. Four queries for each 300 days,
 * 2,000 sales or 20,000 lines.
 */
export async function rebuildDirtyDays(
  ctx: Base,
  tenantId: string,
): Promise<{ days: number; more: boolean }> {
  const startedAt = new Date().toISOString();
  let days = 0;
  for (let steps = 0; steps < STEPS_PER_MESSAGE && days < MAX_DAYS_PER_MESSAGE; steps += 1) {
    const step = await nextStep(ctx, tenantId, { isRebuild: true, before: null });
    const total = days + step.finished.length;
    const isDone = await runStep(ctx, tenantId, step, [
      sql`INSERT INTO rollup_runs (tenant_id, started_at, finished_at, days)
        VALUES (${tenantId}, ${startedAt}, ${new Date().toISOString()}, ${total})
        ON CONFLICT (tenant_id) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
          days = excluded.days`,
    ]);
    if (!isDone) continue;
    days = total;
    if (!step.hasMore) return { days, more: false };
  }
  return { days, more: true };
}

/** Adds up to 2,000 sales of days that need no rebuild, except those of the last second. Four queries. */
export async function advanceDays(ctx: Base, tenantId: string): Promise<void> {
  const before = new Date(ctx.now.getTime() - LAG_MS);
  await runStep(ctx, tenantId, await nextStep(ctx, tenantId, { isRebuild: false, before }));
}
