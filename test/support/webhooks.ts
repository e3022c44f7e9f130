// Endpoints of a shop, the requests of their receiver, and parallel attempts.
import { inject } from "vitest";
import { z } from "zod";
import { attemptDelivery } from "../../src/webhooks/attempt.ts";
import type { Base } from "../../src/platform/context.ts";
import { DeliveryJob } from "../../src/webhooks/jobs.ts";
import { newId } from "../../src/values/ids.ts";
import { API, call } from "./client.ts";
import { rowsOf } from "./d1.ts";
import { storeEvent } from "./events.ts";
import { recording } from "./queues.ts";
import { base, type Shop } from "./shops.ts";

export type Endpoint = { id: string; secret: string; key: string };

/** Registers an endpoint at the receiver, which answers according to the plan. */
export async function newEndpoint(shop: Shop, plan = "200", types = ["*"]): Promise<Endpoint> {
  const key = newId();
  const { body } = await call("POST", `${API}/webhooks`, {
    token: shop.admin.token,
    json: { url: `${inject("receiver")}/${key}/${plan}`, event_types: types },
  });
  return { id: body.id, secret: body.secret, key };
}

const receivedRequests = z.array(z.object({ headers: z.record(z.string(), z.string()), body: z.string() }));

/** The requests that an endpoint has received, in order; `key` names another path of the receiver. */
export const requestsTo = async ({ key }: Pick<Endpoint, "key">) =>
  receivedRequests.parse(await (await fetch(`${inject("receiver")}/${key}`)).json());

export const deliveriesOf = async (shop: Shop, { id }: Endpoint) =>
  (await call("GET", `${API}/webhooks/${id}/deliveries`, { token: shop.admin.token })).body.data;

/** Stores an event without sending it to a queue; returns the job of its delivery to this endpoint. */
export async function newDelivery(
  shop: Shop,
  { id }: Endpoint,
  made: Parameters<typeof storeEvent>[1] = {},
): Promise<DeliveryJob> {
  return { ...(await storeEvent(shop, made)), kind: "webhook-delivery", endpoint_id: id, attempts: 0 };
}

/** Attempts the delivery of a job in this context, to the end of what follows the claim. */
export async function attemptIn(ctx: Base, job: unknown): Promise<void> {
  const following: Promise<unknown>[] = [];
  await attemptDelivery({ ...ctx, waitUntil: (work) => following.push(work) }, DeliveryJob.parse(job));
  await Promise.all(following);
}

/** Attempts the delivery of a job at this time; returns the messages that it sent to the queue. */
export async function attempt(job: unknown, now = new Date()): Promise<unknown[]> {
  const { ctx, sent } = recording(base(now), "WEBHOOKS");
  await attemptIn(ctx, job);
  return sent;
}

/** The stored delivery of a job. */
export const storedOf = async (job: DeliveryJob) =>
  (
    await rowsOf(
      "SELECT * FROM webhook_deliveries WHERE tenant_id = ? AND endpoint_id = ? AND event_id = ?",
      job.tenant_id,
      job.endpoint_id,
      job.event_id,
    )
  )[0];
