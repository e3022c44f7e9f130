// Webhooks, and events that are sent again.
import { storeDeadLetters } from "../../../src/events/dead-letters.ts";
import { newId } from "../../../src/values/ids.ts";
import { API, call } from "../../support/client.ts";
import { base, newShop } from "../../support/shops.ts";
import type { Change, Case } from "./case.ts";

async function ofWebhook(
  method: string,
  path: string,
  json: unknown,
  states: { before: unknown; after: unknown },
): Promise<Change> {
  const shop = await newShop();
  const { token } = shop.admin;
  const input = { url: "https://example.com/hook", event_types: ["sale.completed"] };
  const { body } = await call("POST", `${API}/webhooks`, { token, json: input });
  return {
    shop,
    method,
    path: `${API}/webhooks/${body.id}${path}`,
    sent: { token, json },
    told: () => ({ entity_id: body.id, ...states }),
  };
}

export const webhooks: Record<string, Case> = {
  addWebhook: {
    action: "webhook.added",
    make: async () => {
      const shop = await newShop();
      const json = { url: "https://example.com/hook", event_types: ["*"] };
      return {
        shop,
        method: "POST",
        path: `${API}/webhooks`,
        sent: { token: shop.admin.token, json },
        told: ({ id }) => ({ entity_id: id, before: null, after: { ...json, description: null } }),
      };
    },
  },
  changeWebhook: {
    action: "webhook.changed",
    make: () =>
      ofWebhook(
        "PATCH",
        "",
        { event_types: ["sale.refunded", "sale.completed"], is_enabled: false },
        {
          before: { event_types: ["sale.completed"], is_enabled: true },
          after: { event_types: ["sale.completed", "sale.refunded"], is_enabled: false },
        },
      ),
  },
  deleteWebhook: {
    action: "webhook.deleted",
    make: () => {
      const before = {
        url: "https://example.com/hook",
        event_types: ["sale.completed"],
        description: null,
      };
      return ofWebhook("DELETE", "", undefined, { before, after: null });
    },
  },
  rotateWebhookSecret: {
    action: "webhook.secret_rotated",
    make: () => ofWebhook("POST", "/rotate-secret", undefined, { before: null, after: null }),
  },
  replayDeadLetter: {
    action: "dead_letter.replayed",
    make: async () => {
      const shop = await newShop();
      const { token } = shop.admin;
      const body = { tenant_id: shop.tenant.id, event_id: newId() };
      await storeDeadLetters(base(), [{ id: newId(), body }]);
      const list = await call("GET", `${API}/events/dead-letters`, { token });
      const { id } = list.body.data[0];
      return {
        shop,
        method: "POST",
        path: `${API}/events/dead-letters/${id}/replay`,
        sent: { token },
        told: () => ({ entity_id: id, before: null, after: null }),
      };
    },
  },
};
