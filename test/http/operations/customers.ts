// Customers, with and without an account.
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newShop, type Shop } from "../../support/shops.ts";
import type { AuditedRequest, Entries } from "./entry.ts";

const eva = { name: "Eva Luna", email: "eva@example.com" };

const add = async ({ admin }: Shop, json: Record<string, unknown> = { name: "Ana Sol" }): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: admin.token, json })).body.id;

const customerId = (shop: Shop): Promise<string> => add(shop);

/** A request about a new customer. */
async function customerChange(
  path: string,
  json: (shop: Shop) => Promise<unknown>,
  after: (json: unknown) => unknown,
): Promise<AuditedRequest> {
  const shop = await newShop();
  const id = await add(shop);
  const body = await json(shop);
  return {
    shop,
    path: `${API}/customers/${id}${path}`,
    sent: { token: shop.admin.token, json: body },
    expected: () => ({ entity_id: id, before: null, after: after(body) }),
  };
}

export const customers: Entries = {
  listCustomers: { role: "EMPLOYEE" },
  getCustomer: { role: "EMPLOYEE", resource: customerId },
  listCustomerSales: { role: "EMPLOYEE", resource: customerId },
  createCustomer: {
    role: "EMPLOYEE",
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const otherJson = { ...eva, phone: "600112233" };
        return { shop, path: `${API}/customers`, token: shop.admin.token, json: eva, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(*) n FROM customers WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "customer.added",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/customers`,
          sent: { token: shop.admin.token, json: eva },
          expected: ({ id }) => ({ entity_id: id, before: null, after: null }),
        };
      },
    },
  },
  updateCustomer: {
    role: "EMPLOYEE",
    resource: customerId,
    content: { json: { note: "Prefers paperbacks" } },
    audit: {
      action: "customer.changed",
      prepare: () =>
        customerChange(
          "",
          () => Promise.resolve({ ...eva, accepts_mail: true }),
          () => ({ fields: ["name", "email", "accepts_mail_at"] }),
        ),
    },
  },
  mergeCustomer: {
    role: "ADMIN",
    resource: customerId,
    content: { json: { into: crypto.randomUUID() } },
    request: async (shop) => ({
      path: `${API}/customers/${await add(shop)}/merge`,
      sent: { token: shop.admin.token, json: { into: await add(shop, eva) } },
    }),
    withoutKey: "Repeating it changes nothing.",
    audit: {
      action: "customer.merged",
      prepare: () =>
        customerChange(
          "/merge",
          async (shop) => ({ into: await add(shop, eva) }),
          (json) => json,
        ),
    },
  },
  eraseCustomer: {
    role: "ADMIN",
    resource: customerId,
    audit: {
      action: "customer.erased",
      prepare: () =>
        customerChange(
          "",
          () => Promise.resolve(undefined),
          () => null,
        ),
    },
  },
  exportMyData: { role: "CUSTOMER" },
};
