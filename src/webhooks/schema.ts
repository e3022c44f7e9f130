import { z } from "@hono/zod-openapi";
import { failsAs } from "../values/faults.ts";
import { EVENT_TYPES } from "../events/schema.ts";
import { Id } from "../values/ids.ts";
import { listOf, PageQuery } from "../http/pagination.ts";
import { isStorable, label, STORABLE_MESSAGE } from "../values/text.ts";

const url = z.string().max(2000).refine(isStorable, failsAs(STORABLE_MESSAGE, "invalid_characters")).openapi({
  example: "https://example.com/hooks/mostrador",
  description:
    "An https:// URL with a public address and any port; in local development also a loopback address. Redirects are not followed",
});

const eventTypes = z
  .array(
    z
      .enum(["*", ...EVENT_TYPES], "must be an event type or *, such as sale.completed")
      .openapi("EventFilter"),
  )
  .min(1)
  .max(50)
  .openapi({ example: ["sale.completed", "sale.refunded"], description: '["*"] subscribes to all types' });

const description = label(200, "the accountant's system");

export const NewWebhook = z
  .strictObject({ url, event_types: eventTypes, description: description.optional() })
  .openapi("NewWebhook");

export const WebhookPatch = z
  .strictObject({
    url: url.optional(),
    event_types: eventTypes.optional(),
    description: description.nullable().optional(),
    is_enabled: z.boolean().optional().openapi({
      description:
        "false fails pending deliveries; true does not send them again, and closes the `circuit`, as a new `url` does",
    }),
  })
  .openapi("WebhookPatch");

export const Webhook = z
  .object({
    id: Id,
    url: z.string(),
    event_types: z.array(z.string()),
    description: z.string().nullable(),
    is_enabled: z.boolean(),
    disabled_reason: z.string().nullable().openapi({ example: "the endpoint returned 410" }),
    circuit: z.enum(["closed", "open", "half_open"]).openapi({
      description:
        "closed: deliveries are attempted; open: the endpoint did not answer in time, and its deliveries wait until `next_probe_at`; half_open: the next delivery is a probe, which closes the circuit if the endpoint answers",
    }),
    consecutive_timeouts: z.int(),
    next_probe_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Webhook");

const secret = z.string().openapi({
  example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
  description: "The secret for Standard Webhooks signatures, returned only once",
});

export const WebhookMade = Webhook.extend({ secret }).openapi("CreatedWebhook");

export const SecretRotated = z
  .object({
    secret,
    old_until: z.iso.datetime().openapi({ description: "The time until which the old secret also signs" }),
  })
  .openapi("WebhookSecret");

export const WebhookList = listOf(Webhook).openapi("WebhookList");

const Status = z.enum(["pending", "delivered", "failed", "dead"]).openapi("DeliveryStatus").openapi({
  description: "failed: the endpoint was disabled or deleted, or returned 410; dead: all attempts failed",
});

export const Delivery = z
  .object({
    id: Id.openapi({ description: "The id of the event; the header webhook-id is msg_ followed by it" }),
    type: z.string().openapi({ example: "sale.completed" }),
    status: Status,
    attempts: z.int(),
    next_attempt_at: z.iso.datetime().nullable(),
    last_status: z
      .int()
      .nullable()
      .openapi({ description: "The HTTP status of the last response", example: 200 }),
    last_error: z.string().nullable(),
    created_at: z.iso.datetime(),
    delivered_at: z.iso.datetime().nullable(),
  })
  .openapi("Delivery");

export const DeliveryList = listOf(Delivery).openapi("DeliveryList");

export const DeliveryQuery = z.strictObject({ ...PageQuery, status: Status.optional() });
