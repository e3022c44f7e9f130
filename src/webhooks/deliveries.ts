// The log of an endpoint's deliveries, and deliveries that an ADMIN requests.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning, type Returning } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { requireEndpoint, selectEndpoint } from "./endpoints.ts";
import type { DeliveryJob } from "./jobs.ts";
import { Delivery, type DeliveryQuery } from "./schema.ts";

type DeliveryBody = z.infer<typeof Delivery>;

const select = sql.raw(`SELECT d.event_id AS id, e.type, d.status, d.attempts,
    CASE d.status WHEN 'pending' THEN d.due_at END AS next_attempt_at, d.last_status, d.last_error, d.created_at,
    d.delivered_at
  FROM webhook_deliveries d CROSS JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id`);

const selectDelivery = (ctx: Ctx, endpointId: string, id: string): Returning<DeliveryBody> =>
  returning(
    Delivery,
    sql`${select} WHERE d.tenant_id = ${ctx.tenant.id} AND d.endpoint_id = ${endpointId} AND d.event_id = ${id}`,
  );

/** The deliveries of an endpoint, newest first. One round trip. @throws Problem not-found, invalid-cursor */
export async function listDeliveries(ctx: Ctx, endpointId: string, query: z.infer<typeof DeliveryQuery>) {
  const list = `deliveries ${endpointId}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const endpoint = selectEndpoint(ctx, endpointId);
  const page = returning(
    Delivery,
    sql`${select} WHERE d.tenant_id = ${ctx.tenant.id} AND d.endpoint_id = ${endpointId}
      ${query.status === undefined ? sql`` : sql`AND d.status = ${query.status}`}
      ${after === undefined ? sql`` : sql`AND d.event_id < ${after}`}
      ORDER BY d.event_id DESC LIMIT ${query.limit + 1}`,
  );
  const done = await ctx.db.batch([endpoint, page]);
  requireEndpoint(done.of(endpoint));
  return pageOf(done.of(page), query.limit, (last) => encodeCursor(list, ctx.tenant.id, [last.id]));
}

const disabled = (): Problem => new Problem("webhook-disabled", "Enable the webhook first.");

/** Sends a delivery again with all attempts, whatever its status. One round trip. @throws Problem not-found, webhook-disabled */
export async function replayDelivery(ctx: Ctx, endpointId: string, id: string): Promise<DeliveryBody> {
  const endpoint = selectEndpoint(ctx, endpointId);
  const selected = selectDelivery(ctx, endpointId, id);
  const done = await ctx.db.batch([
    endpoint,
    sql`UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = ${ctx.now.toISOString()}
      WHERE tenant_id = ${ctx.tenant.id} AND endpoint_id = ${endpointId} AND event_id = ${id} AND EXISTS (
        SELECT 1 FROM webhook_endpoints
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${endpointId} AND is_enabled = 1)`,
    selected,
  ]);
  const { is_enabled } = requireEndpoint(done.of(endpoint));
  const [delivery] = done.of(selected);
  if (!delivery) throw notFound("delivery");
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

/** Emits an event of type webhook.ping for this endpoint. One round trip. @throws Problem not-found, webhook-disabled */
export async function ping(ctx: Ctx, endpointId: string): Promise<DeliveryBody> {
  const id = newId();
  const payload = JSON.stringify({ id, endpoint_id: endpointId });
  const isEnabled = sql`EXISTS (SELECT 1 FROM webhook_endpoints
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${endpointId} AND is_enabled = 1)`;
  const endpoint = selectEndpoint(ctx, endpointId);
  const selected = selectDelivery(ctx, endpointId, id);
  const done = await ctx.db.batch([
    endpoint,
    emit(ctx, ctx.tenant.id, id, "webhook.ping", sql`${payload}`, isEnabled),
    selected,
  ]);
  requireEndpoint(done.of(endpoint));
  const [delivery] = done.of(selected);
  if (!delivery) throw disabled();
  return delivery;
}
