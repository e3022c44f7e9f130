// Queue -> consumer. Each message is acked or retried by itself; the work behind it may come twice.
import { tenantById } from "../src/auth/shops/tenants.ts";
import type { Base, EventRef } from "../src/platform/context.ts";
import { consumeEvents } from "../src/events/consume.ts";
import { storeDeadLetters } from "../src/events/dead-letters.ts";
import { sendOutbox } from "../src/events/deliver.ts";
import { failImport, runImport } from "../src/imports/consume.ts";
import { hasMoved, type ImportJob } from "../src/imports/jobs.ts";
import { runLakeJob, type LakeJob } from "../src/lake/night.ts";
import { storeBatches } from "../src/lake/build/store.ts";
import { logFailure } from "../src/platform/log.ts";
import { buildProducts } from "../src/recommendations/night.ts";
import { MAX_DAYS_PER_MESSAGE, rebuildDirtyDays } from "../src/rollups/rebuild.ts";
import { queueProducts, queueRollup, type ProductJob, type RollupJob } from "../src/rollups/run.ts";
import { attemptDelivery } from "../src/webhooks/attempt.ts";
import { queueDeliveries, type DeliveryJob } from "../src/webhooks/jobs.ts";
import { baseOf } from "./base.ts";

export type Job = ImportJob | RollupJob | ProductJob | EventRef | DeliveryJob | LakeJob;

// As max_retries in wrangler.toml: the last attempt ends the import as failed.
export const MAX_ATTEMPTS = 6;

async function doImport(ctx: Base, job: ImportJob, attempts: number): Promise<void> {
  const tenant = await tenantById(ctx, job.tenant_id);
  if (!tenant) return;
  try {
    if ((await runImport(ctx, tenant, job.import_id)) === "more") await ctx.env.IMPORTS.send(job);
  } catch (error) {
    // What has come further is a new message, with all its attempts: only standing still so often ends an import.
    const isFurther = await hasMoved(ctx, job);
    if (attempts < MAX_ATTEMPTS && !isFurther) throw error;
    logFailure("import", error);
    if (isFurther) {
      await ctx.env.IMPORTS.send(job);
      return;
    }
    await failImport(
      ctx,
      job.tenant_id,
      job.import_id,
      "It failed on our side, several times. Its stored rows stay.",
    );
  }
}

async function doRollup(ctx: Base, job: RollupJob): Promise<void> {
  if ((await rebuildDirtyDays(ctx, job.tenant_id)) >= MAX_DAYS_PER_MESSAGE) await queueRollup(ctx, job);
  else if (job.products) await queueProducts(ctx, { tenant_id: job.tenant_id, products_after: "" });
}

async function doProducts(ctx: Base, job: ProductJob): Promise<void> {
  const next = await buildProducts(ctx, job);
  if (next) await queueProducts(ctx, next);
}

async function doLakeJob(ctx: Base, job: LakeJob): Promise<void> {
  if ((await runLakeJob(ctx, job)) === "more") await ctx.env.LAKE_JOBS.send(job);
}

async function one(queue: string, message: Message<Job>, base: Base): Promise<void> {
  const { body } = message;
  try {
    if (queue === "webhooks") await attemptDelivery(base, body);
    else if ("import_id" in body) await doImport(base, body, message.attempts);
    else if (queue === "lake") await doLakeJob(base, body);
    else if ("products_after" in body) await doProducts(base, body);
    else await doRollup(base, { tenant_id: body.tenant_id, products: "products" in body && body.products });
    message.ack();
  } catch (error) {
    logFailure(queue, error);
    message.retry();
  }
  sendOutbox(base);
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
  if (name === "events")
    await together(batch, () => consumeEvents(base, batch.messages, queueDeliveries, storeBatches));
  else if (name === "events-dead") await together(batch, () => storeDeadLetters(base, batch.messages));
  // Imports and webhooks come one a batch: see wrangler.toml.
  else for (const message of batch.messages) await one(name, message, baseOf(env, ctx));
}
