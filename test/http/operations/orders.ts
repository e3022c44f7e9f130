// Online sales as staff see them.
import { API } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { orderedBooks, takeOrder } from "../../support/orders.ts";
import { bookshop } from "../../support/purchases.ts";
import { newProduct, type Shop } from "../../support/shops.ts";
import type { Entries } from "./entry.ts";

async function orderId(shop: Shop): Promise<string> {
  const { id } = await newProduct(shop, { stock: 5 });
  return (await takeOrder(shop.admin.token, id)).body.id;
}

export const orders: Entries = {
  createOrder: {
    role: "EMPLOYEE",
    idempotency: {
      prepare: async () => {
        const { shop, book } = await bookshop();
        const json = {
          customer: { name: "Begoña Núñez", email: "bego@example.com" },
          items: [{ product_id: book.id, quantity: 1 }],
          payment: "transfer",
        };
        const otherJson = { ...json, note: "Urgent" };
        return { shop, path: `${API}/orders`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT 10 - sum(stock) / 1000.0 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "purchase.placed",
      prepare: async () => {
        const { shop, buyer, book } = await bookshop();
        const items = [{ product_id: book.id, quantity: 2 }];
        const json = { customer_id: buyer.id, items, payment: "on_delivery" };
        return {
          shop,
          path: `${API}/orders`,
          sent: { token: shop.admin.token, json },
          expected: (order) => ({
            entity_id: order.id,
            before: null,
            after: { customer_id: buyer.id, payment: "on_delivery", total: 2000, lines: 1 },
          }),
        };
      },
    },
  },
  listOrders: { role: "EMPLOYEE" },
  getOrder: { role: "EMPLOYEE", resource: orderId },
  updateOrder: {
    role: "EMPLOYEE",
    resource: orderId,
    content: { json: { note: "Urgent" } },
    audit: {
      action: "purchase.changed",
      prepare: async () => {
        const { shop, book, id } = await orderedBooks();
        const item = { product_id: book.id, quantity: 1 };
        return {
          shop,
          path: `${API}/orders/${id}`,
          sent: { token: shop.admin.token, json: { items: [item] }, headers: { "if-match": '"v1"' } },
          expected: () => ({
            entity_id: id,
            before: { total: 2000, items: [{ ...item, quantity: 2, unit_price: 1000, subtotal: 2000 }] },
            after: {
              fields: ["items"],
              total: 1000,
              items: [{ ...item, unit_price: 1000, subtotal: 1000 }],
            },
          }),
        };
      },
    },
  },
  cancelOrder: {
    role: "EMPLOYEE",
    resource: orderId,
    content: { json: { reason: "no longer needed" } },
    idempotency: { testedIn: "test/purchases/orders/repeats.test.ts, because it answers 200" },
    audit: {
      action: "purchase.cancelled",
      prepare: async () => {
        const { shop, id } = await orderedBooks();
        return {
          shop,
          path: `${API}/orders/${id}/cancel`,
          sent: { token: shop.admin.token, json: { reason: "no longer needed" } },
          expected: () => ({
            entity_id: id,
            before: { status: "pending" },
            after: { status: "cancelled", reason: "no longer needed" },
          }),
        };
      },
    },
  },
  renewPaymentLink: {
    role: "EMPLOYEE",
    resource: orderId,
    idempotency: { testedIn: "test/purchases/orders/repeats.test.ts, because it answers 200" },
    alwaysRefused: "The tests' Worker has no payment provider with links.",
    audit: { none: "Refused here; test/purchases/orders/payment-link.test.ts tests the entry." },
  },
};
