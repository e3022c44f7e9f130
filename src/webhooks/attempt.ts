// One attempt to tell an endpoint of an event. It is claimed by compare and set on the number of attempts, so a message
// that comes twice sends once. A consumer that dies after the claim leaves a delivery that is due again after a minute:
// then the receiver may see it twice, under the same webhook-id.
// Order: an event waits while an earlier one of its subject (the sale that it is about) is pending at the same endpoint.
// An endpoint has one attempt in flight at most, so one that hangs keeps one consumer busy, whoever waits behind it: a job
// that finds it busy ends, and the end of each attempt queues what is ready next.
import { sql, type SQL } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
import { faultOf } from "./address.ts";
import { deliveryRow, forgottenAt, stopPending, type DeliveryJob } from "./jobs.ts";

// Seconds from a failed attempt to the next; after the last one the delivery is dead.
const BACKOFF_S = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600];
const ATTEMPTS = BACKOFF_S.length + 1;
const TIMEOUT_MS = 15_000;
// Longer than any attempt takes.
const LEASE_MS = 60_000;
// The clocks of two machines may differ by so much.
const EARLY_MS = 2000;
const GONE = 410;
// After so many dead deliveries and none delivered between them an endpoint is disabled.
const DEAD_IN_ROW = 5;
// How far the end of an attempt looks for what is ready; what lies behind those that wait for their time, the sweep sends.
const LOOK = 50;

const later = (ctx: Base, ms: number): string => new Date(ctx.now.getTime() + ms).toISOString();

const isThis = (job: DeliveryJob): SQL =>
  sql`d.tenant_id = ${job.tenant_id} AND d.endpoint_id = ${job.endpoint_id} AND d.event_id = ${job.event_id}`;

/** The earliest pending delivery of the subject of `d`, before `d`; INDEXED BY: it is asked for in every attempt. */
const earlier = (what: string): SQL =>
  sql`(SELECT ${sql.raw(what)} FROM webhook_deliveries e INDEXED BY webhook_deliveries_order
    WHERE e.tenant_id = d.tenant_id AND e.endpoint_id = d.endpoint_id AND e.subject = d.subject
      AND e.status = 'pending' AND e.event_id < d.event_id ORDER BY e.event_id LIMIT 1)`;

const claimedRow = z.object({ status: z.string() });
const oldSecret = z.object({ secret: z.string(), until: z.string() });
const toldRow = z.object({
  url: z.string(),
  secret: z.string(),
  old_secrets: z.string().transform((text) => z.array(oldSecret).parse(JSON.parse(text))),
  type: z.string(),
  payload: z.string().transform((text): unknown => JSON.parse(text)),
  created_at: z.string(),
});

/** Claims the attempt of a job; null where it is not its turn. One round trip. */
async function claim(ctx: Base, job: DeliveryJob) {
  const isDue = sql`${isThis(job)} AND d.status = 'pending' AND d.attempts = CAST(${job.attempts} AS INTEGER)
    AND d.due_at <= ${later(ctx, EARLY_MS)}`;
  const lease = later(ctx, LEASE_MS);
  const isFree = sql`NOT EXISTS (SELECT 1 FROM webhook_endpoints w
    WHERE w.tenant_id = d.tenant_id AND w.id = d.endpoint_id AND w.busy_until > ${ctx.now.toISOString()})`;
  const [claimed, , , told] = await ctx.db.batch([
    // One that died in its last attempt has none left.
    sql`UPDATE webhook_deliveries AS d SET
        attempts = attempts + (attempts < CAST(${ATTEMPTS} AS INTEGER)),
        status = CASE WHEN attempts < CAST(${ATTEMPTS} AS INTEGER) THEN 'pending' ELSE 'dead' END,
        due_at = CASE WHEN attempts < CAST(${ATTEMPTS} AS INTEGER) THEN ${lease} ELSE ${forgottenAt(ctx)} END
      WHERE ${isDue} AND ${isFree} AND NOT EXISTS ${earlier("1")} RETURNING status`,
    sql`UPDATE webhook_endpoints SET busy_until = ${lease}
      WHERE tenant_id = ${job.tenant_id} AND id = ${job.endpoint_id} AND EXISTS (SELECT 1 FROM webhook_deliveries d
        WHERE ${isThis(job)} AND d.status = 'pending' AND d.attempts = CAST(${job.attempts + 1} AS INTEGER)
          AND d.due_at = ${lease})`,
    // It is not its turn: it is due when the one before it is.
    sql`UPDATE webhook_deliveries AS d SET due_at = ${earlier("e.due_at")}
      WHERE ${isDue} AND EXISTS ${earlier("1")}`,
    sql`SELECT w.url, w.secret, w.old_secrets, e.type, e.payload, e.created_at
      FROM webhook_endpoints w CROSS JOIN events e ON e.tenant_id = w.tenant_id AND e.id = ${job.event_id}
      WHERE w.tenant_id = ${job.tenant_id} AND w.id = ${job.endpoint_id}`,
  ]);
  const [mine] = rows(claimedRow, claimed);
  const [what] = rows(toldRow, told);
  return mine && what ? { ...mine, ...what } : null;
}

type Told = NonNullable<Awaited<ReturnType<typeof claim>>>;

/** The headers of Standard Webhooks: one signature for each secret that is valid now. */
function signed(ctx: Base, eventId: string, told: Told, body: string): Record<string, string> {
  const id = `msg_${eventId}`;
  const old = told.old_secrets.filter(({ until }) => until > ctx.now.toISOString());
  const secrets = [told.secret, ...old.map(({ secret }) => secret)];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(ctx.now.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, ctx.now, body)).join(" "),
  };
}

type Outcome = { status: number | null; error: string | null };

/** Sends it; only a 2xx is a success, a redirect is none. Nothing of the answer's body is read. */
async function post(ctx: Base, eventId: string, told: Told): Promise<Outcome> {
  // What was allowed when it was stored may be refused now.
  const fault = faultOf(told.url, ctx.env.ENVIRONMENT === "local");
  if (fault !== null) return { status: null, error: `its address is refused: ${fault}` };
  const body = JSON.stringify({ type: told.type, timestamp: told.created_at, data: told.payload });
  try {
    const answer = await fetch(told.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Mostrador-Webhooks",
        ...signed(ctx, eventId, told, body),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    const { status, ok } = answer;
    return { status, error: ok ? null : `it answered ${status}` };
  } catch (error) {
    // Whatever keeps us from an answer is the endpoint's failure: it is in the log of its deliveries.
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return { status: null, error: isLate ? "no answer within 15 s" : "it could not be reached" };
  }
}

/** The statement that lets the first delivery of the endpoint that is ready be tried now; it returns its job. */
const releaseNext = (ctx: Base, job: DeliveryJob): SQL =>
  sql`UPDATE webhook_deliveries SET due_at = ${ctx.now.toISOString()}
    WHERE tenant_id = ${job.tenant_id} AND endpoint_id = ${job.endpoint_id} AND event_id =
      (SELECT d.event_id FROM (SELECT tenant_id, endpoint_id, event_id, subject, attempts, due_at
          FROM webhook_deliveries INDEXED BY webhook_deliveries_log
          WHERE tenant_id = ${job.tenant_id} AND endpoint_id = ${job.endpoint_id} AND status = 'pending'
          ORDER BY event_id LIMIT CAST(${LOOK} AS INTEGER)) AS d
        WHERE (d.attempts = 0 OR d.due_at <= ${ctx.now.toISOString()}) AND NOT EXISTS ${earlier("1")}
        ORDER BY d.event_id LIMIT 1)
    RETURNING tenant_id, endpoint_id, event_id, attempts`;

/** The statements that free an endpoint after an attempt, and disable it where it wants or deserves no more. */
function freed(ctx: Base, job: DeliveryJob, end: string, status: number | null): SQL[] {
  const isThisOne = sql`tenant_id = ${job.tenant_id} AND id = ${job.endpoint_id}`;
  const ends = (reason: string, when: SQL): SQL[] => [
    sql`UPDATE webhook_endpoints SET is_enabled = 0, disabled_reason = ${reason}, updated_at = ${ctx.now.toISOString()}
      WHERE ${isThisOne} AND is_enabled = 1 AND ${when}`,
    stopPending(ctx, job.tenant_id, job.endpoint_id, "the webhook was disabled", when),
  ];
  const died = sql`(SELECT dead_in_row FROM webhook_endpoints WHERE ${isThisOne}) >= CAST(${DEAD_IN_ROW} AS INTEGER)`;
  return [
    sql`UPDATE webhook_endpoints SET busy_until = iif(busy_until = ${later(ctx, LEASE_MS)}, NULL, busy_until),
        dead_in_row = CASE ${end} WHEN 'delivered' THEN 0 WHEN 'dead' THEN dead_in_row + 1 ELSE dead_in_row END
      WHERE ${isThisOne}`,
    ...(status === GONE ? ends("it answered 410", sql`true`) : []),
    ...(end === "dead" ? ends(`${DEAD_IN_ROW} deliveries in a row failed for good`, died) : []),
  ];
}

/** Writes down how the attempt ended, and queues what follows from it. One round trip. */
async function settle(ctx: Base, job: DeliveryJob, { status, error }: Outcome): Promise<void> {
  const attempts = job.attempts + 1;
  const wait = BACKOFF_S[job.attempts];
  const isRetried = error !== null && status !== GONE && wait !== undefined;
  const end = error === null ? "delivered" : status === GONE ? "failed" : isRetried ? "pending" : "dead";
  const results = await ctx.db.batch([
    sql`UPDATE webhook_deliveries AS d SET status = ${end}, last_status = ${status}, last_error = ${error},
        due_at = ${isRetried ? later(ctx, wait * 1000) : forgottenAt(ctx)},
        delivered_at = coalesce(${end === "delivered" ? ctx.now.toISOString() : null}, delivered_at)
      WHERE ${isThis(job)} AND d.status = 'pending' AND d.attempts = CAST(${attempts} AS INTEGER)`,
    ...freed(ctx, job, end, status),
    releaseNext(ctx, job),
  ]);
  if (isRetried) await ctx.env.WEBHOOKS.send({ ...job, attempts }, { delaySeconds: wait });
  for (const next of rows(deliveryRow, results.at(-1))) await ctx.env.WEBHOOKS.send(next);
}

/** Does what a message of the queue of webhooks asks for: one attempt, or none where it was made already. */
export async function attemptDelivery(ctx: Base, job: DeliveryJob): Promise<void> {
  const told = await claim(ctx, job);
  if (!told) return;
  if (told.status === "pending") await settle(ctx, job, await post(ctx, job.event_id, told));
  else
    for (const next of rows(deliveryRow, (await ctx.db.batch([releaseNext(ctx, job)])).at(-1)))
      await ctx.env.WEBHOOKS.send(next);
}
