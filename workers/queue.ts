// Queue -> consumer. Each message is acked or retried by itself; the work behind it may come twice.
import { tenantById } from "../src/auth/tenants.ts";
import type { Base, EventRef } from "../src/context.ts";
import { consumeEvents } from "../src/events/consume.ts";
import { storeDeadEvents } from "../src/events/dead-letters.ts";
import { deliver } from "../src/events/deliver.ts";
import { failImport, runImport } from "../src/imports/consume.ts";
import type { ImportJob } from "../src/imports/jobs.ts";
import { runLakeJob, type LakeJob } from "../src/lake/build.ts";
import { storeBatches } from "../src/lake/store.ts";
import { logFailure } from "../src/log.ts";
import { rebuildDirtyDays } from "../src/rollups/rebuild.ts";
import type { RollupJob } from "../src/rollups/run.ts";
import { baseOf } from "./base.ts";

export type Job = ImportJob | RollupJob | EventRef | LakeJob;

// As max_retries in wrangler.toml: the last attempt ends the import as failed.
const MAX_ATTEMPTS = 6;

async function doImport(ctx: Base, job: ImportJob, attempts: number): Promise<void> {
  const tenant = await tenantById(ctx, job.tenant_id);
  if (!tenant) return;
  try {
    if ((await runImport(ctx, tenant, job.import_id)) === "more") await ctx.env.IMPORTS.send(job);
  } catch (error) {
    if (attempts < MAX_ATTEMPTS) throw error;
    logFailure("import", error);
    await failImport(
      ctx,
      job.tenant_id,
      job.import_id,
      "It failed on our side, several times. Its stored rows stay.",
    );
  }
}

async function doLakeJob(ctx: Base, job: LakeJob): Promise<void> {
  if ((await runLakeJob(ctx, job)) === "more") await ctx.env.LAKE_JOBS.send(job);
}

async function each(name: string, batch: MessageBatch<Job>, baseOfOne: () => Base): Promise<void> {
  for (const message of batch.messages) {
    const base = baseOfOne();
    try {
      if ("import_id" in message.body) await doImport(base, message.body, message.attempts);
      else if (name === "lake") await doLakeJob(base, message.body);
      else await rebuildDirtyDays(base, message.body.tenant_id);
      message.ack();
    } catch (error) {
      logFailure(batch.queue, error);
      message.retry();
    }
    deliver(base);
  }
}

/** Takes all messages together; what has not acked or retried its message by itself before a failure is retried. */
async function together(batch: MessageBatch<Job>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logFailure(batch.queue, error);
    batch.retryAll();
  }
}

export async function queue(batch: MessageBatch<Job>, env: Env, ctx: ExecutionContext): Promise<void> {
  const name = batch.queue.replace(/^mostrador-((staging|production)-)?/, "");
  const base = baseOf(env, ctx);
  if (name === "events") await together(batch, () => consumeEvents(base, batch.messages, storeBatches));
  else if (name === "events-dead") await together(batch, () => storeDeadEvents(base, batch.messages));
  else await each(name, batch, () => baseOf(env, ctx));
}
