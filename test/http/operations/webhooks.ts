// Webhooks and dead letters.
import { storeDeadLetters } from "../../../src/events/dead-letters.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { base, newShop, type Shop } from "../../support/shops.ts";
import { newEndpoint } from "../../support/webhooks.ts";
import { hoursAgo, type AuditedRequest, type Entries } from "./entry.ts";

const input = { url: "https://example.com/hook", event_types: ["sale.completed"] };

const endpointId = async (shop: Shop): Promise<string> => (await newEndpoint(shop)).id;

/** A delivery whose endpoint and event have one id, because a walk fills both parameters of the path with one value. */
async function deliveryId(shop: Shop): Promise<string> {
  const id = await endpointId(shop);
  await change(
    `INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES (?1, ?2, 'webhook.ping', json_object('endpoint_id', ?2), ?3)`,
    shop.tenant.id,
    id,
    hoursAgo(0),
  );
  return id;
}

async function deadLetterId(shop: Shop): Promise<string> {
  const body = { kind: "event", tenant_id: shop.tenant.id, event_id: newId() };
  await storeDeadLetters(base(), [{ id: newId(), body }]);
  const { body: list } = await call("GET", `${API}/events/dead-letters`, { token: shop.admin.token });
  return list.data[0].id;
}

async function deadDeliveryId(shop: Shop): Promise<string> {
  const id = await deliveryId(shop);
  await change("UPDATE webhook_deliveries SET status = 'dead', attempts = 6 WHERE event_id = ?", id);
  return id;
}

/** A request without a body, and the same to another resource of its kind. */
async function repeated(resource: (shop: Shop) => Promise<string>, pathOf: (id: string) => string) {
  const shop = await newShop();
  const [path, otherPath] = [pathOf(await resource(shop)), pathOf(await resource(shop))];
  return { shop, token: shop.admin.token, path: `${API}/${path}`, otherPath: `${API}/${otherPath}` };
}

const auditLines = (tenantId: string, action: string): Promise<number> =>
  count("SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = ?", tenantId, action);

async function webhookChange(
  path: string,
  json: unknown,
  states: { before: unknown; after: unknown },
): Promise<AuditedRequest> {
  const shop = await newShop();
  const { token } = shop.admin;
  const { body } = await call("POST", `${API}/webhooks`, { token, json: input });
  return {
    shop,
    path: `${API}/webhooks/${body.id}${path}`,
    sent: { token, json },
    expected: () => ({ entity_id: body.id, ...states }),
  };
}

export const webhooks: Entries = {
  createWebhook: {
    role: "ADMIN",
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const otherJson = { ...input, event_types: ["*"] };
        return { shop, path: `${API}/webhooks`, token: shop.admin.token, json: input, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(*) n FROM webhook_endpoints WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "webhook.added",
      prepare: async () => {
        const shop = await newShop();
        const json = { ...input, event_types: ["*"] };
        return {
          shop,
          path: `${API}/webhooks`,
          sent: { token: shop.admin.token, json },
          expected: ({ id }) => ({ entity_id: id, before: null, after: { ...json, description: null } }),
        };
      },
    },
  },
  listWebhooks: { role: "ADMIN" },
  getWebhook: { role: "ADMIN", resource: endpointId },
  updateWebhook: {
    role: "ADMIN",
    resource: endpointId,
    content: { json: { description: "books" } },
    audit: {
      action: "webhook.changed",
      prepare: () =>
        webhookChange(
          "",
          { event_types: ["sale.refunded", "sale.completed"], is_enabled: false },
          {
            before: { event_types: ["sale.completed"], is_enabled: true },
            after: { event_types: ["sale.completed", "sale.refunded"], is_enabled: false },
          },
        ),
    },
  },
  deleteWebhook: {
    role: "ADMIN",
    resource: endpointId,
    audit: {
      action: "webhook.deleted",
      prepare: () => webhookChange("", undefined, { before: { ...input, description: null }, after: null }),
    },
  },
  rotateWebhookSecret: {
    role: "ADMIN",
    resource: endpointId,
    idempotency: {
      status: 200,
      prepare: () => repeated(endpointId, (id) => `webhooks/${id}/rotate-secret`),
      count: ({ tenant }) => auditLines(tenant.id, "webhook.secret_rotated"),
    },
    audit: {
      action: "webhook.secret_rotated",
      prepare: () => webhookChange("/rotate-secret", undefined, { before: null, after: null }),
    },
  },
  pingWebhook: {
    role: "ADMIN",
    resource: endpointId,
    idempotency: {
      status: 202,
      prepare: () => repeated(endpointId, (id) => `webhooks/${id}/test`),
      count: ({ tenant }) =>
        count("SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'webhook.ping'", tenant.id),
    },
    audit: { none: "It sends a test event and changes nothing else." },
  },
  listDeliveries: { role: "ADMIN", resource: endpointId },
  replayDelivery: {
    role: "ADMIN",
    resource: deliveryId,
    idempotency: {
      status: 202,
      prepare: () => repeated(deadDeliveryId, (id) => `webhooks/${id}/deliveries/${id}/replay`),
      count: ({ tenant }) =>
        count("SELECT count(*) n FROM webhook_deliveries WHERE tenant_id = ? AND attempts < 6", tenant.id),
    },
    audit: { none: "It sends a stored event again, which the deliveries of the endpoint record." },
  },
  listDeadLetters: { role: "ADMIN" },
  replayDeadLetter: {
    role: "ADMIN",
    resource: deadLetterId,
    requires: ["queues"],
    idempotency: {
      status: 202,
      prepare: () => repeated(deadLetterId, (id) => `events/dead-letters/${id}/replay`),
      count: ({ tenant }) => auditLines(tenant.id, "dead_letter.replayed"),
    },
    audit: {
      action: "dead_letter.replayed",
      prepare: async () => {
        const shop = await newShop();
        const id = await deadLetterId(shop);
        return {
          shop,
          path: `${API}/events/dead-letters/${id}/replay`,
          sent: { token: shop.admin.token },
          expected: () => ({ entity_id: id, before: null, after: null }),
        };
      },
    },
  },
};
