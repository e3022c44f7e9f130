// Counter sales and their refunds.
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";
import type { Entries } from "./entry.ts";
import { productId } from "./products.ts";

const saleId = async (shop: Shop): Promise<string> =>
  (await sellOne(shop.admin.token, await productId(shop))).body.id;

/** A cash sale of 20.00 that the ADMIN made in their open shift. */
async function saleOnShift(shop: Shop): Promise<string> {
  const { token } = shop.admin;
  await call("POST", `${API}/shifts/start`, { token, json: {} });
  const { id } = await newProduct(shop, { stock: 50 });
  return (await sellOne(token, id, 2)).body.id;
}

const writeOff = async (shop: Shop) => ({
  client_id: crypto.randomUUID(),
  sold_at: "2026-11-22T19:00:00.000Z",
  total: 2000,
  items: [{ product_id: await productId(shop), quantity: 2 }],
  problem: "unknown-customer",
  reason: "rung up again",
});

const corrected = { payments: [{ method: "card", amount: 2000 }], reason: "paid by card" };

export const sales: Entries = {
  createSale: {
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
        count("SELECT (50 - sum(stock) / 1000.0) / 2 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      none: "A sale names its seller. Its approval is recorded, which test/sales/approved.test.ts tests.",
    },
  },
  listSales: { role: "EMPLOYEE" },
  exportSaleLines: { role: "EMPLOYEE" },
  listDiscrepancies: { role: "EMPLOYEE" },
  getSale: { role: "EMPLOYEE", resource: saleId },
  getReceipt: { role: "CUSTOMER", resource: saleId },
  mailReceipt: {
    role: "EMPLOYEE",
    resource: saleId,
    content: { json: { email: "ana@example.com" } },
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const path = `${API}/sales/${await saleId(shop)}/receipt/mail`;
        const [json, otherJson] = [{ email: "ana@example.com" }, { email: "eva@example.com" }];
        return { shop, path, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT count(*) n FROM mails WHERE tenant_id = ? AND kind = 'receipt'", tenant.id),
      status: 202,
    },
    audit: {
      action: "sale.receipt_mailed",
      prepare: async () => {
        const shop = await newShop();
        const id = await saleId(shop);
        return {
          shop,
          path: `${API}/sales/${id}/receipt/mail`,
          sent: { token: shop.admin.token, json: { email: "ana@example.com" } },
          expected: (body) => ({ entity_id: id, before: null, after: { mail_id: body.id } }),
        };
      },
    },
  },
  createRefund: {
    role: "EMPLOYEE",
    resource: saleId,
    content: { json: { items: [{ product_id: crypto.randomUUID(), quantity: 1 }], reason: "back" } },
    // Refunds that are due at a payment provider are read after the commit.
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
        count("SELECT (sum(stock) / 1000.0 - 10) / 2 n FROM products WHERE tenant_id = ?", tenant.id),
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
  voidSale: {
    role: "EMPLOYEE",
    resource: saleOnShift,
    content: { json: { reason: "rung up twice" } },
    // As for a refund.
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const path = `${API}/sales/${await saleOnShift(shop)}/void`;
        const [json, otherJson] = [{ reason: "rung up twice" }, { reason: "other" }];
        return { shop, path, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT (sum(stock) / 1000.0 - 48) / 2 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "sale.voided",
      prepare: async () => {
        const shop = await newShop();
        const id = await saleOnShift(shop);
        return {
          shop,
          path: `${API}/sales/${id}/void`,
          sent: { token: shop.admin.token, json: {} },
          expected: (body) => ({
            entity_id: id,
            before: null,
            after: { refund_id: body.id, total: -2000, units: -2 },
          }),
        };
      },
    },
  },
  correctPayments: {
    role: "EMPLOYEE",
    resource: saleOnShift,
    content: { json: corrected },
    idempotency: {
      status: 200,
      prepare: async () => {
        const shop = await newShop();
        const path = `${API}/sales/${await saleOnShift(shop)}/payments/correct`;
        const otherJson = { ...corrected, payments: [{ method: "other", amount: 2000 }] };
        return { shop, path, token: shop.admin.token, json: corrected, otherJson };
      },
      count: ({ tenant }) =>
        count(
          "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'sale.payments_corrected'",
          tenant.id,
        ),
    },
    audit: {
      action: "sale.payments_corrected",
      prepare: async () => {
        const shop = await newShop();
        const id = await saleOnShift(shop);
        return {
          shop,
          path: `${API}/sales/${id}/payments/correct`,
          sent: { token: shop.admin.token, json: corrected },
          expected: () => ({
            entity_id: id,
            before: { payments: [{ method: "cash", amount: 2000, tendered: null }] },
            after: { reason: "paid by card", payments: [{ method: "card", amount: 2000, tendered: null }] },
          }),
        };
      },
    },
  },
  recordWriteOff: {
    role: "ADMIN",
    withoutKey: "The client_id of the sale makes it repeatable.",
    request: async (shop) => ({ sent: { token: shop.admin.token, json: await writeOff(shop) } }),
    audit: {
      action: "sale.written_off",
      prepare: async () => {
        const shop = await newShop();
        const json = await writeOff(shop);
        return {
          shop,
          path: `${API}/sales/write-offs`,
          sent: { token: shop.admin.token, json },
          expected: () => ({ entity_id: json.client_id, before: null, after: json }),
        };
      },
    },
  },
};
