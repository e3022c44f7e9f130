// What the queue of webhooks is told, and who tells it: the consumer of events at once, a sweep where that was lost.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";

/** Identifies a delivery and the number of its attempts so far: once it has been attempted again, the job is obsolete. */
export const DeliveryJob = z.object({
  kind: z.literal("webhook-delivery"),
  tenant_id: z.string(),
  endpoint_id: z.string(),
  event_id: z.string(),
  attempts: z.number(),
});
export type DeliveryJob = z.infer<typeof DeliveryJob>;

/** A row of `webhook_deliveries` as the job that attempts it. */
export const deliveryRow = DeliveryJob.omit({ kind: true }).transform((row): DeliveryJob => ({
  kind: "webhook-delivery",
  ...row,
}));

// What Queues take at once.
const MESSAGES_A_BATCH = 100;

async function send(ctx: Base, jobs: DeliveryJob[]): Promise<void> {
  for (let at = 0; at < jobs.length; at += MESSAGES_A_BATCH)
    await ctx.env.WEBHOOKS.sendBatch(jobs.slice(at, at + MESSAGES_A_BATCH).map((body) => ({ body })));
}

/** Sends the deliveries of these events to the queue, in the order of the events. What fails is logged: the sweep makes up for it. */
export async function queueDeliveries(ctx: Base, events: EventRef[]): Promise<void> {
  try {
    const jobs = await ctx.db.all(
      deliveryRow,
      sql`SELECT d.tenant_id, d.endpoint_id, d.event_id, d.attempts FROM json_each(${JSON.stringify(events)}) AS told
        CROSS JOIN webhook_endpoints w ON w.tenant_id = told.value ->> 'tenant_id'
        CROSS JOIN webhook_deliveries d ON d.tenant_id = w.tenant_id AND d.endpoint_id = w.id
          AND d.event_id = told.value ->> 'event_id'
        WHERE d.status = 'pending' AND d.attempts = 0 ORDER BY d.event_id`,
    );
    await send(ctx, jobs);
  } catch (error) {
    logFailure("webhook queue", error);
  }
}

const LATE_MS = 60_000;
const A_SWEEP = 1000;

/**
 * Sends deliveries again that should have been tried a minute ago, the longest due first: their message or their consumer
 * was lost, or their endpoint was busy. They are due anew, so none is sent each minute; of each endpoint one message is
 * enough, for the end of an attempt sends the next.
 */
export async function sendLateDeliveries(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - LATE_MS).toISOString();
  const late = await ctx.db.all(
    deliveryRow,
    sql`UPDATE webhook_deliveries SET due_at = ${ctx.now.toISOString()} WHERE (tenant_id, endpoint_id, event_id) IN (
        SELECT tenant_id, endpoint_id, event_id FROM webhook_deliveries INDEXED BY webhook_deliveries_due
        WHERE status = 'pending' AND due_at < ${before} ORDER BY due_at LIMIT CAST(${A_SWEEP} AS INTEGER))
      RETURNING tenant_id, endpoint_id, event_id, attempts`,
  );
  const endpoints = Map.groupBy(late, ({ tenant_id, endpoint_id }) => `${tenant_id} ${endpoint_id}`);
  const first = [...endpoints.values()].flatMap((jobs) =>
    jobs.toSorted((one, other) => (one.event_id < other.event_id ? -1 : 1)).slice(0, 1),
  );
  await send(ctx, first);
}

const KEPT_MS = 30 * 24 * 3600 * 1000;

/** When a delivery that ends now is forgotten. */
export const forgottenAt = (ctx: Base): string => new Date(ctx.now.getTime() + KEPT_MS).toISOString();

/** The statement that ends what is pending for an endpoint, where `when` is so. */
export const stopPending = (
  ctx: Base,
  tenantId: string,
  endpointId: string,
  reason: string,
  when: SQL = sql`true`,
): SQL =>
  sql`UPDATE webhook_deliveries INDEXED BY webhook_deliveries_log
    SET status = 'failed', last_error = ${reason}, due_at = ${forgottenAt(ctx)}
    WHERE tenant_id = ${tenantId} AND endpoint_id = ${endpointId} AND status = 'pending' AND ${when}`;

const ROWS_A_STATEMENT = 2000;
const STATEMENTS_A_NIGHT = 50;

/** Forgets deliveries of all shops that ended 30 days ago; a nightly job, in bounded statements. */
export async function forgetOldDeliveries(ctx: Base): Promise<void> {
  for (let done = 0; done < STATEMENTS_A_NIGHT; done += 1) {
    const forgotten = await ctx.db.all(
      z.object({ status: z.string() }),
      sql`DELETE FROM webhook_deliveries WHERE (tenant_id, endpoint_id, event_id) IN (
          SELECT tenant_id, endpoint_id, event_id FROM webhook_deliveries INDEXED BY webhook_deliveries_due
          WHERE status IN ('delivered', 'failed', 'dead') AND due_at < ${ctx.now.toISOString()}
          LIMIT ${ROWS_A_STATEMENT})
        RETURNING status`,
    );
    if (forgotten.length < ROWS_A_STATEMENT) return;
  }
}
