// API keys.
import { API, call } from "../../support/client.ts";
import { newShop, type Shop } from "../../support/shops.ts";
import type { AuditedRequest, Entries } from "./entry.ts";

const input = { name: "Web shop", kind: "secret", scopes: ["products:read"] };

const withoutKey = "Its response has a secret, which must not be stored.";

async function keyId({ admin }: Shop): Promise<string> {
  const { body } = await call("POST", `${API}/api-keys`, { token: admin.token, json: input });
  return body.id;
}

async function change(
  path: (id: string) => string,
  json: unknown,
  after: (body: { old_until: string }) => unknown,
): Promise<AuditedRequest> {
  const shop = await newShop();
  const id = await keyId(shop);
  return {
    shop,
    path: `${API}/api-keys/${path(id)}`,
    sent: { token: shop.admin.token, json },
    expected: (body) => ({ entity_id: id, before: null, after: after(body) }),
  };
}

export const apiKeys: Entries = {
  createApiKey: {
    role: "ADMIN",
    content: { json: input },
    withoutKey,
    audit: {
      action: "api_key.added",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/api-keys`,
          sent: { token: shop.admin.token, json: input },
          expected: ({ id }) => ({
            entity_id: id,
            before: null,
            after: { ...input, allowed_ips: [], origins: [], expires_at: null },
          }),
        };
      },
    },
  },
  listApiKeys: { role: "ADMIN" },
  getApiKey: { role: "ADMIN", resource: keyId },
  updateApiKey: {
    role: "ADMIN",
    resource: keyId,
    content: { json: { name: "Till" } },
    audit: {
      action: "api_key.changed",
      prepare: async () => {
        const shop = await newShop();
        const id = await keyId(shop);
        const json = { name: "Till", scopes: ["sales:write", "products:read"] };
        return {
          shop,
          path: `${API}/api-keys/${id}`,
          sent: { token: shop.admin.token, json },
          expected: () => ({
            entity_id: id,
            before: { name: input.name, scopes: input.scopes },
            after: { name: "Till", scopes: ["products:read", "sales:write"] },
          }),
        };
      },
    },
  },
  rotateApiKey: {
    role: "ADMIN",
    resource: keyId,
    content: { json: { grace_seconds: 60 } },
    withoutKey,
    audit: {
      action: "api_key.secret_rotated",
      prepare: () =>
        change(
          (id) => `${id}/rotate`,
          { grace_seconds: 60 },
          ({ old_until }) => ({ old_until }),
        ),
    },
  },
  revokeApiKey: {
    role: "ADMIN",
    resource: keyId,
    audit: {
      action: "api_key.revoked",
      prepare: () =>
        change(
          (id) => id,
          undefined,
          () => null,
        ),
    },
  },
};
