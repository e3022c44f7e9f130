// The log of an endpoint: what it was told, how often it was tried, how that ended; and what is sent by hand.
import { sql } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { foundEndpoint, selectEndpoint } from "./endpoints.ts";
import type { DeliveryJob } from "./jobs.ts";
import { Delivery, type DeliveryQuery } from "./schema.ts";

type DeliveryBody = z.infer<typeof Delivery>;

const select = sql.raw(`SELECT d.event_id AS id, e.type, d.status, d.attempts,
    CASE d.status WHEN 'pending' THEN d.due_at END AS next_attempt_at, d.last_status, d.last_error, d.created_at,
    d.delivered_at
  FROM webhook_deliveries d CROSS JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id`);

const selectOne = (ctx: Ctx, endpointId: string, id: string) =>
  sql`${select} WHERE d.tenant_id = ${ctx.tenant.id} AND d.endpoint_id = ${endpointId} AND d.event_id = ${id}`;

/** The deliveries of an endpoint, newest first. One round trip. @throws Problem not-found */
export async function listDeliveries(ctx: Ctx, endpointId: string, query: z.infer<typeof DeliveryQuery>) {
  const list = `deliveries ${endpointId}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const [endpoint, found] = await ctx.db.batch([
    selectEndpoint(ctx, endpointId),
    sql`${select} WHERE d.tenant_id = ${ctx.tenant.id} AND d.endpoint_id = ${endpointId}
      ${query.status === undefined ? sql`` : sql`AND d.status = ${query.status}`}
      ${after === undefined ? sql`` : sql`AND d.event_id < ${after}`}
      ORDER BY d.event_id DESC LIMIT ${query.limit + 1}`,
  ]);
  foundEndpoint(endpoint);
  return pageOf(rows(Delivery, found), query.limit, (last) => encodeCursor(list, ctx.tenant.id, [last.id]));
}

const disabled = (): Problem => new Problem("webhook-disabled", "Enable the webhook first.");

/** Sends a delivery once more, with all its attempts, whatever became of it. @throws Problem not-found, webhook-disabled */
export async function replayDelivery(ctx: Ctx, endpointId: string, id: string): Promise<DeliveryBody> {
  const [endpoint, , found] = await ctx.db.batch([
    selectEndpoint(ctx, endpointId),
    sql`UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = ${ctx.now.toISOString()}
      WHERE tenant_id = ${ctx.tenant.id} AND endpoint_id = ${endpointId} AND event_id = ${id} AND EXISTS (
        SELECT 1 FROM webhook_endpoints
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${endpointId} AND is_enabled = 1)`,
    selectOne(ctx, endpointId, id),
  ]);
  const { is_enabled } = foundEndpoint(endpoint);
  const [delivery] = rows(Delivery, found);
  if (!delivery) throw notFound("delivery");
  if (!is_enabled) throw disabled();
  const job: DeliveryJob = {
    kind: "webhook-delivery",
    tenant_id: ctx.tenant.id,
    endpoint_id: endpointId,
    event_id: id,
    attempts: 0,
  };
  // What is not sent here, the sweep sends within two minutes.
  await ctx.env.WEBHOOKS.send(job).catch((error: unknown) => logFailure("webhook queue", error));
  return delivery;
}

/** Sends an event of type webhook.ping to this endpoint. @throws Problem not-found, webhook-disabled */
export async function ping(ctx: Ctx, endpointId: string): Promise<DeliveryBody> {
  const id = newId();
  const payload = JSON.stringify({ id, endpoint_id: endpointId });
  const isEnabled = sql`EXISTS (SELECT 1 FROM webhook_endpoints
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${endpointId} AND is_enabled = 1)`;
  const [endpoint, , found] = await ctx.db.batch([
    selectEndpoint(ctx, endpointId),
    emit(ctx, ctx.tenant.id, id, "webhook.ping", sql`${payload}`, isEnabled),
    selectOne(ctx, endpointId, id),
  ]);
  foundEndpoint(endpoint);
  const [delivery] = rows(Delivery, found);
  if (!delivery) throw disabled();
  return delivery;
}
