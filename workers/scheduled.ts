// Cron expression -> job. Two runs may overlap: each job is safe to run twice.
import { deleteExpiredSessions } from "../src/auth/login/sessions.ts";
import { sweepOrphanedCovers } from "../src/catalog/covers/covers.ts";
import { indexStaleProducts } from "../src/catalog/search/indexing.ts";
import type { Base } from "../src/platform/context.ts";
import { resumeErasures } from "../src/erasure/sweep.ts";
import { sendOutbox, resendUnsentEvents } from "../src/events/deliver.ts";
import { recordCronRun, type CronName } from "../src/health/cron-runs.ts";
import { deleteExpiredKeys } from "../src/idempotency/run-once.ts";
import { sweepOrphanedFiles, resumeStaleImports } from "../src/imports/jobs.ts";
import { deleteDroppedFiles } from "../src/lake/manifest.ts";
import { queueLakeNights } from "../src/lake/night.ts";
import { cancelExpired } from "../src/purchases/cancel.ts";
import { retryDueRefunds } from "../src/purchases/payments/refund-payments.ts";
import { queueNight, queueRollups } from "../src/rollups/run.ts";
import { forgetOldDeliveries, sendLateDeliveries } from "../src/webhooks/jobs.ts";
import { baseOf } from "./base.ts";

type Jobs = { clock: CronName; parts: ((ctx: Base) => Promise<void>)[] };

const jobs: Record<string, Jobs> = {
  "* * * * *": {
    clock: "minute",
    parts: [
      resumeStaleImports,
      cancelExpired,
      retryDueRefunds,
      resendUnsentEvents,
      sendLateDeliveries,
      indexStaleProducts,
      deleteDroppedFiles,
      (base) => resumeErasures(base),
    ],
  },
  "0 * * * *": { clock: "hour", parts: [queueRollups, queueLakeNights] },
  "30 3 * * *": {
    clock: "night",
    parts: [
      deleteExpiredKeys,
      deleteExpiredSessions,
      forgetOldDeliveries,
      queueNight,
      sweepOrphanedFiles,
      sweepOrphanedCovers,
    ],
  },
};

/** Does all of them, even where one fails, and notes that they ended well; then the first failure is thrown. */
export async function scheduled(event: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
  const job = jobs[event.cron];
  if (!job) throw new Error(`no job for the cron ${event.cron}`);
  const base = baseOf(env, ctx);
  const ended = await Promise.allSettled(job.parts.map((part) => part(base)));
  sendOutbox(base);
  const failed = ended.find((each) => each.status === "rejected");
  if (failed) throw failed.reason;
  await recordCronRun(base, job.clock);
}
