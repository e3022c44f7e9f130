// Shops, their settings and their staff.
import { API } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newPerson, newShop, PASSWORD, type Shop } from "../../support/shops.ts";
import { newId } from "../../../src/values/ids.ts";
import type { AuditedRequest, Entries } from "./entry.ts";

const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };

const newTenant = () => ({
  slug: `new-${newId().slice(-12)}`,
  name: "New",
  currency: "EUR",
  timezone: "UTC",
});

const userId = async (shop: Shop): Promise<string> => (await newPerson(shop.tenant, "EMPLOYEE")).id;

/** A change of an employee's account by the ADMIN; `states` may depend on the employee's session. */
async function userChange(
  path: string,
  json: unknown,
  states: (session: string) => { before?: unknown; after?: unknown } = () => ({}),
): Promise<AuditedRequest> {
  const shop = await newShop();
  const { id, ctx } = await newPerson(shop.tenant, "EMPLOYEE");
  return {
    shop,
    path: `${API}/users/${id}${path}`,
    sent: { token: shop.admin.token, json },
    expected: () => ({ entity_id: id, before: null, after: null, ...states(ctx().actor.session) }),
  };
}

export const shops: Entries = {
  createTenant: {
    role: "public",
    requires: ["objects"],
    idempotency: {
      prepare: async () => {
        const json = { ...newTenant(), admin: person };
        return { shop: await newShop(), path: `${API}/tenants`, json, otherJson: { ...json, name: "Other" } };
      },
      count: (_, json) => count("SELECT count(*) n FROM tenants WHERE slug = ?", json["slug"]),
    },
    audit: {
      action: "shop.opened",
      prepare: async () => {
        const fields = newTenant();
        return {
          shop: await newShop(),
          path: `${API}/tenants`,
          sent: { json: { ...fields, admin: person } },
          expected: ({ tenant, user }) => ({
            actor: user.id,
            entity_id: tenant.id,
            before: null,
            after: { ...fields, admin_id: user.id },
          }),
        };
      },
    },
  },
  getShop: { role: "public" },
  updateShop: {
    role: "ADMIN",
    content: { json: { legal_name: "Sol, S. L." } },
    audit: {
      action: "shop.changed",
      prepare: async () => {
        const shop = await newShop();
        const address = {
          lines: ["Calle Mayor 1"],
          city: "Madrid",
          postal_code: "28013",
          country: "ES",
        };
        const json = { name: shop.tenant.name, tax_id: "B12345678", prices_include_tax: false, address };
        return {
          shop,
          path: `${API}/shop`,
          sent: { token: shop.admin.token, json },
          expected: () => ({
            entity_id: shop.tenant.id,
            before: { tax_id: null, prices_include_tax: true, address: null },
            after: { tax_id: "B12345678", prices_include_tax: false, address },
          }),
        };
      },
    },
  },
  listPaymentMethods: { role: "EMPLOYEE" },
  replacePaymentMethods: {
    role: "ADMIN",
    content: { json: { methods: [{ method: "bizum", name: "Bizum" }] } },
    audit: {
      action: "payment_methods.changed",
      prepare: async () => {
        const shop = await newShop();
        const methods = [{ method: "bizum", name: "Bizum" }];
        return {
          shop,
          path: `${API}/payment-methods`,
          sent: { token: shop.admin.token, json: { methods } },
          expected: () => ({
            entity_id: shop.tenant.id,
            before: { payment_methods: [] },
            after: { payment_methods: methods },
          }),
        };
      },
    },
  },
  getSettings: { role: "ADMIN" },
  updateSettings: {
    role: "ADMIN",
    content: { json: { idle_minutes: 20 } },
    audit: {
      action: "settings.changed",
      prepare: async () => {
        const shop = await newShop();
        const json = { require_shift_to_sell: true, idle_minutes: 20, max_shift_hours: 12 };
        return {
          shop,
          path: `${API}/settings`,
          sent: { token: shop.admin.token, json },
          expected: () => ({
            entity_id: shop.tenant.id,
            before: { require_shift_to_sell: false, idle_minutes: 15 },
            after: { require_shift_to_sell: true, idle_minutes: 20 },
          }),
        };
      },
    },
  },
  listUsers: { role: "ADMIN" },
  createStaff: {
    role: "ADMIN",
    requires: ["objects"],
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const json = { ...person, role: "EMPLOYEE" };
        const otherJson = { ...json, role: "ADMIN" };
        return { shop, path: `${API}/users`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT count(*) n FROM users WHERE tenant_id = ? AND email = 'ana@example.com'", tenant.id),
    },
    audit: {
      action: "user.added",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/users`,
          sent: { token: shop.admin.token, json: { ...person, role: "EMPLOYEE" } },
          expected: ({ id }) => ({ entity_id: id, before: null, after: { role: "EMPLOYEE" } }),
        };
      },
    },
  },
  updateUser: {
    role: "ADMIN",
    resource: userId,
    content: { json: { is_active: true } },
    audit: {
      action: "user.changed",
      prepare: () =>
        userChange("", { role: "ADMIN", is_active: true }, () => ({
          before: { role: "EMPLOYEE" },
          after: { role: "ADMIN" },
        })),
    },
  },
  endUserSessions: {
    role: "ADMIN",
    resource: userId,
    audit: {
      action: "user.sessions_ended",
      prepare: () =>
        userChange("/sessions", undefined, (session) => ({ before: { sessions: [session], count: 1 } })),
    },
  },
  setPassword: {
    role: "ADMIN",
    resource: userId,
    content: { json: { new_password: PASSWORD } },
    requires: ["objects"],
    audit: {
      action: "user.password_set",
      prepare: () => userChange("/password", { new_password: "another horse battery" }),
    },
  },
  eraseUser: {
    role: "ADMIN",
    resource: userId,
    audit: { action: "user.erased", prepare: () => userChange("", undefined) },
  },
  listAudit: { role: "ADMIN" },
};
