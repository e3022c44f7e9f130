// The log of an endpoint's deliveries, and deliveries that an ADMIN requests.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { actorId, type ActorCtx, type Ctx } from "../platform/context.ts";
import { returning, type Returning } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { eventDeleted, mayBeDeleted } from "../events/retention.ts";
import {
  idempotentRequest,
  type IdempotentRequest,
  type Replayable,
  runOnce,
  storeResponse,
} from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { probeNow } from "./circuit.ts";
import { requireEndpoint, selectEndpoint } from "./endpoints.ts";
import type { DeliveryJob } from "./jobs.ts";
import { Delivery, type DeliveryQuery } from "./schema.ts";

type DeliveryBody = z.infer<typeof Delivery>;

const selectFrom = (table: string): SQL =>
  sql.raw(`SELECT d.event_id AS id, e.type, d.status, d.attempts,
    CASE d.status WHEN 'pending' THEN d.due_at END AS next_attempt_at, d.last_status, d.last_error, d.created_at,
    d.delivered_at
  FROM ${table} CROSS JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id`);

const select = selectFrom("webhook_deliveries d");

// Without the hint the planner reads the deliveries of all statuses in the order of their key.
const selectByStatus = selectFrom("webhook_deliveries d INDEXED BY webhook_deliveries_log");

const selectDelivery = (ctx: Ctx, endpointId: string, id: string): Returning<DeliveryBody> =>
  returning(
    Delivery,
    sql`${select} WHERE d.tenant_id = ${ctx.tenant.id} AND d.endpoint_id = ${endpointId} AND d.event_id = ${id}`,
  );

const members = sql.raw(
  Object.keys(Delivery.shape)
    .map((name) => `'${name}', ${name}`)
    .join(", "),
);

/** The statement that stores the response of a request that sends a delivery, unless there is none to send. */
const storeDelivery = (
  ctx: ActorCtx,
  request: IdempotentRequest | null,
  endpointId: string,
  id: string,
): SQL[] => {
  const { statement } = selectDelivery(ctx, endpointId, id);
  const isSent = sql`EXISTS (${statement}) AND ${isEnabled(ctx, endpointId)}`;
  return storeResponse(ctx.now, request, sql`(SELECT json_object(${members}) FROM (${statement}))`, isSent);
};

/** A condition: the endpoint exists and is enabled. */
const isEnabled = (ctx: Ctx, endpointId: string): SQL => sql`EXISTS (SELECT 1 FROM webhook_endpoints
  WHERE tenant_id = ${ctx.tenant.id} AND id = ${endpointId} AND is_enabled = 1)`;

/** The deliveries of an endpoint, newest first. One round trip. @throws Problem not-found, invalid-cursor */
export async function listDeliveries(ctx: Ctx, endpointId: string, query: z.infer<typeof DeliveryQuery>) {
  const list = `deliveries ${endpointId}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const endpoint = selectEndpoint(ctx, endpointId);
  const page = returning(
    Delivery,
    sql`${query.status === undefined ? select : selectByStatus} WHERE d.tenant_id = ${ctx.tenant.id} AND d.endpoint_id = ${endpointId}
      ${query.status === undefined ? sql`` : sql`AND d.status = ${query.status}`}
      ${after === undefined ? sql`` : sql`AND d.event_id < ${after}`}
      ORDER BY d.event_id DESC LIMIT ${query.limit + 1}`,
  );
  const done = await ctx.db.batch([endpoint, page]);
  requireEndpoint(done.of(endpoint));
  return pageOf(done.of(page), query.limit, (last) => encodeCursor(list, ctx.tenant.id, [last.id]));
}

const disabled = (): Problem => new Problem("webhook-disabled", "Enable the webhook first.");

/**
 * Sends a delivery again with all attempts, whatever its status. One round trip.
 * @throws Problem not-found, event-deleted, webhook-disabled, idempotency-mismatch
 */
export async function replayDelivery(
  ctx: ActorCtx,
  endpointId: string,
  id: string,
  key: string | undefined,
): Promise<Replayable<DeliveryBody>> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { replay: [endpointId, id] });
  return runOnce(ctx, request, Delivery, () => sendAgain(ctx, endpointId, id, request));
}

async function sendAgain(
  ctx: ActorCtx,
  endpointId: string,
  id: string,
  request: IdempotentRequest | null,
): Promise<DeliveryBody> {
  const endpoint = selectEndpoint(ctx, endpointId);
  const selected = selectDelivery(ctx, endpointId, id);
  const done = await ctx.db.batch([
    endpoint,
    sql`UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = ${ctx.now.toISOString()}
      WHERE tenant_id = ${ctx.tenant.id} AND endpoint_id = ${endpointId} AND event_id = ${id}
        AND ${isEnabled(ctx, endpointId)}`,
    probeNow(ctx.tenant.id, endpointId),
    ...storeDelivery(ctx, request, endpointId, id),
    selected,
  ]);
  const { is_enabled } = requireEndpoint(done.of(endpoint));
  const [delivery] = done.of(selected);
  if (!delivery) throw mayBeDeleted(ctx, id) ? eventDeleted(ctx) : notFound("delivery");
  if (!is_enabled) throw disabled();
  const job: DeliveryJob = {
    kind: "webhook-delivery",
    tenant_id: ctx.tenant.id,
    endpoint_id: endpointId,
    event_id: id,
    attempts: 0,
  };
  // If this fails, the sweep sends it within two minutes.
  await ctx.env.WEBHOOKS.send(job).catch((error: unknown) => logFailure("webhook queue", error));
  return delivery;
}

/**
 * Emits an event of type webhook.ping for this endpoint. One round trip.
 * @throws Problem not-found, webhook-disabled, idempotency-mismatch
 */
export async function ping(
  ctx: ActorCtx,
  endpointId: string,
  key: string | undefined,
): Promise<Replayable<DeliveryBody>> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { ping: endpointId });
  return runOnce(ctx, request, Delivery, () => emitPing(ctx, endpointId, request));
}

async function emitPing(
  ctx: ActorCtx,
  endpointId: string,
  request: IdempotentRequest | null,
): Promise<DeliveryBody> {
  const id = newId();
  const payload = JSON.stringify({ id, endpoint_id: endpointId });
  const endpoint = selectEndpoint(ctx, endpointId);
  const selected = selectDelivery(ctx, endpointId, id);
  const done = await ctx.db.batch([
    endpoint,
    emit(ctx, ctx.tenant.id, id, "webhook.ping", sql`${payload}`, isEnabled(ctx, endpointId)),
    probeNow(ctx.tenant.id, endpointId),
    ...storeDelivery(ctx, request, endpointId, id),
    selected,
  ]);
  requireEndpoint(done.of(endpoint));
  const [delivery] = done.of(selected);
  if (!delivery) throw disabled();
  return delivery;
}
