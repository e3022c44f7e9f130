import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { Purchase } from "../purchases/schema.ts";
import { addToCart, emptyCart, getCart, setInCart, removeFromCart } from "./cart.ts";
import { checkout } from "./checkout.ts";
import { Cart, CartItemPatch, Checkout, NewCartItem } from "./schema.ts";

export const cartRoutes = router();

const tags = ["Purchases"];
const params = z.object({ product_id: Id });

cartRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/cart",
    operationId: "getCart",
    summary: "Get my cart at current prices",
    description: "A cart reserves no stock: `available` tells whether a line can be bought now.",
    tags,
    responses: { 200: jsonResponse("The cart", Cart) },
  }),
  async (c) => c.json(Cart.parse(await getCart(actorContext(c))), 200),
);

cartRoutes.openapi(
  operation("customer", {
    method: "post",
    path: "/cart/items",
    operationId: "addToCart",
    summary: "Add units of a product to the cart",
    description:
      "The quantity is added to that of an existing line. A cart holds at most 100 lines, and a line at most 999 units.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewCartItem) },
    responses: { 201: jsonResponse("The cart", Cart), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return c.json(
      Cart.parse(withReplayHeader(c, await addToCart(actorContext(c), c.req.valid("json"), key))),
      201,
    );
  },
);

cartRoutes.openapi(
  operation("customer", {
    method: "put",
    path: "/cart/items/{product_id}",
    operationId: "setInCart",
    summary: "Set the quantity of a product in the cart",
    tags,
    request: { params, body: jsonBody(CartItemPatch) },
    responses: { 200: jsonResponse("The cart", Cart), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const { product_id } = c.req.valid("param");
    return c.json(
      Cart.parse(await setInCart(actorContext(c), product_id, c.req.valid("json").quantity)),
      200,
    );
  },
);

cartRoutes.openapi(
  operation("customer", {
    method: "delete",
    path: "/cart/items/{product_id}",
    operationId: "takeFromCart",
    summary: "Remove a product from the cart",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The cart", Cart), ...problemResponses(404) },
  }),
  async (c) =>
    c.json(Cart.parse(await removeFromCart(actorContext(c), c.req.valid("param").product_id)), 200),
);

cartRoutes.openapi(
  operation("customer", {
    method: "delete",
    path: "/cart",
    operationId: "emptyCart",
    summary: "Empty the cart",
    tags,
    responses: { 200: jsonResponse("The empty cart", Cart) },
  }),
  async (c) => c.json(Cart.parse(await emptyCart(actorContext(c))), 200),
);

cartRoutes.openapi(
  operation("customer", {
    method: "post",
    path: "/purchases/checkout",
    operationId: "checkout",
    summary: "Buy the contents of the cart",
    description:
      "Buys all lines or none: 409 `out-of-stock` lists the lines that cannot be filled, 409 `price-changed` has the new `total`. An Idempotency-Key is required. The purchase is pending until it is paid, and its goods are reserved until `hold_expires_at`.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(Checkout) },
    responses: { 201: jsonResponse("The purchase", Purchase), ...problemResponses(409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return c.json(
      Purchase.parse(withReplayHeader(c, await checkout(actorContext(c), c.req.valid("json"), key))),
      201,
    );
  },
);
