// Cron expression -> job. Two runs may overlap: each job is safe to run twice.
import { forgetOldSessions } from "../src/auth/sessions.ts";
import type { Base } from "../src/context.ts";
import { forgetOldKeys } from "../src/idempotency/once.ts";
import { resumeStaleImports } from "../src/imports/jobs.ts";
import { cancelExpired } from "../src/purchases/cancel.ts";
import { queueRollups } from "../src/rollups/run.ts";
import { baseOf } from "./base.ts";

const jobs: Record<string, (ctx: Base) => Promise<void>> = {
  "* * * * *": async (ctx) => {
    await Promise.all([resumeStaleImports(ctx), cancelExpired(ctx)]);
  },
  "0 * * * *": queueRollups,
  "30 3 * * *": async (ctx) => {
    await forgetOldKeys(ctx);
    await forgetOldSessions(ctx);
  },
};

export async function scheduled(event: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
  const job = jobs[event.cron];
  if (!job) throw new Error(`no job for the cron ${event.cron}`);
  await job(baseOf(env, ctx));
}
