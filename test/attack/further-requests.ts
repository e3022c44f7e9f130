// Accepted requests beside those of the registry, which has one for each operation: of guests, and of what meets the rows of a guest.
import { API } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { guestShop, newGuest, type Guest } from "../support/guests.ts";
import { putInCart } from "../support/purchases.ts";
import { newPerson, newProduct, PASSWORD, type Shop } from "../support/shops.ts";
import { newId } from "../../src/values/ids.ts";
import type { AcceptedRequest } from "../http/operations/registry.ts";

/** `subject` is the id of the cart or person that the request is of. */
type FurtherRequest = AcceptedRequest & { method: string; subject: string };

const EMAIL = "guest@example.com";

async function shopOfGuest() {
  const { shop, book, guest } = await guestShop();
  const other = await newProduct(shop, { stock: 9 });
  for (const { id } of [book, other]) await guest.put(id, 2);
  const [cart] = await rowsOf("SELECT id FROM carts WHERE tenant_id = ?", shop.tenant.id);
  return { shop, book, guest, cart: String(cart?.["id"]) };
}

/** Has another guest with the same address order once, so that the shop has a record of them. */
async function orderOnce(shop: Shop, productId: string): Promise<void> {
  const earlier = await newGuest(shop);
  await earlier.put(productId);
  await earlier.checkOut({ email: EMAIL });
}

const requestOfGuest =
  (method: string, pathOf: (productId: string) => string, json?: unknown) =>
  async (): Promise<FurtherRequest> => {
    const { shop, book, guest, cart } = await shopOfGuest();
    return {
      shop,
      method,
      path: `${API}${pathOf(book.id)}`,
      sent: { json, headers: { "x-cart": guest.cart } },
      subject: cart,
    };
  };

const checkOut = (guest: Guest) => ({
  method: "POST",
  path: `${API}/purchases/checkout`,
  sent: {
    json: { payment_method: "card", email: EMAIL, name: "Greta Gast" },
    headers: { "x-cart": guest.cart, "idempotency-key": newId() },
  },
});

/** By what the request does. */
export const furtherRequests: Record<string, () => Promise<FurtherRequest>> = {
  "a guest who sets a quantity": requestOfGuest("PUT", (id) => `/cart/items/${id}`, { quantity: 3 }),
  "a guest who removes a product": requestOfGuest("DELETE", (id) => `/cart/items/${id}`),
  "a guest who empties the cart": requestOfGuest("DELETE", () => "/cart"),
  "the first checkout of a guest": async () => {
    const { shop, guest, cart } = await shopOfGuest();
    return { shop, ...checkOut(guest), subject: cart };
  },
  "the second checkout of a guest": async () => {
    const { shop, book, guest, cart } = await shopOfGuest();
    await orderOnce(shop, book.id);
    return { shop, ...checkOut(guest), subject: cart };
  },
  "a login with the cart of a guest": async () => {
    const { shop, book, guest } = await shopOfGuest();
    const { id, email, token } = await newPerson(shop.tenant, "CUSTOMER");
    await putInCart(token, book.id, 2);
    return {
      shop,
      method: "POST",
      path: `${API}/auth/login`,
      sent: {
        json: { tenant: shop.tenant.slug, email, password: PASSWORD },
        headers: { "x-cart": guest.cart },
      },
      subject: id,
    };
  },
  "an order by staff for the address of a guest": async () => {
    const { shop, book, cart } = await shopOfGuest();
    await orderOnce(shop, book.id);
    const items = [{ product_id: book.id, quantity: 1 }];
    return {
      shop,
      method: "POST",
      path: `${API}/orders`,
      sent: {
        token: shop.admin.token,
        json: { customer: { name: "Greta Gast", email: EMAIL }, items, payment: "transfer" },
      },
      subject: cart,
    };
  },
  "an account that registers with the address of a guest": async () => {
    const { shop, book, guest, cart } = await shopOfGuest();
    await orderOnce(shop, book.id);
    return {
      shop,
      method: "POST",
      path: `${API}/auth/register`,
      sent: {
        json: {
          tenant: shop.tenant.slug,
          email: EMAIL,
          password: PASSWORD,
          first_name: "Ana",
          last_name: "Sol",
        },
        headers: { "x-cart": guest.cart },
      },
      subject: cart,
    };
  },
};
