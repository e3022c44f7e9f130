// The cart, its purchases and their payments.
import { expect } from "vitest";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { bookshop, buyOne, confirm, putInCart } from "../../support/purchases.ts";
import { newProduct, type Shop } from "../../support/shops.ts";
import type { Entries } from "./entry.ts";
import { productId } from "./products.ts";

const purchaseId = async (shop: Shop): Promise<string> =>
  (await buyOne(shop.admin.token, await productId(shop))).body.id;

async function paymentId(shop: Shop): Promise<string> {
  await confirm(shop, await purchaseId(shop));
  const { body } = await call("GET", `${API}/payments`, { token: shop.admin.token });
  return body.data[0].id;
}

async function pendingPurchase() {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id);
  return { shop, id: String(body.id) };
}

/** The id of one of two products in the cart of the ADMIN. */
async function productInCart(shop: Shop): Promise<string> {
  const { token } = shop.admin;
  const [first, second] = [await newProduct(shop, { stock: 5 }), await newProduct(shop, { stock: 5 })];
  for (const { id } of [first, second]) await putInCart(token, id);
  return second.id;
}

const inCart = { none: "A cart is seen by its customer only." };

export const purchases: Entries = {
  createCart: {
    role: "public",
    withoutKey: "The response has a token, of which only the hash is stored. A cart too many expires.",
    request: async ({ tenant }) => ({ sent: { headers: { "x-tenant": tenant.slug } } }),
    audit: { none: "A cart has no person." },
  },
  getCart: { role: "CUSTOMER" },
  addCartItem: {
    role: "CUSTOMER",
    idempotency: {
      prepare: async () => {
        const { shop, buyer, book } = await bookshop();
        const json = { product_id: book.id, quantity: 2 };
        const otherJson = { ...json, quantity: 3 };
        return { shop, path: `${API}/cart/items`, token: buyer.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT sum(quantity) / 2000.0 n FROM cart_items WHERE tenant_id = ?", tenant.id),
    },
    audit: inCart,
  },
  setCartItem: {
    role: "CUSTOMER",
    resource: productId,
    content: { json: { quantity: 1 } },
    request: async (shop) => ({
      path: `${API}/cart/items/${await productInCart(shop)}`,
      sent: { token: shop.admin.token, json: { quantity: 2 } },
    }),
    audit: inCart,
  },
  removeCartItem: {
    role: "CUSTOMER",
    resource: productId,
    request: async (shop) => ({ path: `${API}/cart/items/${await productInCart(shop)}` }),
    audit: inCart,
  },
  emptyCart: {
    role: "CUSTOMER",
    request: async (shop) => {
      await productInCart(shop);
      return {};
    },
    audit: inCart,
  },
  createPurchase: {
    role: "CUSTOMER",
    idempotency: {
      prepare: async () => {
        const { shop, buyer, book } = await bookshop();
        await putInCart(buyer.token, book.id);
        const [json, otherJson] = [{ payment_method: "card" }, { payment_method: "cash" }];
        return { shop, path: `${API}/purchases/checkout`, token: buyer.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT 10 - sum(stock) / 1000.0 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: { none: "A purchase names its customer and never changes but for its status." },
  },
  listPurchases: { role: "CUSTOMER" },
  getPurchaseSummary: { role: "CUSTOMER" },
  getPurchase: { role: "CUSTOMER", resource: purchaseId },
  getPurchaseReceipt: {
    role: "CUSTOMER",
    resource: async (shop) => {
      const id = await purchaseId(shop);
      await confirm(shop, id);
      return id;
    },
  },
  cancelPurchase: {
    role: "CUSTOMER",
    resource: purchaseId,
    idempotency: { testedIn: "test/purchases/repeats.test.ts, because it answers 200" },
    audit: {
      action: "purchase.cancelled",
      prepare: async () => {
        const { shop, id } = await pendingPurchase();
        return {
          shop,
          path: `${API}/purchases/${id}/cancel`,
          sent: { token: shop.admin.token },
          expected: () => ({
            entity_id: id,
            before: { status: "pending" },
            after: { status: "cancelled" },
          }),
        };
      },
    },
  },
  confirmPurchase: {
    role: "EMPLOYEE",
    resource: purchaseId,
    content: { json: {} },
    idempotency: { testedIn: "test/purchases/repeats.test.ts, because it answers 200" },
    audit: {
      action: "purchase.confirmed",
      prepare: async () => {
        const { shop, id } = await pendingPurchase();
        return {
          shop,
          path: `${API}/purchases/${id}/confirm`,
          sent: { token: shop.admin.token },
          expected: () => ({
            entity_id: id,
            before: { status: "pending" },
            after: { status: "completed", amount: 1000, payment_id: expect.any(String) },
          }),
        };
      },
    },
  },
  listPayments: { role: "EMPLOYEE" },
  refundPayment: {
    role: "EMPLOYEE",
    resource: paymentId,
    content: { json: {} },
    idempotency: { testedIn: "test/purchases/payments/partial-refunds.test.ts, because it answers 200" },
    alwaysRefused: "The payment of a completed purchase is not due for a refund.",
    audit: {
      action: "payment.given_back",
      prepare: async () => {
        const { shop, id } = await pendingPurchase();
        const { token } = shop.admin;
        await change(
          "UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND id = ?",
          shop.tenant.id,
          id,
        );
        await confirm(shop, id);
        const { body } = await call("GET", `${API}/payments`, { token });
        return {
          shop,
          path: `${API}/payments/${body.data[0].id}/refund`,
          sent: { token },
          expected: (payment) => ({
            entity_id: payment.id,
            before: { status: "refund_due" },
            after: { status: "refunded", amount: 1000 },
          }),
        };
      },
    },
  },
  receiveStripeEvent: {
    role: "public",
    withoutKey: "Stripe sends none; a repeated event is recognised by its payment.",
    content: { json: {} },
    alwaysRefused: "The tests' Worker has no Stripe secret.",
    audit: { none: "Stripe reports it, and the payment records it." },
  },
};
