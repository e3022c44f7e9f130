// Shops, accounts, logins and settings.
import { newId } from "../../../src/values/ids.ts";
import { API, call } from "../../support/client.ts";
import { newPerson, newShop, PASSWORD } from "../../support/shops.ts";
import type { Change, Case } from "./case.ts";

const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };

/** A request about somebody else of the shop, by its ADMIN. */
async function ofUser(method: string, path: string, json: unknown, states: object): Promise<Change> {
  const shop = await newShop();
  const { id, ctx } = await newPerson(shop.tenant, "EMPLOYEE");
  const sessions = { sessions: [ctx().actor.session], count: 1 };
  return {
    shop,
    method,
    path: `${API}/users/${id}${path}`,
    sent: { token: shop.admin.token, json },
    told: () => ({
      entity_id: id,
      before: null,
      after: null,
      ...("ended" in states ? { before: sessions } : states),
    }),
  };
}

/** A request about the account that makes it. */
async function ofMe(
  method: string,
  path: string,
  json: unknown,
  states: (session: string) => object,
): Promise<Change> {
  const shop = await newShop();
  const me = await newPerson(shop.tenant, "CUSTOMER");
  const other = await call("POST", `${API}/auth/login`, {
    json: { tenant: shop.tenant.slug, email: me.email, password: PASSWORD },
  });
  const payload = other.body.access_token.split(".")[1];
  const { sid } = JSON.parse(Buffer.from(payload, "base64url").toString());
  return {
    shop,
    method,
    path: path.replace("{other}", sid),
    sent: { token: me.token, json },
    told: () => ({
      actor: me.id,
      entity_id: me.id,
      before: null,
      after: null,
      ...states(path.endsWith("logout") ? me.ctx().actor.session : sid),
    }),
  };
}

export const accounts: Record<string, Case> = {
  openTenant: {
    action: "shop.opened",
    make: async () => {
      const slug = `new-${newId().slice(-12)}`;
      const fields = { slug, name: "New", currency: "EUR", timezone: "UTC" };
      return {
        shop: await newShop(),
        method: "POST",
        path: `${API}/tenants`,
        sent: { json: { ...fields, admin: person } },
        told: ({ tenant, user }) => ({
          actor: user.id,
          entity_id: tenant.id,
          before: null,
          after: { ...fields, admin_id: user.id },
        }),
      };
    },
  },
  register: {
    action: "user.registered",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "POST",
        path: `${API}/auth/register`,
        sent: { json: { tenant: shop.tenant.slug, ...person } },
        told: ({ id }) => ({ actor: id, entity_id: id, before: null, after: { role: "CUSTOMER" } }),
      };
    },
  },
  login: {
    action: "user.signed_in",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "POST",
        path: `${API}/auth/login`,
        sent: { json: { tenant: shop.tenant.slug, email: shop.admin.email, password: PASSWORD } },
        told: ({ user, refresh_token }) => ({
          actor: user.id,
          entity_id: user.id,
          before: null,
          after: { session: refresh_token.split(".")[1] },
        }),
      };
    },
  },
  logout: {
    action: "user.signed_out",
    make: () =>
      ofMe("POST", `${API}/auth/logout`, undefined, (own) => ({ before: { sessions: [own], count: 1 } })),
  },
  endMySession: {
    action: "user.sessions_ended",
    make: () =>
      ofMe("DELETE", `${API}/auth/sessions/{other}`, undefined, (it) => ({
        before: { sessions: [it], count: 1 },
      })),
  },
  endMyOtherSessions: {
    action: "user.sessions_ended",
    make: () =>
      ofMe("DELETE", `${API}/auth/sessions`, undefined, (it) => ({ before: { sessions: [it], count: 1 } })),
  },
  endSessionsOf: {
    action: "user.sessions_ended",
    make: () => ofUser("DELETE", "/sessions", undefined, { ended: true }),
  },
  changePassword: {
    action: "user.password_changed",
    make: () => {
      const json = { current_password: PASSWORD, new_password: "another horse battery" };
      return ofMe("PUT", `${API}/auth/password`, json, () => ({}));
    },
  },
  setPassword: {
    action: "user.password_set",
    make: () => ofUser("PUT", "/password", { new_password: "another horse battery" }, {}),
  },
  changeMe: {
    action: "user.profile_changed",
    make: () => {
      const json = { first_name: "Eva", last_name: "Last", preferences: { categories: ["Poetry"] } };
      return ofMe("PATCH", `${API}/users/me`, json, () => ({
        after: { fields: ["first_name", "preferences"] },
      }));
    },
  },
  addStaff: {
    action: "user.added",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "POST",
        path: `${API}/users`,
        sent: { token: shop.admin.token, json: { ...person, role: "EMPLOYEE" } },
        told: ({ id }) => ({ entity_id: id, before: null, after: { role: "EMPLOYEE" } }),
      };
    },
  },
  changeUser: {
    action: "user.changed",
    make: () =>
      ofUser(
        "PATCH",
        "",
        { role: "ADMIN", is_active: true },
        { before: { role: "EMPLOYEE" }, after: { role: "ADMIN" } },
      ),
  },
  eraseMe: {
    action: "user.erased",
    make: () => ofMe("DELETE", `${API}/users/me`, { password: PASSWORD }, () => ({})),
  },
  eraseUser: { action: "user.erased", make: () => ofUser("DELETE", "", undefined, {}) },
  changeSettings: {
    action: "settings.changed",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "PATCH",
        path: `${API}/settings`,
        sent: {
          token: shop.admin.token,
          json: { require_shift_to_sell: true, idle_minutes: 20, max_shift_hours: 12 },
        },
        told: () => ({
          entity_id: shop.tenant.id,
          before: { require_shift_to_sell: false, idle_minutes: 15 },
          after: { require_shift_to_sell: true, idle_minutes: 20 },
        }),
      };
    },
  },
};
