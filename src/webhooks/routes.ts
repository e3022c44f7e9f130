import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../http/content.ts";
import { IdempotencyHeader, withLocation, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { listDeliveries, ping, replayDelivery } from "./deliveries.ts";
import {
  addEndpoint,
  changeEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
  rotateSecret,
} from "./endpoints.ts";
import {
  Delivery,
  DeliveryList,
  DeliveryQuery,
  NewWebhook,
  SecretRotated,
  Webhook,
  WebhookList,
  WebhookMade,
  WebhookPatch,
} from "./schema.ts";

export const webhookRoutes = router();

const tags = ["Webhooks"];
const params = z.object({ id: Id });

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:write",
    method: "post",
    path: "/webhooks",
    operationId: "createWebhook",
    summary: "Register an endpoint for events",
    description:
      "Requests are signed according to Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). A 2xx within 5 s is a success; otherwise the delivery is retried after 5 s, 5 min, 30 min, 2 h and 5 h. An endpoint that does not answer within 5 s opens its `circuit`: its deliveries wait, without losing an attempt, until one of them is sent as a probe after 30 s, and after up to 5 min if the probes are not answered either. Any response closes the circuit. A 410 disables the endpoint, as do five consecutive deliveries that fail all attempts. Events of one sale are delivered in order.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewWebhook) },
    problems: ["too-many-webhooks"],
    responses: {
      201: jsonResponse("The endpoint with its secret", WebhookMade),
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const endpoint = withReplayHeader(c, await addEndpoint(actorContext(c), c.req.valid("json"), key));
    return c.json(withLocation(c, "webhooks", WebhookMade.parse(endpoint)), 201);
  },
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:read",
    method: "get",
    path: "/webhooks",
    operationId: "listWebhooks",
    summary: "List the endpoints of the shop, newest first",
    tags,
    request: { query: z.strictObject(PageQuery) },
    responses: { 200: jsonResponse("A page of endpoints", WebhookList) },
  }),
  async (c) => c.json(WebhookList.parse(await listEndpoints(shopContext(c), c.req.valid("query"))), 200),
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:read",
    method: "get",
    path: "/webhooks/{id}",
    operationId: "getWebhook",
    summary: "Get an endpoint",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The endpoint", Webhook) },
  }),
  async (c) => c.json(Webhook.parse(await getEndpoint(shopContext(c), c.req.valid("param").id)), 200),
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:write",
    method: "patch",
    path: "/webhooks/{id}",
    operationId: "updateWebhook",
    summary: "Change, disable or enable an endpoint",
    tags,
    request: { params, body: jsonBody(WebhookPatch) },
    responses: { 200: jsonResponse("The endpoint", Webhook) },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    return c.json(Webhook.parse(await changeEndpoint(shopContext(c), id, c.req.valid("json"))), 200);
  },
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:write",
    method: "delete",
    path: "/webhooks/{id}",
    operationId: "deleteWebhook",
    summary: "Delete an endpoint",
    description: "Pending deliveries are not sent.",
    tags,
    request: { params },
    responses: { 204: { description: "Deleted" } },
  }),
  async (c) => {
    await deleteEndpoint(shopContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:write",
    method: "post",
    path: "/webhooks/{id}/rotate-secret",
    operationId: "rotateWebhookSecret",
    summary: "Give an endpoint a new secret",
    description:
      "The old secret also signs for 24 hours. A repeated request without a key rotates the secret again.",
    tags,
    request: { params, headers: IdempotencyHeader },
    responses: { 200: jsonResponse("The new secret", SecretRotated) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const rotated = await rotateSecret(actorContext(c), c.req.valid("param").id, key);
    return c.json(SecretRotated.parse(withReplayHeader(c, rotated)), 200);
  },
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:write",
    method: "post",
    path: "/webhooks/{id}/test",
    operationId: "pingWebhook",
    summary: "Send a webhook.ping event to an endpoint",
    description: "It is sent at once, also while the `circuit` of the endpoint is open.",
    tags,
    request: { params, headers: IdempotencyHeader },
    problems: ["webhook-disabled"],
    responses: { 202: jsonResponse("The delivery", Delivery) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const pinged = await ping(actorContext(c), c.req.valid("param").id, key);
    return c.json(Delivery.parse(withReplayHeader(c, pinged)), 202);
  },
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:read",
    method: "get",
    path: "/webhooks/{id}/deliveries",
    operationId: "listDeliveries",
    summary: "List the deliveries of an endpoint, newest first",
    description: "Deliveries are deleted 30 days after they end; until then they can be sent again.",
    tags,
    request: { params, query: DeliveryQuery },
    responses: { 200: jsonResponse("A page of deliveries", DeliveryList) },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    return c.json(DeliveryList.parse(await listDeliveries(shopContext(c), id, c.req.valid("query"))), 200);
  },
);

webhookRoutes.openapi(
  operation("admin", {
    scope: "webhooks:write",
    method: "post",
    path: "/webhooks/{id}/deliveries/{delivery_id}/replay",
    operationId: "replayDelivery",
    summary: "Send a delivery again, with the same webhook-id",
    description:
      "Sent at once, also while the `circuit` of the endpoint is open. Any delivery of the list can be sent again, that is, for 30 days after it ended. For an older one, `event-deleted` (410) names in `stored_since` the day since which events are stored; the dataset `events` of the lake has the others.",
    tags,
    request: { params: params.extend({ delivery_id: Id }), headers: IdempotencyHeader },
    problems: ["webhook-disabled", "event-deleted"],
    responses: { 202: jsonResponse("The delivery", Delivery) },
  }),
  async (c) => {
    const { id, delivery_id } = c.req.valid("param");
    const key = c.req.valid("header")["idempotency-key"];
    const replayed = await replayDelivery(actorContext(c), id, delivery_id, key);
    return c.json(Delivery.parse(withReplayHeader(c, replayed)), 202);
  },
);
