// What a key depends on, also where this isolate remembers it.
import { afterEach, expect, it, vi } from "vitest";
import { expectRefused } from "../attack/refused.ts";
import { fromPage, newApiKey, newPublishableKey, newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => void vi.useRealTimers());

const read = (key: string, path = "/sales") => call("GET", `${API}${path}`, { token: key });

it("a key of a shop that is closed is refused, remembered or not", async () => {
  const shop = await newShop();
  const [used, unused] = [await newSecretKey(shop, "sales:read"), await newSecretKey(shop, "sales:read")];
  expect((await read(used.key)).status).toBe(200);
  await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
  for (const { key } of [used, unused]) expectRefused(await read(key), 401, "invalid-token");
});

it("a publishable key is for the pages of its origins, also once it is remembered", async () => {
  const shop = await newShop();
  const { key } = await newPublishableKey(shop);
  const from = (headers: Record<string, string>) => call("GET", `${API}/products`, { headers });
  for (let nth = 0; nth < 2; nth += 1) expect((await from(fromPage(key))).status).toBe(200);
  expectRefused(await from(fromPage(key, "https://other.example")), 403, "origin-not-allowed");
});

it("a publishable key may be for pages of this machine", async () => {
  const shop = await newShop();
  const origins = ["http://localhost:5173"];
  const { key } = await newApiKey(shop, { kind: "publishable", origins });
  const answer = await call("GET", `${API}/products`, { headers: fromPage(key, "http://localhost:5173") });
  expect(answer.status).toBe(200);
  const json = { name: "Test", kind: "publishable", origins: ["http://shop.example"] };
  const refused = await call("POST", `${API}/api-keys`, { token: shop.admin.token, json });
  expectRefused(refused, 422, "invalid");
});

it("an old secret works while its own grace period lasts, not that of another", async () => {
  const shop = await newShop();
  const { id, key } = await newSecretKey(shop, "sales:read");
  const rotate = () =>
    call("POST", `${API}/api-keys/${id}/rotate`, { token: shop.admin.token, json: { grace_seconds: 3600 } });
  await rotate();
  await rotate();
  expect((await read(key)).status).toBe(200);
  await change(
    "UPDATE api_keys SET old_secrets = json_set(old_secrets, '$[1].until', '2026-01-01T00:00:00.000Z') WHERE id = ?",
    id,
  );
  expectRefused(await read(key), 401, "invalid-token");
});

it("a key has expired at the instant of its expiry", async () => {
  const shop = await newShop();
  const { key, id } = await newSecretKey(shop, "sales:read");
  const expiry = new Date(Date.now() + 60_000);
  await change("UPDATE api_keys SET expires_at = ? WHERE id = ?", expiry.toISOString(), id);
  const readAt = async (ms: number) => {
    vi.useFakeTimers({ toFake: ["Date"], now: ms });
    return (await callWith({}, "GET", `${API}/sales`, { token: key })).status;
  };
  expect([await readAt(expiry.getTime() - 1), await readAt(expiry.getTime())]).toEqual([200, 401]);
});

it("a refusal of a key that was remembered discloses no cost", async () => {
  const shop = await newShop();
  const { key, id } = await newSecretKey(shop, "sales:read");
  expect((await read(key)).status).toBe(200);
  await change("UPDATE api_keys SET revoked_at = ? WHERE id = ?", new Date().toISOString(), id);
  const revoked = await read(key);
  const unknown = await read(`${key.slice(0, -4)}AAAA`);
  for (const answer of [revoked, unknown]) expectRefused(answer, 401, "invalid-token");
  const timing = ({ headers }: { headers: Headers }) =>
    /read=\d+ written=\d+/.exec(headers.get("server-timing") ?? "")?.[0];
  expect(timing(revoked)).toBe(timing(unknown));
});
