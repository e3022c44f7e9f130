import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../http/content.ts";
import {
  CartHeader,
  IdempotencyHeader,
  RequiredIdempotencyHeader,
  ShopHeader,
  withLocation,
  withLocationAt,
  withReplayHeader,
} from "../http/headers.ts";
import { clientAddress, knownAddress } from "../http/client-address.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { buyerContext, shopContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { PlacedPurchase } from "../purchases/schema.ts";
import { addToCart, emptyCart, getCart, setInCart, removeFromCart } from "./cart.ts";
import { checkout } from "./checkout.ts";
import { createCart } from "./carts.ts";
import { cartOwner } from "./access.ts";
import { Cart, CartItemPatch, Checkout, NewCart, NewCartItem } from "./schema.ts";

export const cartRoutes = router();

const tags = ["Purchases"];
const params = z.object({ product_id: Id });

const BuyerHeaders = IdempotencyHeader.extend(CartHeader.shape);
const CheckoutHeaders = RequiredIdempotencyHeader.extend(CartHeader.shape);

cartRoutes.openapi(
  operation("public", {
    scope: "carts:write",
    method: "post",
    path: "/carts",
    operationId: "createCart",
    summary: "Create the cart of a guest",
    description:
      "Its token is sent as X-Cart to the operations on the cart and to the checkout. It expires after 30 days. An address creates at most 200 carts of a shop in a day. Sign in with X-Cart to take its lines into the cart of an account.",
    tags,
    request: { headers: ShopHeader },
    problems: ["too-many-carts"],
    responses: { 201: jsonResponse("The token of the cart", NewCart) },
  }),
  async (c) => {
    const cart = NewCart.parse(await createCart(shopContext(c), clientAddress(c)));
    return c.json(withLocationAt(c, "cart", cart), 201);
  },
);

cartRoutes.openapi(
  operation(cartOwner, {
    scope: "carts:read",
    method: "get",
    path: "/cart",
    operationId: "getCart",
    summary: "Get my cart at current prices",
    description: "A cart reserves no stock: `available` tells whether a line can be bought now.",
    tags,
    request: { headers: CartHeader },
    responses: { 200: jsonResponse("The cart", Cart) },
  }),
  async (c) => c.json(Cart.parse(await getCart(buyerContext(c))), 200),
);

cartRoutes.openapi(
  operation(cartOwner, {
    scope: "carts:write",
    method: "post",
    path: "/cart/items",
    operationId: "addCartItem",
    summary: "Add units of a product to the cart",
    description:
      "The quantity is added to that of an existing line. A cart holds at most 100 lines, and a line at most 999 units.",
    tags,
    request: { headers: BuyerHeaders, body: jsonBody(NewCartItem) },
    problems: ["unknown-product", "cart-full", "quantity-too-large", "too-many-attempts"],
    responses: { 201: jsonResponse("The cart", Cart) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addToCart(buyerContext(c), c.req.valid("json"), key);
    return c.json(withLocationAt(c, "cart", Cart.parse(withReplayHeader(c, result))), 201);
  },
);

cartRoutes.openapi(
  operation(cartOwner, {
    scope: "carts:write",
    method: "put",
    path: "/cart/items/{product_id}",
    operationId: "setCartItem",
    summary: "Set the quantity of a product in the cart",
    tags,
    request: { params, headers: CartHeader, body: jsonBody(CartItemPatch) },
    problems: ["cart-full"],
    responses: { 200: jsonResponse("The cart", Cart) },
  }),
  async (c) => {
    const { product_id } = c.req.valid("param");
    return c.json(
      Cart.parse(await setInCart(buyerContext(c), product_id, c.req.valid("json").quantity)),
      200,
    );
  },
);

cartRoutes.openapi(
  operation(cartOwner, {
    scope: "carts:write",
    method: "delete",
    path: "/cart/items/{product_id}",
    operationId: "removeCartItem",
    summary: "Remove a product from the cart",
    tags,
    request: { params, headers: CartHeader },
    responses: { 200: jsonResponse("The cart", Cart) },
  }),
  async (c) =>
    c.json(Cart.parse(await removeFromCart(buyerContext(c), c.req.valid("param").product_id)), 200),
);

cartRoutes.openapi(
  operation(cartOwner, {
    scope: "carts:write",
    method: "delete",
    path: "/cart",
    operationId: "emptyCart",
    summary: "Empty the cart",
    tags,
    request: { headers: CartHeader },
    responses: { 200: jsonResponse("The empty cart", Cart) },
  }),
  async (c) => c.json(Cart.parse(await emptyCart(buyerContext(c))), 200),
);

cartRoutes.openapi(
  operation(cartOwner, {
    scope: "carts:write",
    method: "post",
    path: "/purchases/checkout",
    operationId: "createPurchase",
    summary: "Buy the contents of the cart",
    description:
      "Buys all lines or none: 409 `out-of-stock` lists the lines that cannot be filled, 409 `price-changed` has the new `total`. The purchase is pending until it is paid, and its goods are reserved until `hold_expires_at`. What unpaid orders of a customer or an address reserve is limited: 409 `too-many-pending-orders`. A guest sends X-Cart and an e-mail address, and gets an `order_token`.",
    tags,
    request: { headers: CheckoutHeaders, body: jsonBody(Checkout) },
    problems: [
      "idempotency-key-missing",
      "conflict",
      "too-many-pending-orders",
      "product-unavailable",
      "out-of-stock",
      "price-changed",
      "empty-cart",
      "amount-too-large",
    ],
    responses: {
      201: jsonResponse("The purchase", PlacedPurchase),
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    // A server with a secret key sends the orders of many guests.
    const address = c.var.actor?.kind === "key" ? null : knownAddress(c);
    const placed = await checkout(buyerContext(c), c.req.valid("json"), key, { address });
    return c.json(withLocation(c, "purchases", PlacedPurchase.parse(withReplayHeader(c, placed))), 201);
  },
);
