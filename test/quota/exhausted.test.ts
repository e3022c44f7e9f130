// A shop whose quota is used up costs nothing more, however requests name it.
import { expect, it } from "vitest";
import { forgetIdentities } from "../../src/auth/recollection.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { API, costOf } from "../support/client.ts";
import { guestShop } from "../support/guests.ts";
import { quotasOf, sendCheapRequest } from "../support/quotas.ts";
import { callWith } from "../support/variant.ts";

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
