// One attempt to tell an endpoint of an event. It is claimed by compare and set on the number of attempts, so a message
// that comes twice sends once. A consumer that dies after the claim leaves a delivery that is due again after a minute:
// then the receiver may see it twice, under the same webhook-id.
// Order: an event waits while an earlier one of its subject (the sale that it is about) is pending at the same endpoint.
import { sql, type SQL } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { Base } from "../context.ts";
import { rows } from "../db.ts";
import { deliveryJob, forgottenAt, stopPending, type DeliveryJob } from "./jobs.ts";

// Seconds from a failed attempt to the next; after the last one the delivery is dead.
const BACKOFF_S = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600];
const ATTEMPTS = BACKOFF_S.length + 1;
const TIMEOUT_MS = 15_000;
// Longer than any attempt takes.
const LEASE_MS = 60_000;
// The clocks of two machines may differ by so much.
const EARLY_MS = 2000;
const GONE = 410;

const later = (ctx: Base, ms: number): string => new Date(ctx.now.getTime() + ms).toISOString();

const isThis = (job: DeliveryJob): SQL =>
  sql`d.tenant_id = ${job.tenant_id} AND d.endpoint_id = ${job.endpoint_id} AND d.event_id = ${job.event_id}`;

/** The earliest pending delivery of the subject of `d`, before `d`; INDEXED BY: it is asked for in every attempt. */
const earlier = (what: string): SQL =>
  sql`(SELECT ${sql.raw(what)} FROM webhook_deliveries e INDEXED BY webhook_deliveries_order
    WHERE e.tenant_id = d.tenant_id AND e.endpoint_id = d.endpoint_id AND e.subject = d.subject
      AND e.status = 'pending' AND e.event_id < d.event_id ORDER BY e.event_id LIMIT 1)`;

const claimedRow = z.object({ status: z.string(), subject: z.string() });
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
  const [claimed, , told] = await ctx.db.batch([
    // One that died in its last attempt has none left.
    sql`UPDATE webhook_deliveries AS d SET
        attempts = attempts + (attempts < CAST(${ATTEMPTS} AS INTEGER)),
        status = CASE WHEN attempts < CAST(${ATTEMPTS} AS INTEGER) THEN 'pending' ELSE 'dead' END,
        due_at = CASE WHEN attempts < CAST(${ATTEMPTS} AS INTEGER) THEN ${later(ctx, LEASE_MS)} ELSE ${forgottenAt(ctx)} END
      WHERE ${isDue} AND NOT EXISTS ${earlier("1")} RETURNING status, subject`,
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

/** The statement that lets the next delivery of a subject be tried now; it returns its job. */
const releaseNext = (ctx: Base, job: DeliveryJob, subject: string): SQL =>
  sql`UPDATE webhook_deliveries SET due_at = ${ctx.now.toISOString()}
    WHERE tenant_id = ${job.tenant_id} AND endpoint_id = ${job.endpoint_id} AND attempts = 0 AND event_id =
      (SELECT event_id FROM webhook_deliveries INDEXED BY webhook_deliveries_order
        WHERE tenant_id = ${job.tenant_id} AND endpoint_id = ${job.endpoint_id} AND subject = ${subject}
          AND status = 'pending' ORDER BY event_id LIMIT 1)
    RETURNING tenant_id, endpoint_id, event_id, attempts`;

/** Writes down how the attempt ended, and queues what follows from it. One round trip. */
async function settle(
  ctx: Base,
  job: DeliveryJob,
  subject: string,
  { status, error }: Outcome,
): Promise<void> {
  const attempts = job.attempts + 1;
  const wait = BACKOFF_S[job.attempts];
  const isRetried = error !== null && status !== GONE && wait !== undefined;
  const end = error === null ? "delivered" : status === GONE ? "failed" : isRetried ? "pending" : "dead";
  const results = await ctx.db.batch([
    sql`UPDATE webhook_deliveries AS d SET status = ${end}, last_status = ${status}, last_error = ${error},
        due_at = ${isRetried ? later(ctx, wait * 1000) : forgottenAt(ctx)},
        delivered_at = coalesce(${end === "delivered" ? ctx.now.toISOString() : null}, delivered_at)
      WHERE ${isThis(job)} AND d.status = 'pending' AND d.attempts = CAST(${attempts} AS INTEGER)`,
    ...(status === GONE
      ? [
          sql`UPDATE webhook_endpoints SET is_enabled = 0, disabled_reason = 'it answered 410',
              updated_at = ${ctx.now.toISOString()}
            WHERE tenant_id = ${job.tenant_id} AND id = ${job.endpoint_id}`,
          stopPending(ctx, job.tenant_id, job.endpoint_id, "the webhook was disabled"),
        ]
      : []),
    ...(isRetried ? [] : [releaseNext(ctx, job, subject)]),
  ]);
  if (isRetried) await ctx.env.WEBHOOKS.send({ ...job, attempts }, { delaySeconds: wait });
  else for (const next of rows(deliveryJob, results.at(-1))) await ctx.env.WEBHOOKS.send(next);
}

/** Does what a message of the queue of webhooks asks for: one attempt, or none where it was made already. */
export async function attemptDelivery(ctx: Base, body: unknown): Promise<void> {
  const job = deliveryJob.parse(body);
  const told = await claim(ctx, job);
  if (!told) return;
  if (told.status === "pending") await settle(ctx, job, told.subject, await post(ctx, job.event_id, told));
  else
    for (const next of rows(deliveryJob, (await ctx.db.batch([releaseNext(ctx, job, told.subject)])).at(-1)))
      await ctx.env.WEBHOOKS.send(next);
}
