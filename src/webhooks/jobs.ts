// Jobs of the webhook queue. Deliveries are queued after the commit of their event; a sweep queues those whose message was lost.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { sendAll } from "../platform/send-all.ts";
import { again } from "../platform/sweeps.ts";
import { isOpen } from "./circuit.ts";

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

const queuedRow = DeliveryJob.omit({ kind: true }).extend({ open_until: z.string().nullable() });

// The greatest difference between the clocks of two machines.
export const CLOCK_SKEW_MS = 2000;
// How long the message of a delivery is assumed to be in the queue.
const IN_QUEUE_MS = 5000;

/**
 * Queues the deliveries of these events, ordered by event, unless their endpoint has an attempt in flight or an earlier delivery in the
 * queue: its end queues the next. So an endpoint has about one message in the queue, however many events its shop has. If the
 * circuit is open, the message is delayed until the probe. What fails here, the sweep queues again.
 */
export async function queueDeliveries(ctx: Base, events: EventRef[]): Promise<void> {
  const at = (ms: number): string => new Date(ctx.now.getTime() + ms).toISOString();
  const isQueued = sql`iif(${isOpen("w", at(0))}, h.due_at <= w.open_until,
    h.attempts = 0 AND h.due_at BETWEEN ${at(-IN_QUEUE_MS)} AND ${at(CLOCK_SKEW_MS)})`;
  const rows = await ctx.db.all(
    queuedRow,
    sql`SELECT d.tenant_id, d.endpoint_id, d.event_id, d.attempts, iif(${isOpen("w", at(0))}, w.open_until, NULL) AS open_until
      FROM json_each(${JSON.stringify(events)}) AS ref
      CROSS JOIN webhook_endpoints w ON w.tenant_id = ref.value ->> 'tenant_id'
      CROSS JOIN webhook_deliveries d ON d.tenant_id = w.tenant_id AND d.endpoint_id = w.id
        AND d.event_id = ref.value ->> 'event_id'
      WHERE d.status = 'pending' AND d.attempts = 0 AND coalesce(w.busy_until <= ${at(0)}, 1) AND NOT EXISTS (
        SELECT 1 FROM (SELECT event_id, attempts, due_at FROM webhook_deliveries INDEXED BY webhook_deliveries_log
          WHERE tenant_id = d.tenant_id AND endpoint_id = d.endpoint_id AND status = 'pending' ORDER BY event_id LIMIT 1) AS h
        WHERE h.event_id < d.event_id AND ${isQueued})
      ORDER BY d.event_id`,
  );
  for (const [openUntil, waiting] of Map.groupBy(rows, (row) => row.open_until)) {
    const delaySeconds =
      openUntil === null ? 0 : Math.ceil((Date.parse(openUntil) - ctx.now.getTime()) / 1000);
    const jobs = waiting.map((row) => deliveryRow.parse(row));
    await sendAll(ctx.env.WEBHOOKS, jobs, delaySeconds);
  }
}

const RETENTION_MS = 30 * 24 * 3600 * 1000;

/** The time at which a delivery that ends now expires. */
export const expiryOf = (ctx: Base): string => new Date(ctx.now.getTime() + RETENTION_MS).toISOString();

const lateRow = DeliveryJob.omit({ kind: true }).extend({ status: z.string(), is_open: sqlBoolean });

/** SQL: whether the endpoint of delivery `d` exists and is enabled. */
export const hasEndpoint = sql.raw(`EXISTS (SELECT 1 FROM webhook_endpoints w
  WHERE w.tenant_id = d.tenant_id AND w.id = d.endpoint_id AND w.is_enabled = 1)`);

const LATE_AFTER_MS = 60_000;
const DELIVERIES_PER_PAGE = 1000;
// The number of overdue deliveries among which a page gives each shop its share.
const MAX_LATE = 5000;

/** The jobs in turns, of which each has one of every shop. */
function inTurns(jobs: DeliveryJob[]): DeliveryJob[] {
  const shops = [...Map.groupBy(jobs, ({ tenant_id }) => tenant_id).values()];
  const turns = Math.max(0, ...shops.map((each) => each.length));
  return Array.from({ length: turns }, (_, turn) =>
    shops.flatMap((each) => each.slice(turn, turn + 1)),
  ).flat();
}

/**
 * Queues deliveries that are overdue by a minute, those of each shop in turn: their message or consumer was lost, or their endpoint was
 * busy. Their due time is reset, so that none is queued every minute; if the circuit of their endpoint is open, to that of the
 * probe. One message per endpoint is enough, because the end of an attempt queues the next. Those whose endpoint is disabled
 * or deleted fail. A page of a sweep.
 */
export async function sendLateDeliveries(ctx: Base): Promise<string | null> {
  const now = ctx.now.toISOString();
  const before = new Date(ctx.now.getTime() - LATE_AFTER_MS).toISOString();
  const openUntil = sql`(SELECT w.open_until FROM webhook_endpoints w
    WHERE w.tenant_id = d.tenant_id AND w.id = d.endpoint_id AND ${isOpen("w", now)})`;
  const late = await ctx.db.all(
    lateRow,
    sql`UPDATE webhook_deliveries AS d SET status = iif(${hasEndpoint}, status, 'failed'),
        last_error = iif(${hasEndpoint}, last_error, 'the webhook was disabled or deleted'),
        due_at = iif(${hasEndpoint}, coalesce(${openUntil}, ${now}), ${expiryOf(ctx)})
      WHERE (tenant_id, endpoint_id, event_id) IN (
        SELECT tenant_id, endpoint_id, event_id FROM (
          SELECT tenant_id, endpoint_id, event_id, due_at, row_number() OVER (PARTITION BY tenant_id ORDER BY due_at) AS turn
          FROM (SELECT tenant_id, endpoint_id, event_id, due_at FROM webhook_deliveries INDEXED BY webhook_deliveries_due
            WHERE status = 'pending' AND due_at < ${before} ORDER BY due_at LIMIT CAST(${MAX_LATE} AS INTEGER)))
        ORDER BY turn, due_at LIMIT CAST(${DELIVERIES_PER_PAGE} AS INTEGER))
      RETURNING tenant_id, endpoint_id, event_id, attempts, status, due_at > ${now} AS is_open`,
  );
  const due = late.flatMap(({ status, is_open, ...row }) =>
    status === "pending" && !is_open ? [deliveryRow.parse(row)] : [],
  );
  const endpoints = Map.groupBy(due, ({ tenant_id, endpoint_id }) => `${tenant_id} ${endpoint_id}`);
  const first = [...endpoints.values()].flatMap((jobs) =>
    jobs.toSorted((one, other) => (one.event_id < other.event_id ? -1 : 1)).slice(0, 1),
  );
  await sendAll(ctx.env.WEBHOOKS, inTurns(first));
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
