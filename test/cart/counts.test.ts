import { describe, expect, it } from "vitest";
import { addToCart } from "../../src/cart/cart.ts";
import { dayOf } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { bookshop, checkOut, putInCart } from "../support/purchases.ts";
import { newPerson, newProduct, type Shop } from "../support/shops.ts";

const EARLIER = "2026-01-02";

const counted = (shop: Shop) =>
  rowsOf(
    `SELECT day, sum(carts_started) AS started, sum(added) AS added, sum(carts_ordered) AS carts, sum(ordered) AS ordered
      FROM daily_cart_lines WHERE tenant_id = ? GROUP BY day ORDER BY day`,
    shop.tenant.id,
  );

describe("beside an older cart of another person with the same products, a cart", () => {
  it("is counted on the day on which it was started, with its own lines", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 90 });
    const other = await newPerson(shop.tenant, "CUSTOMER");
    const second = await newProduct(shop, { stock: 90 });
    for (const { id } of [book, second]) await putInCart(other.token, id);
    await change("UPDATE cart_items SET cart_day = ? WHERE tenant_id = ?", EARLIER, shop.tenant.id);
    await change("DELETE FROM daily_cart_lines WHERE tenant_id = ?", shop.tenant.id);
    const day = dayOf(new Date(), shop.tenant.timezone);
    await putInCart(buyer.token, book.id);
    expect(await counted(shop)).toEqual([{ day, started: 1, added: 1, carts: 0, ordered: 0 }]);
    await putInCart(buyer.token, second.id);
    await call("PUT", `${API}/cart/items/${second.id}`, { token: buyer.token, json: { quantity: 3 } });
    expect(await counted(shop)).toEqual([{ day, started: 1, added: 2, carts: 0, ordered: 0 }]);
    expect((await checkOut(buyer.token)).status).toBe(201);
    expect(await counted(shop)).toEqual([{ day, started: 1, added: 2, carts: 1, ordered: 2 }]);
  });
});

it("a cart whose lines were found in several ways is one cart, and each of them has its line", async () => {
  const { shop, buyer, book } = await bookshop();
  const { token } = buyer;
  const { id } = await newProduct(shop, { stock: 9 });
  await call("POST", `${API}/cart/items`, {
    token,
    json: { product_id: id, quantity: 1, origin: "search" },
  });
  await putInCart(token, book.id);
  expect((await checkOut(token)).status).toBe(201);
  expect(
    await rowsOf(
      "SELECT origin, carts_started, added, ordered FROM daily_cart_lines WHERE tenant_id = ? ORDER BY origin",
      shop.tenant.id,
    ),
  ).toEqual([
    { origin: "", carts_started: 0, added: 1, ordered: 1 },
    { origin: "search", carts_started: 1, added: 1, ordered: 1 },
  ]);
  expect(await counted(shop)).toMatchObject([{ started: 1, added: 2, carts: 1, ordered: 2 }]);
});

it("a cart is counted on the day of the shop, before and after midnight in its time zone", async () => {
  for (const [timezone, at, day] of [
    ["Europe/Madrid", "2027-03-01T22:59:59.000Z", "2027-03-01"],
    ["Europe/Madrid", "2027-03-01T23:00:00.000Z", "2027-03-02"],
    ["America/Lima", "2027-03-02T04:59:59.000Z", "2027-03-01"],
    ["America/Lima", "2027-03-02T05:00:00.000Z", "2027-03-02"],
  ] as const) {
    const { shop, buyer, book } = await bookshop({}, { timezone });
    await addToCart(buyer.ctx(new Date(at)), { product_id: book.id, quantity: 1000 }, undefined);
    expect(await counted(shop)).toEqual([{ day, started: 1, added: 1, carts: 0, ordered: 0 }]);
  }
});
