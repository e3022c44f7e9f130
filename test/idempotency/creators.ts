// Every POST that creates: how it is asked, what another body would be, and how many there are afterwards.
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { newId } from "../../src/values/ids.ts";
import { bookshop, putInCart } from "../support/purchases.ts";
import { newProduct, newShop, PASSWORD, sellOne, type Shop } from "../support/shops.ts";

export type Creator = {
  /** The request of a fresh shop; sent again it must be done once. */
  prepare: () => Promise<{
    shop: Shop;
    path: string;
    token?: string;
    json: Record<string, unknown>;
    other: Record<string, unknown>;
  }>;
  count: (shop: Shop, json: Record<string, unknown>) => Promise<number>;
};

const person = { password: PASSWORD, first_name: "Ana", last_name: "Sol" };

const inShop = (query: string) => (shop: Shop) => count(query, shop.tenant.id);

export const creators: Record<string, Creator> = {
  openTenant: {
    prepare: async () => {
      const json = {
        slug: `new-${newId().slice(-12)}`,
        name: "New",
        currency: "EUR",
        timezone: "UTC",
        admin: { email: "ana@example.com", ...person },
      };
      return { shop: await newShop(), path: `${API}/tenants`, json, other: { ...json, name: "Other" } };
    },
    count: (_, json) => count("SELECT count(*) n FROM tenants WHERE slug = ?", json["slug"]),
  },
  register: {
    prepare: async () => {
      const shop = await newShop();
      const json = { tenant: shop.tenant.slug, email: "ana@example.com", ...person };
      return { shop, path: `${API}/auth/register`, json, other: { ...json, first_name: "Eva" } };
    },
    count: inShop("SELECT count(*) n FROM users WHERE tenant_id = ? AND role = 'CUSTOMER'"),
  },
  addStaff: {
    prepare: async () => {
      const shop = await newShop();
      const json = { email: "ana@example.com", role: "EMPLOYEE", ...person };
      return { shop, path: `${API}/users`, token: shop.admin.token, json, other: { ...json, role: "ADMIN" } };
    },
    count: inShop("SELECT count(*) n FROM users WHERE tenant_id = ? AND email = 'ana@example.com'"),
  },
  addWebhook: {
    prepare: async () => {
      const shop = await newShop();
      const json = { url: "https://example.com/hook", event_types: ["sale.completed"] };
      const other = { ...json, event_types: ["*"] };
      return { shop, path: `${API}/webhooks`, token: shop.admin.token, json, other };
    },
    count: inShop("SELECT count(*) n FROM webhook_endpoints WHERE tenant_id = ?"),
  },
  addProduct: {
    prepare: async () => {
      const shop = await newShop();
      const json = { sku: "1", title: "A book", price: 100, stock: 3 };
      return { shop, path: `${API}/products`, token: shop.admin.token, json, other: { ...json, price: 101 } };
    },
    count: inShop("SELECT sum(delta) / 3 n FROM stock_moves WHERE tenant_id = ?"),
  },
  moveStock: {
    prepare: async () => {
      const shop = await newShop();
      const { id } = await newProduct(shop, { stock: 0 });
      const json = { delta: 5, reason: "received" };
      return {
        shop,
        path: `${API}/products/${id}/stock`,
        token: shop.admin.token,
        json,
        other: { ...json, delta: 6 },
      };
    },
    count: inShop("SELECT sum(stock) / 5 n FROM products WHERE tenant_id = ?"),
  },
  sell: {
    prepare: async () => {
      const shop = await newShop();
      const { id } = await newProduct(shop, { stock: 50 });
      const items = (quantity: number) => [{ product_id: id, quantity }];
      return {
        shop,
        path: `${API}/sales`,
        token: shop.admin.token,
        json: { items: items(2) },
        other: { items: items(3) },
      };
    },
    count: inShop("SELECT (50 - sum(stock)) / 2 n FROM products WHERE tenant_id = ?"),
  },
  refund: {
    prepare: async () => {
      const shop = await newShop();
      const { id } = await newProduct(shop, { stock: 50 });
      const sale = await sellOne(shop.admin.token, id, 40);
      const json = { items: [{ product_id: id, quantity: 2 }], reason: "back", restock: true };
      return {
        shop,
        path: `${API}/sales/${sale.body.id}/refunds`,
        token: shop.admin.token,
        json,
        other: { ...json, reason: "other" },
      };
    },
    count: inShop("SELECT (sum(stock) - 10) / 2 n FROM products WHERE tenant_id = ?"),
  },
  startShift: {
    prepare: async () => {
      const shop = await newShop();
      const { token } = shop.admin;
      const json = { opening_cash: 100, device_label: "Till 1" };
      return { shop, path: `${API}/shifts/start`, token, json, other: { ...json, opening_cash: 200 } };
    },
    count: inShop("SELECT sum(opening_cash) / 100 n FROM shifts WHERE tenant_id = ?"),
  },
  joinShift: {
    prepare: async () => {
      const shop = await newShop();
      const { token } = shop.admin;
      await call("POST", `${API}/shifts/start`, { token });
      const json = { device_label: "Phone" };
      return { shop, path: `${API}/shifts/current/sessions`, token, json, other: { device_label: "Till 2" } };
    },
    count: inShop("SELECT count(device_label) n FROM work_sessions WHERE tenant_id = ?"),
  },
  moveCash: {
    prepare: async () => {
      const shop = await newShop();
      const { token } = shop.admin;
      await call("POST", `${API}/shifts/start`, { token });
      const json = { kind: "paid_in", amount: 100, reason: "change" };
      return { shop, path: `${API}/shifts/current/cash`, token, json, other: { ...json, amount: 200 } };
    },
    count: inShop("SELECT sum(amount) / 100 n FROM cash_moves WHERE tenant_id = ?"),
  },
  addToCart: {
    prepare: async () => {
      const { shop, buyer, book } = await bookshop();
      const json = { product_id: book.id, quantity: 2 };
      return { shop, path: `${API}/cart/items`, token: buyer.token, json, other: { ...json, quantity: 3 } };
    },
    count: inShop("SELECT sum(quantity) / 2 n FROM cart_items WHERE tenant_id = ?"),
  },
  checkout: {
    prepare: async () => {
      const { shop, buyer, book } = await bookshop();
      await putInCart(buyer.token, book.id);
      const json = { payment_method: "card" };
      const path = `${API}/purchases/checkout`;
      return { shop, path, token: buyer.token, json, other: { payment_method: "cash" } };
    },
    count: inShop("SELECT 10 - sum(stock) n FROM products WHERE tenant_id = ?"),
  },
};
