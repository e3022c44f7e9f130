// The queue consumer. Messages are acknowledged or retried one by one; the work behind them may run twice.
import { z } from "zod";
import { afterCommit } from "../src/after-commit.ts";
import { tenantById } from "../src/auth/shops/tenants.ts";
import { consumeEvents } from "../src/events/consume.ts";
import { storeDeadLetters } from "../src/events/dead-letters.ts";
import type { EventMessage, ExportMessage } from "../src/events/deliver.ts";
import { failImport, runImport } from "../src/imports/consume.ts";
import { hasAdvanced, ImportJob } from "../src/imports/jobs.ts";
import { LakePartitionJob, storeBatches } from "../src/lake/build/store.ts";
import { LakeNightJob, runLakeJob, type LakeJob } from "../src/lake/jobs.ts";
import type { Base } from "../src/platform/context.ts";
import { logFailure, logMessage } from "../src/platform/log.ts";
import { continueTrace, traceOf, withTrace } from "../src/platform/trace.ts";
import { SweepJob } from "../src/platform/sweeps.ts";
import { buildProducts } from "../src/recommendations/build.ts";
import { buildTimelines } from "../src/rollups/build-timelines.ts";
import { buildMonths } from "../src/rollups/months.ts";
import { rebuildDirtyDays } from "../src/rollups/rebuild.ts";
import { ProductJob, queueProducts, queueRollup, RollupJob } from "../src/rollups/jobs.ts";
import { composers } from "../src/mail-composers.ts";
import { MailJob } from "../src/mail/jobs.ts";
import { sendMail } from "../src/mail/send.ts";
import { countStock, StockJob } from "../src/rollups/stock.ts";
import { attemptDelivery } from "../src/webhooks/attempt.ts";
import { DeliveryJob } from "../src/webhooks/jobs.ts";
import { baseOf } from "./base.ts";
import { beginSweep, continueSweep } from "./sweeps.ts";

const JobMessage = z.discriminatedUnion("kind", [
  ImportJob,
  RollupJob,
  ProductJob,
  StockJob,
  LakeNightJob,
  LakePartitionJob,
  DeliveryJob,
  MailJob,
  SweepJob,
]);

type JobMessage = z.infer<typeof JobMessage>;

export type QueueMessage = JobMessage | z.infer<typeof EventMessage | typeof ExportMessage>;

/** One more than `max_retries` of the imports queue in wrangler.toml: the last attempt ends the import as failed. */
export const MAX_IMPORT_ATTEMPTS = 6;

const WAIT_FOR_UNDO_SECONDS = 5;

async function handleImport(ctx: Base, job: ImportJob, attempts: number): Promise<void> {
  const tenant = await tenantById(ctx, job.tenant_id);
  if (!tenant) return;
  try {
    const outcome = await runImport(ctx, tenant, job.import_id);
    if (outcome === "more") await ctx.env.IMPORTS.send(job);
    if (outcome === "later") await ctx.env.IMPORTS.send(job, { delaySeconds: WAIT_FOR_UNDO_SECONDS });
    // Until then each list with facets reads all changed products.
    if (outcome === "ended") await beginSweep(ctx, "stale-facets");
  } catch (error) {
    // An import that progressed continues with a new message and all its attempts: only repeated standstill ends it.
    const hasProgressed = await hasAdvanced(ctx, job);
    if (attempts < MAX_IMPORT_ATTEMPTS && !hasProgressed) throw error;
    logFailure("import", error);
    if (hasProgressed) {
      await ctx.env.IMPORTS.send(job);
      return;
    }
    await failImport(
      ctx,
      job.tenant_id,
      job.import_id,
      "The import failed repeatedly because of an internal error. The rows stored so far remain.",
    );
  }
}

async function handleRollup(ctx: Base, job: RollupJob): Promise<void> {
  const { more } = await rebuildDirtyDays(ctx, job.tenant_id);
  // Also while days are left, so that few months of a large import are read by their days.
  const moreMonths = await buildMonths(ctx, job.tenant_id);
  const moreTimelines = await buildTimelines(ctx, job.tenant_id);
  if (more || moreMonths || moreTimelines) await queueRollup(ctx, job);
  else if (job.products)
    await queueProducts(ctx, { kind: "product-counts", tenant_id: job.tenant_id, products_after: "" });
}

async function handleProducts(ctx: Base, job: ProductJob): Promise<void> {
  const next = await buildProducts(ctx, job);
  if (next) await queueProducts(ctx, next);
}

async function handleStock(ctx: Base, job: StockJob): Promise<void> {
  const tenant = await tenantById(ctx, job.tenant_id);
  if (tenant) await countStock(ctx, tenant);
}

async function handleLake(ctx: Base, job: LakeJob): Promise<void> {
  if ((await runLakeJob(ctx, job)) === "more") await ctx.env.LAKE_JOBS.send(job);
}

async function handle(ctx: Base, job: JobMessage, attempts: number): Promise<void> {
  switch (job.kind) {
    case "import":
      await handleImport(ctx, job, attempts);
      break;
    case "rollup":
      await handleRollup(ctx, job);
      break;
    case "product-counts":
      await handleProducts(ctx, job);
      break;
    case "stock":
      await handleStock(ctx, job);
      break;
    case "lake-night":
    case "lake-partition":
      await handleLake(ctx, job);
      break;
    case "webhook-delivery":
      await attemptDelivery(ctx, job);
      break;
    case "mail":
      await sendMail(ctx, composers, job);
      break;
    case "sweep":
      await continueSweep(ctx, job.name, job.after);
      break;
    default:
      job satisfies never;
  }
}

async function consumeJob(queue: string, message: Message, ctx: Base): Promise<void> {
  const { attempts } = message;
  try {
    const job = JobMessage.parse(message.body);
    const tenant_id = "tenant_id" in job ? job.tenant_id : null;
    ctx.db.enterShop(tenant_id);
    await handle(ctx, job, attempts);
    message.ack();
    const ms = Date.now() - ctx.now.getTime();
    // Locally, the lines of an import would bury those of requests, and a line that comes after the last test hangs the test runner.
    if (ctx.env.ENVIRONMENT !== "local")
      logMessage({ queue, kind: job.kind, tenant_id, attempts, ms, d1: ctx.db.cost });
  } catch (error) {
    logFailure(queue, error);
    message.retry();
  }
  afterCommit(ctx);
}

/** Consumes a message within the trace of the request that caused it. */
function consumeTraced(queue: string, message: Message, env: Env, ctx: ExecutionContext): Promise<void> {
  const trace = continueTrace(traceOf(message.body));
  return withTrace(trace, () => consumeJob(queue, message, baseOf(env, ctx, trace)));
}

/** Consumes all messages together; those that were not acknowledged before a failure are retried. */
async function consumeTogether(batch: MessageBatch, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logFailure(batch.queue, error);
    batch.retryAll();
  }
}

export async function queue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void> {
  const name = batch.queue.replace(/^mostrador-((staging|production)-)?/, "");
  const base = baseOf(env, ctx);
  if (name === "events")
    await consumeTogether(batch, () => consumeEvents(base, batch.messages, storeBatches));
  else if (name === "events-dead") await consumeTogether(batch, () => storeDeadLetters(base, batch.messages));
  else if (name === "webhooks")
    await Promise.all(batch.messages.map((message) => consumeTraced(name, message, env, ctx)));
  // The other queues have max_batch_size = 1 in wrangler.toml.
  else for (const message of batch.messages) await consumeTraced(name, message, env, ctx);
}
