// Orders that staff take, over HTTP.
import { newId } from "../../src/values/ids.ts";
import { API, call, type Sent } from "./client.ts";
import { bookshop } from "./purchases.ts";
import { withStripe } from "./stripe.ts";
import { callWith } from "./variant.ts";

type Fields = Record<string, unknown>;

/** Takes an order of one unit on delivery, unless `fields` say otherwise. */
export const takeOrder = (token: string, productId: string, fields: Fields = {}, headers: Fields = {}) =>
  call("POST", `${API}/orders`, {
    token,
    headers: headers as Record<string, string>,
    json: {
      customer: { name: "Begoña Núñez" },
      items: [{ product_id: productId, quantity: 1 }],
      payment: "on_delivery",
      ...fields,
    },
  });

export const readOrder = (token: string, id: string) => call("GET", `${API}/orders/${id}`, { token });

/** Changes an order at this version, or at whichever it has. */
export const changeOrder = (token: string, id: string, json: Fields, version?: number) =>
  call("PATCH", `${API}/orders/${id}`, {
    token,
    json,
    headers: { "if-match": version === undefined ? "*" : `"v${version}"` },
  });

export const cancelOrder = (token: string, id: string, json?: Fields) =>
  call("POST", `${API}/orders/${id}/cancel`, { token, ...(json ? { json } : {}) });

/** A shop with a book (10.00, ten in stock), and an order of two of them on delivery. */
export async function orderedBooks(fields: Fields = {}) {
  const { shop, buyer, book } = await bookshop();
  const { body } = await takeOrder(shop.admin.token, book.id, {
    items: [{ product_id: book.id, quantity: 2 }],
    ...fields,
  });
  return { shop, buyer, book, id: String(body.id), order: body };
}

/** The same request in a deployment that takes payments at Stripe. */
export async function callWithStripe(method: string, path: string, sent: Sent) {
  const answer = await callWith(withStripe, method, path, sent);
  return { ...answer, body: JSON.parse(answer.text) };
}

/** A shop with a pending order of two books (2000 minor units), to be paid by a link. */
export async function linkedOrder(fields: Fields = {}, currency = "EUR") {
  const { shop, buyer, book } = await bookshop({}, { currency });
  const { body } = await callWithStripe("POST", `${API}/orders`, {
    token: shop.admin.token,
    headers: { "idempotency-key": newId() },
    json: {
      customer_id: buyer.id,
      items: [{ product_id: book.id, quantity: 2 }],
      payment: "link",
      ...fields,
    },
  });
  return { shop, buyer, book, id: String(body.id), order: body };
}
