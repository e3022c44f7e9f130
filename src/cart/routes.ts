import { z } from "@hono/zod-openapi";
import { answer, jsonOf } from "../http/content.ts";
import { IdempotencyHeader, made } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { signedIn } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problems } from "../http/problem-responses.ts";
import { Purchase } from "../purchases/schema.ts";
import { addToCart, emptyCart, getCart, setInCart, takeFromCart } from "./cart.ts";
import { checkout } from "./checkout.ts";
import { Cart, CartItemPatch, Checkout, NewCartItem } from "./schema.ts";

export const cart = router();

const tags = ["Purchases"];
const params = z.object({ product_id: Id });

cart.openapi(
  operation("customer", {
    method: "get",
    path: "/cart",
    operationId: "getCart",
    summary: "My cart, at the prices of now",
    description: "It takes no stock: `available` says whether a line can be bought now.",
    tags,
    responses: { 200: answer("The cart", Cart) },
  }),
  async (c) => c.json(Cart.parse(await getCart(signedIn(c))), 200),
);

cart.openapi(
  operation("customer", {
    method: "post",
    path: "/cart/items",
    operationId: "addToCart",
    summary: "Put units of a product into the cart",
    description: "They add to those that are in. A cart has 100 lines at most, a line 999 units.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonOf(NewCartItem) },
    responses: { 201: answer("The cart", Cart), ...problems(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return c.json(Cart.parse(made(c, await addToCart(signedIn(c), c.req.valid("json"), key))), 201);
  },
);

cart.openapi(
  operation("customer", {
    method: "put",
    path: "/cart/items/{product_id}",
    operationId: "setInCart",
    summary: "Set how many units of a product are in the cart",
    tags,
    request: { params, body: jsonOf(CartItemPatch) },
    responses: { 200: answer("The cart", Cart), ...problems(404, 409) },
  }),
  async (c) => {
    const { product_id } = c.req.valid("param");
    return c.json(Cart.parse(await setInCart(signedIn(c), product_id, c.req.valid("json").quantity)), 200);
  },
);

cart.openapi(
  operation("customer", {
    method: "delete",
    path: "/cart/items/{product_id}",
    operationId: "takeFromCart",
    summary: "Take a product out of the cart",
    tags,
    request: { params },
    responses: { 200: answer("The cart", Cart), ...problems(404) },
  }),
  async (c) => c.json(Cart.parse(await takeFromCart(signedIn(c), c.req.valid("param").product_id)), 200),
);

cart.openapi(
  operation("customer", {
    method: "delete",
    path: "/cart",
    operationId: "emptyCart",
    summary: "Take all out of the cart",
    tags,
    responses: { 200: answer("The empty cart", Cart) },
  }),
  async (c) => c.json(Cart.parse(await emptyCart(signedIn(c))), 200),
);

cart.openapi(
  operation("customer", {
    method: "post",
    path: "/purchases/checkout",
    operationId: "checkout",
    summary: "Buy what is in the cart",
    description:
      "All lines are bought, or none: 409 `out-of-stock` names the short ones, 409 `price-changed` the new `total`. An Idempotency-Key is required. The purchase is pending until it is paid; it keeps its goods until `hold_expires_at`.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonOf(Checkout) },
    responses: { 201: answer("The purchase", Purchase), ...problems(409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return c.json(Purchase.parse(made(c, await checkout(signedIn(c), c.req.valid("json"), key))), 201);
  },
);
