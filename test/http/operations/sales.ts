// Counter sales and their refunds.
import { API } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";
import type { Entries } from "./entry.ts";
import { productId } from "./products.ts";

const saleId = async (shop: Shop): Promise<string> =>
  (await sellOne(shop.admin.token, await productId(shop))).body.id;

export const sales: Entries = {
  sell: {
    role: "EMPLOYEE",
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const { id } = await newProduct(shop, { stock: 50 });
        const items = (quantity: number) => [{ product_id: id, quantity }];
        const [json, otherJson] = [{ items: items(2) }, { items: items(3) }];
        return { shop, path: `${API}/sales`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT (50 - sum(stock)) / 2 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: { none: "A sale names its seller and never changes." },
  },
  listSales: { role: "EMPLOYEE" },
  getSale: { role: "EMPLOYEE", resource: saleId },
  getReceipt: { role: "CUSTOMER", resource: saleId },
  refund: {
    role: "EMPLOYEE",
    resource: saleId,
    content: { json: { items: [{ product_id: crypto.randomUUID(), quantity: 1 }], reason: "back" } },
    // Refunds that are due at a payment provider are read after the commit.
    repeatedStatement: 4,
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const { id } = await newProduct(shop, { stock: 50 });
        const sale = await sellOne(shop.admin.token, id, 40);
        const json = { items: [{ product_id: id, quantity: 2 }], reason: "back", restock: true };
        const path = `${API}/sales/${sale.body.id}/refunds`;
        return { shop, path, token: shop.admin.token, json, otherJson: { ...json, reason: "other" } };
      },
      count: ({ tenant }) =>
        count("SELECT (sum(stock) - 10) / 2 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "sale.refunded",
      prepare: async () => {
        const shop = await newShop();
        const { token } = shop.admin;
        const { id } = await newProduct(shop, { stock: 5 });
        const sale = await sellOne(token, id, 3);
        return {
          shop,
          path: `${API}/sales/${sale.body.id}/refunds`,
          sent: { token, json: { items: [{ product_id: id, quantity: 2 }], reason: "torn" } },
          expected: (body) => ({
            entity_id: sale.body.id,
            before: null,
            after: { refund_id: body.id, total: -2000, units: -2 },
          }),
        };
      },
    },
  },
};
