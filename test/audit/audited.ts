// Which operations that write are in the log, and how each is made to happen; and which are not, with the reason.
import { expect } from "vitest";
import { storeDeadEvents } from "../../src/events/dead-letters.ts";
import { newId } from "../../src/ids.ts";
import { change } from "../support/change.ts";
import { API, call, type Sent } from "../support/client.ts";
import { image } from "../support/images.ts";
import { COLUMNS } from "../support/imports.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, sellOne, type Shop } from "../support/shops.ts";

/** A request; and what the log has to say of it, from what was answered. */
type Change = {
  shop: Shop;
  method: string;
  path: string;
  sent: Sent;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into the answer
  told: (body: any) => { actor?: string; entity_id: string; before: unknown; after: unknown };
};

type Case = { action: string; make: () => Promise<Change> };

const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

/** A change of a product of a new shop by its ADMIN. */
async function ofProduct(
  method: string,
  path: string,
  sent: Sent,
  states: { before: unknown; after: unknown },
  fields: Record<string, unknown> = {},
): Promise<Change> {
  const shop = await newShop();
  const { id } = await newProduct(shop, fields);
  return {
    shop,
    method,
    path: `${API}/products/${id}${path}`,
    sent: { token: shop.admin.token, ...sent },
    told: () => ({ entity_id: id, ...states }),
  };
}

async function ofWebhook(
  method: string,
  path: string,
  json: unknown,
  states: { before: unknown; after: unknown },
): Promise<Change> {
  const shop = await newShop();
  const { token } = shop.admin;
  const input = { url: "https://example.com/hook", event_types: ["sale.completed"] };
  const { body } = await call("POST", `${API}/webhooks`, { token, json: input });
  return {
    shop,
    method,
    path: `${API}/webhooks/${body.id}${path}`,
    sent: { token, json },
    told: () => ({ entity_id: body.id, ...states }),
  };
}

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

async function pendingPurchase() {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id);
  return { shop, id: String(body.id) };
}

export const audited: Record<string, Case> = {
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
  putPlatforms: {
    action: "platforms.changed",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "PUT",
        path: `${API}/platforms`,
        sent: { token: shop.admin.token, json: { platforms: ["phone"] } },
        told: () => ({
          entity_id: shop.tenant.id,
          before: { platforms: null },
          after: { platforms: ["phone"] },
        }),
      };
    },
  },
  addProduct: {
    action: "product.added",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "POST",
        path: `${API}/products`,
        sent: { token: shop.admin.token, json: { sku: "1", title: "A book", price: 100, stock: 3 } },
        told: (body) => ({ entity_id: body.id, before: null, after: body }),
      };
    },
  },
  changeProduct: {
    action: "product.changed",
    make: () =>
      ofProduct(
        "PATCH",
        "",
        { json: { title: "A book", price: 900, author: "Ana Sol", rating: 4.5 } },
        {
          before: { price: 1000, author: null, rating: null },
          after: { price: 900, author: "Ana Sol", rating: 4.5 },
        },
      ),
  },
  hideProduct: {
    action: "product.hidden",
    make: () => ofProduct("DELETE", "", {}, { before: { is_active: true }, after: { is_active: false } }),
  },
  moveStock: {
    action: "product.stock_moved",
    make: () =>
      ofProduct(
        "POST",
        "/stock",
        { json: { delta: 3, reason: "received" } },
        { before: { stock: 2 }, after: { stock: 5 } },
        { stock: 2 },
      ),
  },
  putCover: {
    action: "product.changed",
    make: async () => {
      const made = await ofProduct("PUT", "/cover", { raw: image("png") }, { before: null, after: null });
      return {
        ...made,
        told: ({ id, cover_image_url }) => ({
          entity_id: id,
          before: { cover_image_url: null },
          after: { cover_image_url },
        }),
      };
    },
  },
  removeCover: {
    action: "product.changed",
    make: () => {
      const cover_image_url = "https://example.com/cover.png";
      const states = { before: { cover_image_url }, after: { cover_image_url: null } };
      return ofProduct("DELETE", "/cover", {}, states, { cover_image_url });
    },
  },
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
  closeShift: {
    action: "shift.closed",
    make: async () => {
      const shop = await newShop();
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      const id = await storeShift(shop, seller, { start: hoursAgo(2) });
      const end_at = hoursAgo(1);
      return {
        shop,
        method: "POST",
        path: `${API}/shifts/${id}/close`,
        sent: { token: shop.admin.token, json: { end_at, reason: "forgot to clock out" } },
        told: () => ({
          entity_id: id,
          before: { end_at: null, status: "OPEN", z_number: null, sessions: [expect.anything()] },
          after: { end_at, status: "CLOSED", z_number: 1, sessions: [expect.anything()] },
        }),
      };
    },
  },
  correctShift: {
    action: "shift.corrected",
    make: async () => {
      const shop = await newShop();
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      const [start, end_at] = [hoursAgo(3), hoursAgo(1)];
      const id = await storeShift(shop, seller, { start, end: hoursAgo(2) });
      const { data } = (await call("GET", `${API}/shifts`, { token: shop.admin.token })).body;
      return {
        shop,
        method: "PATCH",
        path: `${API}/shifts/${id}`,
        sent: { token: shop.admin.token, json: { end_at, reason: "the clock was wrong" } },
        told: () => ({ entity_id: id, before: { end_at: data[0].end_at }, after: { end_at } }),
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
  addWebhook: {
    action: "webhook.added",
    make: async () => {
      const shop = await newShop();
      const json = { url: "https://example.com/hook", event_types: ["*"] };
      return {
        shop,
        method: "POST",
        path: `${API}/webhooks`,
        sent: { token: shop.admin.token, json },
        told: ({ id }) => ({ entity_id: id, before: null, after: { ...json, description: null } }),
      };
    },
  },
  changeWebhook: {
    action: "webhook.changed",
    make: () =>
      ofWebhook(
        "PATCH",
        "",
        { event_types: ["sale.refunded", "sale.completed"], is_enabled: false },
        {
          before: { event_types: ["sale.completed"], is_enabled: true },
          after: { event_types: ["sale.completed", "sale.refunded"], is_enabled: false },
        },
      ),
  },
  deleteWebhook: {
    action: "webhook.deleted",
    make: () => {
      const before = {
        url: "https://example.com/hook",
        event_types: ["sale.completed"],
        description: null,
      };
      return ofWebhook("DELETE", "", undefined, { before, after: null });
    },
  },
  rotateWebhookSecret: {
    action: "webhook.secret_rotated",
    make: () => ofWebhook("POST", "/rotate-secret", undefined, { before: null, after: null }),
  },
  replayDeadLetter: {
    action: "dead_letter.replayed",
    make: async () => {
      const shop = await newShop();
      const { token } = shop.admin;
      const body = { tenant_id: shop.tenant.id, event_id: newId() };
      await storeDeadEvents(base(), [{ id: newId(), body }]);
      const list = await call("GET", `${API}/events/dead-letters`, { token });
      const { id } = list.body.data[0];
      return {
        shop,
        method: "POST",
        path: `${API}/events/dead-letters/${id}/replay`,
        sent: { token },
        told: () => ({ entity_id: id, before: null, after: null }),
      };
    },
  },
};

const document = "a document that names its maker and is not changed";
const own = "what a person keeps for himself";
const shiftStep = "a step of one's own shift, which keeps it";
const again = "computes or sends what there is, and changes nothing";

export const notAudited: Record<string, string> = {
  refresh: "goes on with a login that is in the log",
  sell: document,
  checkout: document,
  cancelPurchase: "the buyer's own, and an event",
  stripeWebhook: "told by the provider; payments keep it",
  addFavorite: own,
  dropFavorite: own,
  addWish: own,
  dropWish: own,
  addToCart: own,
  setInCart: own,
  takeFromCart: own,
  emptyCart: own,
  startShift: shiftStep,
  joinShift: shiftStep,
  startBreak: shiftStep,
  endBreak: shiftStep,
  endShift: shiftStep,
  takeActivity: shiftStep,
  moveCash: shiftStep,
  runRollup: again,
  runLake: again,
  pingWebhook: again,
  replayDelivery: "sends what there is; the log of the endpoint has it",
};
