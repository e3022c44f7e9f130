import { expect, it } from "vitest";
import { rememberCart, takeCart } from "../../src/cart/remembered-cart.ts";
import { bookshop, checkOut, putInCart } from "../support/purchases.ts";
import { costOf } from "../support/client.ts";

it("a cart that was shown is remembered for one checkout, and an empty one not at all", async () => {
  const { buyer, book } = await bookshop({ stock: 90 });
  await putInCart(buyer.token, book.id);
  const ctx = buyer.ctx();
  const lines = takeCart(ctx) ?? expect.fail("The cart is not remembered.");
  expect(lines).toMatchObject([{ product_id: book.id }]);
  expect(takeCart(ctx)).toBeNull();
  rememberCart(ctx, lines);
  rememberCart(ctx, []);
  expect(takeCart(ctx)).toBeNull();
  const answer = await checkOut(buyer.token);
  expect([answer.status, costOf(answer).queries]).toEqual([201, 2]);
});
