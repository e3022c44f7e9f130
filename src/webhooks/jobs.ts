// Jobs of the webhook queue. Deliveries are queued after the commit of their event; a sweep queues those whose message was lost.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";
import { again } from "../platform/sweeps.ts";

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

/** Queues the deliveries of these events, ordered by event. What fails here, the sweep queues again. */
export async function queueDeliveries(ctx: Base, events: EventRef[]): Promise<void> {
  const jobs = await ctx.db.all(
    deliveryRow,
    sql`SELECT d.tenant_id, d.endpoint_id, d.event_id, d.attempts FROM json_each(${JSON.stringify(events)}) AS ref
      CROSS JOIN webhook_endpoints w ON w.tenant_id = ref.value ->> 'tenant_id'
      CROSS JOIN webhook_deliveries d ON d.tenant_id = w.tenant_id AND d.endpoint_id = w.id
        AND d.event_id = ref.value ->> 'event_id'
      WHERE d.status = 'pending' AND d.attempts = 0 ORDER BY d.event_id`,
  );
  await sendAll(ctx.env.WEBHOOKS, jobs);
}

const RETENTION_MS = 30 * 24 * 3600 * 1000;

/** The time at which a delivery that ends now expires. */
export const expiryOf = (ctx: Base): string => new Date(ctx.now.getTime() + RETENTION_MS).toISOString();

const lateRow = DeliveryJob.omit({ kind: true }).extend({ status: z.string() });

/** SQL: whether the endpoint of delivery `d` exists and is enabled. */
export const hasEndpoint = sql.raw(`EXISTS (SELECT 1 FROM webhook_endpoints w
  WHERE w.tenant_id = d.tenant_id AND w.id = d.endpoint_id AND w.is_enabled = 1)`);

const LATE_AFTER_MS = 60_000;
const DELIVERIES_PER_PAGE = 1000;

/**
 * Queues deliveries that are overdue by a minute, the longest overdue first: their message or consumer was lost, or their
 * endpoint was busy. Their due time is reset, so that none is queued every minute. One message per endpoint is enough,
 * because the end of an attempt queues the next. Those whose endpoint is disabled or deleted fail. A page of a sweep.
 */
export async function sendLateDeliveries(ctx: Base): Promise<string | null> {
  const before = new Date(ctx.now.getTime() - LATE_AFTER_MS).toISOString();
  const late = await ctx.db.all(
    lateRow,
    sql`UPDATE webhook_deliveries AS d SET status = iif(${hasEndpoint}, status, 'failed'),
        last_error = iif(${hasEndpoint}, last_error, 'the webhook was disabled or deleted'),
        due_at = iif(${hasEndpoint}, ${ctx.now.toISOString()}, ${expiryOf(ctx)}) WHERE (tenant_id, endpoint_id, event_id) IN (
        SELECT tenant_id, endpoint_id, event_id FROM webhook_deliveries INDEXED BY webhook_deliveries_due
        WHERE status = 'pending' AND due_at < ${before} ORDER BY due_at LIMIT CAST(${DELIVERIES_PER_PAGE} AS INTEGER))
      RETURNING tenant_id, endpoint_id, event_id, attempts, status`,
  );
  const due = late.flatMap(({ status, ...row }) => (status === "pending" ? [deliveryRow.parse(row)] : []));
  const endpoints = Map.groupBy(due, ({ tenant_id, endpoint_id }) => `${tenant_id} ${endpoint_id}`);
  const first = [...endpoints.values()].flatMap((jobs) =>
    jobs.toSorted((one, other) => (one.event_id < other.event_id ? -1 : 1)).slice(0, 1),
  );
  await sendAll(ctx.env.WEBHOOKS, first);
  return again(late.length === DELIVERIES_PER_PAGE);
}

/**
 * The statement that fails the first thousand pending deliveries of an endpoint if the SQL condition `when` holds; the sweep fails the
 * others when they are due, and none of them is attempted.
 */
export const stopPending = (
  ctx: Base,
  tenantId: string,
  endpointId: string,
  reason: string,
  when: SQL = sql`true`,
): SQL =>
  sql`UPDATE webhook_deliveries SET status = 'failed', last_error = ${reason}, due_at = ${expiryOf(ctx)}
    WHERE tenant_id = ${tenantId} AND endpoint_id = ${endpointId} AND event_id IN (
      SELECT event_id FROM webhook_deliveries INDEXED BY webhook_deliveries_log
      WHERE tenant_id = ${tenantId} AND endpoint_id = ${endpointId} AND status = 'pending' LIMIT ${DELIVERIES_PER_PAGE})
    AND ${when}`;

const EXPIRED_PER_PAGE = 2000;

/** Deletes the deliveries of all shops that ended 30 days ago; a page of a sweep. */
export async function deleteExpiredDeliveries(ctx: Base): Promise<string | null> {
  const deleted = await ctx.db.all(
    z.object({ status: z.string() }),
    sql`DELETE FROM webhook_deliveries WHERE (tenant_id, endpoint_id, event_id) IN (
        SELECT tenant_id, endpoint_id, event_id FROM webhook_deliveries INDEXED BY webhook_deliveries_due
        WHERE status IN ('delivered', 'failed', 'dead') AND due_at < ${ctx.now.toISOString()}
        LIMIT ${EXPIRED_PER_PAGE})
      RETURNING status`,
  );
  return again(deleted.length === EXPIRED_PER_PAGE);
}
