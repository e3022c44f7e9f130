// API keys over HTTP.
import { API, call } from "./client.ts";
import type { Shop } from "./shops.ts";

export type NewKey = { id: string; key: string };

/** A key of the shop with these fields. */
export async function newApiKey({ admin }: Shop, fields: Record<string, unknown>): Promise<NewKey> {
  const json = { name: "Test", kind: "secret", ...fields };
  return (await call("POST", `${API}/api-keys`, { token: admin.token, json })).body;
}

/** A secret key of the shop with these scopes. */
export const newSecretKey = (shop: Shop, ...scopes: string[]): Promise<NewKey> => newApiKey(shop, { scopes });

export const STOREFRONT = "https://storefront.example";

/** A publishable key of the shop for the pages of `STOREFRONT`. */
export const newPublishableKey = (shop: Shop): Promise<NewKey> =>
  newApiKey(shop, { kind: "publishable", origins: [STOREFRONT] });

/** The headers that a page of the storefront sends. */
export const fromPage = (key: string, origin = STOREFRONT) => ({ authorization: `Bearer ${key}`, origin });
