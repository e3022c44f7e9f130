// What each cron trigger begins. Runs may overlap: everything is safe to run twice.
import { afterCommit } from "../src/after-commit.ts";
import type { Base } from "../src/platform/context.ts";
import { queueExports } from "../src/events/deliver.ts";
import { recordCronRun, type CronName } from "../src/health/cron-runs.ts";
import { queueNightlyBuilds } from "../src/lake/jobs.ts";
import { queueLaggingRollups, queueNightlyRollups, queueRollups } from "../src/rollups/jobs.ts";
import { queueStockCounts } from "../src/rollups/stock.ts";
import { baseOf } from "./base.ts";
import { beginSweep, type SweepName } from "./sweeps.ts";

type Trigger = { name: CronName; jobs: ((ctx: Base) => Promise<void>)[]; sweeps: SweepName[] };

const triggers: Record<string, Trigger> = {
  "* * * * *": {
    name: "minute",
    jobs: [queueExports, queueLaggingRollups],
    sweeps: [
      "stale-imports",
      "expired-holds",
      "due-refunds",
      "late-deliveries",
      "late-mails",
      "missing-sku-keys",
      "missing-offsets",
      "unbuilt-shifts",
      "missing-customers",
      "stale-products",
      "stale-facets",
      "replaced-files",
      "erasures",
      "customer-merges",
    ],
  },
  "0 * * * *": {
    name: "hour",
    jobs: [queueRollups, queueNightlyBuilds],
    sweeps: ["weekly-reports", "daily-summaries"],
  },
  "30 3 * * *": {
    name: "night",
    jobs: [queueNightlyRollups, queueStockCounts],
    sweeps: [
      "expired-keys",
      "expired-sessions",
      "expired-deliveries",
      "expired-tokens",
      "expired-device-grants",
      "expired-carts",
      "expired-order-tokens",
      "old-mails",
      "orphaned-files",
      "orphaned-covers",
    ],
  },
};

/** The cron expressions that have jobs. */
export const CRONS = Object.keys(triggers);

/** Runs all jobs of the trigger even when one fails, and records a complete run. @throws the first failure */
export async function scheduled(event: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
  const trigger = triggers[event.cron];
  if (!trigger) throw new Error(`no jobs for the cron trigger ${event.cron}`);
  const base = baseOf(env, ctx);
  const results = await Promise.allSettled([
    ...trigger.jobs.map((job) => job(base)),
    ...trigger.sweeps.map((name) => beginSweep(base, name)),
  ]);
  afterCommit(base);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  await recordCronRun(base, trigger.name);
}
