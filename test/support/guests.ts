// Guests over HTTP.
import { newId } from "../../src/values/ids.ts";
import { API, call } from "./client.ts";
import { newProduct, newShop, type Shop } from "./shops.ts";

/** A guest of a shop, who has a cart and sends its token. */
export type Guest = {
  cart: string;
  send: (
    method: string,
    path: string,
    json?: unknown,
    headers?: Record<string, string>,
  ) => ReturnType<typeof call>;
  put: (productId: string, quantity?: number) => ReturnType<typeof call>;
  checkOut: (
    json?: Record<string, unknown>,
    key?: string,
    headers?: Record<string, string>,
  ) => ReturnType<typeof call>;
};

export async function newCart(shop: Shop, headers: Record<string, string> = {}): Promise<string> {
  const { body } = await call("POST", `${API}/carts`, {
    headers: { "x-tenant": shop.tenant.slug, ...headers },
  });
  return body.cart_token;
}

export function guestOf(cart: string): Guest {
  const send: Guest["send"] = (method, path, json, headers) =>
    call(method, `${API}${path}`, { json, headers: { "x-cart": cart, ...headers } });
  return {
    cart,
    send,
    put: (product_id, quantity = 1) => send("POST", "/cart/items", { product_id, quantity }),
    checkOut: (json, key = newId(), headers = {}) =>
      send(
        "POST",
        "/purchases/checkout",
        { payment_method: "card", email: "guest@example.com", name: "Greta Gast", ...json },
        { "idempotency-key": key, ...headers },
      ),
  };
}

export const newGuest = async (shop: Shop): Promise<Guest> => guestOf(await newCart(shop));

/** A shop with a guest and a book of 1000 minor units with a stock of ten. */
export async function guestShop(fields: Record<string, unknown> = {}) {
  const shop = await newShop();
  const book = await newProduct(shop, { price: 1000, stock: 10, ...fields });
  return { shop, book, guest: await newGuest(shop) };
}

/** The request of a guest who follows an order. */
export const byLink = (method: string, path: string, token: string, headers: Record<string, string> = {}) =>
  call(method, `${API}${path}`, { headers: { "x-order": token, ...headers } });
