// A shop whose quota is used up costs nothing more, however requests name it.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { forgetIdentities } from "../../src/auth/recollection.ts";
import { withoutFacts } from "../support/access-tokens.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { API, costOf } from "../support/client.ts";
import { guestShop } from "../support/guests.ts";
import { quotasOf, sendCheapRequest } from "../support/quotas.ts";
import { newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

it("refuses carts and links of orders before it reads them where only the half for readers is used up", async () => {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id);
  const { body: order } = await guest.checkOut();
  // What the order took counts, too.
  const few = quotasOf(40, 40);
  for (let nth = 0; nth < 21; nth += 1) await sendCheapRequest(few, shop.tenant);
  for (const [path, headers] of [
    ["/cart", { "x-cart": guest.cart }],
    [`/purchases/${order.id}`, { "x-order": order.order_token }],
  ] as const) {
    const answer = await callWith(few, "GET", `${API}${path}`, { headers });
    expect([path, answer.status, costOf(answer).queries]).toEqual([path, 429, 0]);
    expect(JSON.parse(answer.text)["violated-policies"]).toEqual(["public"]);
  }
});

it("refuses the carts of guests, the links of orders and API keys before it reads them", async () => {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id);
  const { body: order } = await guest.checkOut();
  const { key } = await newSecretKey(shop, "products:read");
  const few = quotasOf(1, 100);
  for (let nth = 0; nth < 2; nth += 1) await sendCheapRequest(few, shop.tenant);
  for (const [path, headers] of [
    ["/cart", { "x-cart": guest.cart }],
    [`/purchases/${order.id}`, { "x-order": order.order_token }],
    ["/products", { authorization: `Bearer ${key}` }],
  ] as const) {
    const answer = await callWith(few, "GET", `${API}${path}`, { headers });
    expect([path, answer.status, costOf(answer).queries]).toEqual([path, 429, 0]);
  }
});

it("counts the guest of a cart against the quotas of the shop, whether or not the isolate remembers the cart", async () => {
  const { shop, guest } = await guestShop();
  for (const isRemembered of [false, true])
    for (const named of [{}, { "x-tenant": shop.tenant.slug }]) {
      if (!isRemembered) forgetIdentities();
      const { headers } = await guest.send("GET", "/cart", undefined, named);
      const policies = [...(headers.get("ratelimit") ?? "").matchAll(/"(\w+)"/g)].map(([, policy]) => policy);
      expect(policies).toEqual(["address", "tenant", "public"]);
    }
});

it("refuses whoever names it, and its own people, before it reads who they are", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  const few = quotasOf(1, 100);
  for (let nth = 0; nth < 2; nth += 1) await sendCheapRequest(few, shop.tenant);
  const named = { "x-tenant": shop.tenant.slug };
  const own = await withoutFacts(shop.admin.token);
  for (const sent of [
    { headers: named },
    { headers: { ...named, cookie: "mostrador_access=a.b.c" } },
    { headers: named, token: other.admin.token },
    { headers: named, token: own },
    { token: own },
    { token: shop.admin.token },
    { headers: { cookie: `mostrador_access=${own}` } },
  ]) {
    forgetIdentities();
    const answer = await callWith(few, "GET", `${API}/products`, sent);
    expect([answer.status, costOf(answer).queries], JSON.stringify(sent)).toEqual([429, 0]);
  }
});

it("refuses with one statement of each quota when another isolate has used it up", async () => {
  const { tenant, admin } = await newShop();
  const object = env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(tenant.id));
  await object.take([{ key: tenant.id, quota: 1, max: 1 }]);
  const answer = await callWith(quotasOf(1, 100), "GET", `${API}/auth/me`, { token: admin.token });
  expect(answer.status).toBe(429);
  const policies = [...(answer.headers.get("ratelimit-policy") ?? "").matchAll(/"(\w+)"/g)];
  expect(policies.map(([, policy]) => policy).filter((policy) => policy === "tenant")).toHaveLength(1);
});
