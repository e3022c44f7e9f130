// What is given back, confirmed and imported.
import { expect } from "vitest";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { COLUMNS } from "../../support/imports.ts";
import { bookshop, buyOne } from "../../support/purchases.ts";
import { newProduct, newShop, sellOne } from "../../support/shops.ts";
import type { Case } from "./case.ts";

async function pendingPurchase() {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id);
  return { shop, id: String(body.id) };
}

export const sales: Record<string, Case> = {
  refund: {
    action: "sale.refunded",
    make: async () => {
      const shop = await newShop();
      const { token } = shop.admin;
      const { id } = await newProduct(shop, { stock: 5 });
      const sale = await sellOne(token, id, 3);
      return {
        shop,
        method: "POST",
        path: `${API}/sales/${sale.body.id}/refunds`,
        sent: { token, json: { items: [{ product_id: id, quantity: 2 }], reason: "torn" } },
        told: (body) => ({
          entity_id: sale.body.id,
          before: null,
          after: { refund_id: body.id, total: -2000, units: -2 },
        }),
      };
    },
  },
  confirmPurchase: {
    action: "purchase.confirmed",
    make: async () => {
      const { shop, id } = await pendingPurchase();
      return {
        shop,
        method: "POST",
        path: `${API}/purchases/${id}/confirm`,
        sent: { token: shop.admin.token },
        told: () => ({
          entity_id: id,
          before: { status: "pending" },
          after: { status: "completed", amount: 1000, payment_id: expect.any(String) },
        }),
      };
    },
  },
  giveBackPayment: {
    action: "payment.given_back",
    make: async () => {
      const { shop, id } = await pendingPurchase();
      await change(
        "UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND id = ?",
        shop.tenant.id,
        id,
      );
      const { token } = shop.admin;
      await call("POST", `${API}/purchases/${id}/confirm`, { token });
      const { body } = await call("GET", `${API}/payments`, { token });
      return {
        shop,
        method: "POST",
        path: `${API}/payments/${body.data[0].id}/refund`,
        sent: { token },
        told: (payment) => ({
          entity_id: payment.id,
          before: { status: "refund_due" },
          after: { status: "refunded", amount: 1000 },
        }),
      };
    },
  },
  startImport: {
    action: "import.started",
    make: async () => {
      const shop = await newShop();
      const raw = `${COLUMNS}\n`;
      return {
        shop,
        method: "POST",
        path: `${API}/imports?kind=sales`,
        sent: { token: shop.admin.token, raw, headers: { "content-type": "text/csv" } },
        told: ({ id }) => ({
          entity_id: id,
          before: null,
          after: { kind: "sales", bytes_total: raw.length },
        }),
      };
    },
  },
};
