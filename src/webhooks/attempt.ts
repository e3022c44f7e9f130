// One attempt of a delivery. It is claimed by compare and set on the number of attempts, so a duplicate message sends
// nothing. An event waits while an earlier one of its subject (such as a sale) is pending at the same endpoint. An endpoint
// has at most one attempt in flight, whose end queues the next.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { returning, type Returning, type Statement } from "../platform/d1.ts";
import { logFailure } from "../platform/log.ts";
import { closed, isOpen, pauseAfter, TIMEOUT_MS } from "./circuit.ts";
import { post, type Outcome } from "./post.ts";
import { CLOCK_SKEW_MS, deliveryRow, expiryOf, hasEndpoint, stopPending, type DeliveryJob } from "./jobs.ts";

// Seconds from a failed attempt to the next; after the last one the delivery is dead.
const BACKOFF_S = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600];
const MAX_ATTEMPTS = BACKOFF_S.length + 1;
// Longer than any attempt takes. If the consumer dies, the delivery is due again after it, under the same webhook-id.
const LEASE_MS = 60_000;
const GONE = 410;
// An endpoint is disabled after this number of consecutive dead deliveries.
const MAX_DEAD_IN_ROW = 5;
// The number of pending deliveries among which the end of an attempt finds the next one; the sweep finds the others.
const MAX_SCANNED = 50;

const later = (ctx: Base, ms: number): string => new Date(ctx.now.getTime() + ms).toISOString();

const isDelivery = (job: DeliveryJob): SQL =>
  sql`d.tenant_id = ${job.tenant_id} AND d.endpoint_id = ${job.endpoint_id} AND d.event_id = ${job.event_id}`;

/** A subquery for a column of the earliest pending delivery of the same subject before `d`. */
const earlierDelivery = (column: string): SQL =>
  sql`(SELECT ${sql.raw(column)} FROM webhook_deliveries e INDEXED BY webhook_deliveries_order
    WHERE e.tenant_id = d.tenant_id AND e.endpoint_id = d.endpoint_id AND e.subject = d.subject
      AND e.status = 'pending' AND e.event_id < d.event_id ORDER BY e.event_id LIMIT 1)`;

const claimedRow = z.object({ status: z.string() });
const oldSecretShape = z.object({ secret: z.string(), until: z.string() });
const contentRow = z.object({
  url: z.string(),
  secret: z.string(),
  old_secrets: z.string().transform((text) => z.array(oldSecretShape).parse(JSON.parse(text))),
  type: z.string(),
  payload: z.string().transform((text): unknown => JSON.parse(text)),
  created_at: z.string(),
  trace: z.string().nullable(),
  timeouts_in_row: z.number(),
});

/** Claims the attempt of a job; null if it is obsolete, not due, or must wait for another. One round trip. */
async function claim(ctx: Base, job: DeliveryJob) {
  const soon = later(ctx, CLOCK_SKEW_MS);
  const isDue = sql`${isDelivery(job)} AND d.status = 'pending' AND d.attempts = CAST(${job.attempts} AS INTEGER)
    AND d.due_at <= ${soon}`;
  const lease = later(ctx, LEASE_MS);
  const isFree = sql`${hasEndpoint} AND NOT EXISTS (SELECT 1 FROM webhook_endpoints w
    WHERE w.tenant_id = d.tenant_id AND w.id = d.endpoint_id
      AND (w.busy_until > ${ctx.now.toISOString()} OR ${isOpen("w", soon)}))`;
  const openUntil = sql`(SELECT w.open_until FROM webhook_endpoints w
    WHERE w.tenant_id = d.tenant_id AND w.id = d.endpoint_id AND ${isOpen("w", soon)})`;
  // If the consumer died during the last attempt, no attempt remains and the delivery is dead.
  const claimed = returning(
    claimedRow,
    sql`UPDATE webhook_deliveries AS d SET
        attempts = attempts + (attempts < CAST(${MAX_ATTEMPTS} AS INTEGER)),
        status = CASE WHEN attempts < CAST(${MAX_ATTEMPTS} AS INTEGER) THEN 'pending' ELSE 'dead' END,
        due_at = CASE WHEN attempts < CAST(${MAX_ATTEMPTS} AS INTEGER) THEN ${lease} ELSE ${expiryOf(ctx)} END
      WHERE ${isDue} AND ${isFree} AND NOT EXISTS ${earlierDelivery("1")} RETURNING status`,
  );
  const selected = returning(
    contentRow,
    sql`SELECT w.url, w.secret, w.old_secrets, w.timeouts_in_row, e.type, e.payload, e.created_at, e.trace
      FROM webhook_endpoints w CROSS JOIN events e ON e.tenant_id = w.tenant_id AND e.id = ${job.event_id}
      WHERE w.tenant_id = ${job.tenant_id} AND w.id = ${job.endpoint_id}`,
  );
  const done = await ctx.db.batch([
    claimed,
    sql`UPDATE webhook_endpoints SET busy_until = ${lease}
      WHERE tenant_id = ${job.tenant_id} AND id = ${job.endpoint_id} AND EXISTS (SELECT 1 FROM webhook_deliveries d
        WHERE ${isDelivery(job)} AND d.status = 'pending' AND d.attempts = CAST(${job.attempts + 1} AS INTEGER)
          AND d.due_at = ${lease})`,
    // A delivery that must wait for an earlier one is due at the same time as that one.
    sql`UPDATE webhook_deliveries AS d SET due_at = ${earlierDelivery("e.due_at")}
      WHERE ${isDue} AND EXISTS ${earlierDelivery("1")}`,
    sql`UPDATE webhook_deliveries AS d SET due_at = ${openUntil} WHERE ${isDue} AND ${openUntil} IS NOT NULL`,
    selected,
  ]);
  const [attempt] = done.of(claimed);
  const [content] = done.of(selected);
  return attempt && content ? { ...attempt, ...content } : null;
}

type Attempt = NonNullable<Awaited<ReturnType<typeof claim>>>;

/** The statement that makes the first delivery of the endpoint that is ready at an instant due then, and returns its job. */
const releaseNext = (job: DeliveryJob, at: string): Returning<DeliveryJob> =>
  returning(
    deliveryRow,
    sql`UPDATE webhook_deliveries SET due_at = ${at}
    WHERE tenant_id = ${job.tenant_id} AND endpoint_id = ${job.endpoint_id} AND event_id =
      (SELECT d.event_id FROM (SELECT tenant_id, endpoint_id, event_id, subject, attempts, due_at
          FROM webhook_deliveries INDEXED BY webhook_deliveries_log
          WHERE tenant_id = ${job.tenant_id} AND endpoint_id = ${job.endpoint_id} AND status = 'pending'
          ORDER BY event_id LIMIT CAST(${MAX_SCANNED} AS INTEGER)) AS d
        WHERE (d.attempts = 0 OR d.due_at <= ${at}) AND NOT EXISTS ${earlierDelivery("1")}
        ORDER BY d.event_id LIMIT 1)
    RETURNING tenant_id, endpoint_id, event_id, attempts`,
  );

/** Milliseconds from the beginning of an attempt that timed out to the probe of its endpoint. */
const untilProbe = (attempt: Attempt): number => TIMEOUT_MS + pauseAfter(attempt.timeouts_in_row) * 1000;

/** The assignments that open the circuit after a time-out, unless the address has been changed since, and close it otherwise. */
const circuitAfter = (ctx: Base, attempt: Attempt, { isTimeout }: Outcome): SQL =>
  isTimeout
    ? sql`timeouts_in_row = iif(url = ${attempt.url}, timeouts_in_row + 1, timeouts_in_row),
        open_until = iif(url = ${attempt.url}, ${later(ctx, untilProbe(attempt))}, open_until)`
    : closed;

/** The statements that free an endpoint after an attempt, and disable it after a 410 or too many dead deliveries. */
function freeEndpoint(
  ctx: Base,
  job: DeliveryJob,
  end: string,
  attempt: Attempt,
  outcome: Outcome,
): Statement[] {
  const isEndpoint = sql`tenant_id = ${job.tenant_id} AND id = ${job.endpoint_id}`;
  const disable = (reason: string, when: SQL): Statement[] => [
    sql`UPDATE webhook_endpoints SET is_enabled = 0, disabled_reason = ${reason}, updated_at = ${ctx.now.toISOString()}
      WHERE ${isEndpoint} AND is_enabled = 1 AND ${when}`,
    stopPending(ctx, job.tenant_id, job.endpoint_id, "the webhook was disabled", when),
  ];
  const hasFailed = sql`(SELECT dead_in_row FROM webhook_endpoints WHERE ${isEndpoint}) >= CAST(${MAX_DEAD_IN_ROW} AS INTEGER)`;
  return [
    sql`UPDATE webhook_endpoints SET busy_until = iif(busy_until = ${later(ctx, LEASE_MS)}, NULL, busy_until),
        dead_in_row = CASE ${end} WHEN 'delivered' THEN 0 WHEN 'dead' THEN dead_in_row + 1 ELSE dead_in_row END,
        ${circuitAfter(ctx, attempt, outcome)}
      WHERE ${isEndpoint}`,
    ...(outcome.status === GONE ? disable("the endpoint returned 410", sql`true`) : []),
    ...(end === "dead"
      ? disable(`${MAX_DEAD_IN_ROW} consecutive deliveries failed all attempts`, hasFailed)
      : []),
  ];
}

/**
 * Stores the outcome of an attempt, and queues its retry and the next delivery, after a time-out that of the probe. One round trip.
 */
async function settle(ctx: Base, job: DeliveryJob, attempt: Attempt, outcome: Outcome): Promise<void> {
  const { status, error, isTimeout } = outcome;
  const attempts = job.attempts + 1;
  const wait = BACKOFF_S[job.attempts];
  const isRetried = error !== null && status !== GONE && wait !== undefined;
  const end = error === null ? "delivered" : status === GONE ? "failed" : isRetried ? "pending" : "dead";
  const pause = isTimeout ? pauseAfter(attempt.timeouts_in_row) : 0;
  const nextAt = isTimeout ? untilProbe(attempt) : 0;
  const released = releaseNext(job, later(ctx, nextAt));
  const done = await ctx.db.batch([
    sql`UPDATE webhook_deliveries AS d SET status = ${end}, last_status = ${status}, last_error = ${error},
        due_at = ${isRetried ? later(ctx, Math.max(wait * 1000, nextAt)) : expiryOf(ctx)},
        delivered_at = coalesce(${end === "delivered" ? ctx.now.toISOString() : null}, delivered_at)
      WHERE ${isDelivery(job)} AND d.status = 'pending' AND d.attempts = CAST(${attempts} AS INTEGER)`,
    ...freeEndpoint(ctx, job, end, attempt, outcome),
    released,
  ]);
  const next = done.of(released);
  // After a time-out, the next delivery is the probe, and the retry follows it.
  const isReleased = next.length > 0 && wait !== undefined && wait <= pause;
  if (isRetried && !isReleased)
    await ctx.env.WEBHOOKS.send({ ...job, attempts }, { delaySeconds: Math.max(wait, pause) });
  for (const each of next) await ctx.env.WEBHOOKS.send(each, { delaySeconds: pause });
}

/** Makes a claimed attempt, unless none remained. */
async function finish(ctx: Base, job: DeliveryJob, attempt: Attempt): Promise<void> {
  if (attempt.status === "pending") {
    await settle(ctx, job, attempt, await post(ctx, job.event_id, attempt));
    return;
  }
  const released = releaseNext(job, ctx.now.toISOString());
  const done = await ctx.db.batch([released]);
  for (const next of done.of(released)) await ctx.env.WEBHOOKS.send(next);
}

/**
 * Claims the attempt of a delivery, unless its job is obsolete, and makes it after the return. Its message is obsolete from then on,
 * so the queue need not wait for an endpoint that is slow to answer; what fails, the sweep sends again.
 */
export async function attemptDelivery(ctx: Base, job: DeliveryJob): Promise<void> {
  const attempt = await claim(ctx, job);
  if (!attempt) return;
  ctx.waitUntil(finish(ctx, job, attempt).catch((error: unknown) => logFailure("webhook delivery", error)));
}
