// Buying over HTTP.
import { newId } from "../../src/ids.ts";
import { API, call } from "./client.ts";
import { newPerson, newProduct, newShop, type Person, type Shop } from "./shops.ts";

export const putInCart = (token: string, productId: string, quantity = 1) =>
  call("POST", `${API}/cart/items`, { token, json: { product_id: productId, quantity } });

/** Checks out under a key of its own, unless one is given. */
export const checkOut = (token: string, json: Record<string, unknown> = {}, key = newId()) =>
  call("POST", `${API}/purchases/checkout`, {
    token,
    headers: { "idempotency-key": key },
    json: { payment_method: "card", ...json },
  });

/** Puts one product into the cart and checks out. */
export async function buyOne(
  token: string,
  productId: string,
  quantity = 1,
  json: Record<string, unknown> = {},
) {
  await putInCart(token, productId, quantity);
  return checkOut(token, json);
}

/** A shop with a customer and a book of which there are ten. */
export async function bookshop(fields: Record<string, unknown> = {}): Promise<{
  shop: Shop;
  buyer: Person;
  book: { id: string };
}> {
  const shop = await newShop();
  const buyer = await newPerson(shop.tenant, "CUSTOMER");
  const book = await newProduct(shop, { price: 1000, stock: 10, ...fields });
  return { shop, buyer, book };
}

export const confirm = (shop: Shop, purchaseId: string) =>
  call("POST", `${API}/purchases/${purchaseId}/confirm`, { token: shop.admin.token });
