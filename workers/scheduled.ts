// The jobs of each cron trigger. Runs may overlap: every job is safe to run twice.
import { afterCommit } from "../src/after-commit.ts";
import { deleteExpiredSessions } from "../src/auth/login/sessions.ts";
import { sweepOrphanedCovers } from "../src/catalog/covers/covers.ts";
import { setMissingSkuKeys } from "../src/catalog/products/sku-keys.ts";
import { indexStaleProducts } from "../src/catalog/search/indexing.ts";
import type { Base } from "../src/platform/context.ts";
import { resumeErasures } from "../src/erasure/sweep.ts";
import { resendUnsentEvents } from "../src/events/deliver.ts";
import { recordCronRun, type CronName } from "../src/health/cron-runs.ts";
import { deleteExpiredKeys } from "../src/idempotency/run-once.ts";
import { sweepOrphanedFiles, resumeStaleImports } from "../src/imports/jobs.ts";
import { deleteExpiredTokens } from "../src/auth/links/tokens.ts";
import { deleteOldMails, sendLateMails } from "../src/mail/jobs.ts";
import { deleteReplacedFiles } from "../src/lake/manifest.ts";
import { queueNightlyBuilds } from "../src/lake/jobs.ts";
import { cancelExpired } from "../src/purchases/cancel.ts";
import { retryDueRefunds } from "../src/purchases/payments/refund-payments.ts";
import { queueNightlyRollups, queueRollups } from "../src/rollups/jobs.ts";
import { deleteExpiredDeliveries, sendLateDeliveries } from "../src/webhooks/jobs.ts";
import { baseOf } from "./base.ts";

type Trigger = { name: CronName; jobs: ((ctx: Base) => Promise<void>)[] };

const triggers: Record<string, Trigger> = {
  "* * * * *": {
    name: "minute",
    jobs: [
      resumeStaleImports,
      cancelExpired,
      retryDueRefunds,
      resendUnsentEvents,
      sendLateDeliveries,
      sendLateMails,
      setMissingSkuKeys,
      indexStaleProducts,
      deleteReplacedFiles,
      (base) => resumeErasures(base),
    ],
  },
  "0 * * * *": { name: "hour", jobs: [queueRollups, queueNightlyBuilds] },
  "30 3 * * *": {
    name: "night",
    jobs: [
      deleteExpiredKeys,
      deleteExpiredSessions,
      deleteExpiredDeliveries,
      deleteExpiredTokens,
      deleteOldMails,
      queueNightlyRollups,
      sweepOrphanedFiles,
      sweepOrphanedCovers,
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
  const results = await Promise.allSettled(trigger.jobs.map((job) => job(base)));
  afterCommit(base);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  await recordCronRun(base, trigger.name);
}
