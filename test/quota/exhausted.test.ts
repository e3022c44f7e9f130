// A shop whose quota is used up costs nothing more, however requests name it.
import { expect, it } from "vitest";
import { newSecretKey } from "../support/api-keys.ts";
import { API, costOf } from "../support/client.ts";
import { guestShop } from "../support/guests.ts";
import { quotasOf, sendCheapRequest } from "../support/quotas.ts";
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
