// A request of each operation that is right in every way: what an attack spoils one thing of.
import { newId } from "../../src/values/ids.ts";
import { type Sent, API, call } from "../support/client.ts";
import { fill, type Operation } from "../support/contract.ts";
import { image } from "../support/images.ts";
import { fileOf } from "../support/imports.ts";
import { storeShift } from "../support/shifts.ts";
import { newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { creators } from "../idempotency/creators.ts";
import { things } from "../http/operations.ts";

export type Ready = { shop: Shop; path: string; sent: Sent };

type More = { path?: string; sent?: Sent };

const startShift = (shop: Shop) => call("POST", `${API}/shifts/start`, { token: shop.admin.token, json: {} });

const onShift =
  (json?: unknown) =>
  async (shop: Shop): Promise<More> => {
    await startShift(shop);
    return { sent: { token: shop.admin.token, json } };
  };

const withJson =
  (json: unknown) =>
  (shop: Shop): Promise<More> =>
    Promise.resolve({ sent: { token: shop.admin.token, json } });

const credentials = ({ tenant, admin }: Shop) => ({
  tenant: tenant.slug,
  email: admin.email,
  password: PASSWORD,
});

const asImage = (shop: Shop): Sent => ({
  token: shop.admin.token,
  raw: image("png"),
  headers: { "content-type": "image/png" },
});

/** What an operation wants besides its path's id and the bodies that the tables know. */
const more: Record<string, (shop: Shop) => Promise<More>> = {
  login: async (shop) => ({ sent: { json: credentials(shop) } }),
  refresh: async (shop) => {
    const { body } = await call("POST", `${API}/auth/login`, { json: credentials(shop) });
    return { sent: { json: { refresh_token: body.refresh_token } } };
  },
  changeMe: withJson({ first_name: "Eva" }),
  changePassword: withJson({ current_password: PASSWORD, new_password: "another good password" }),
  // The last ADMIN may not go.
  eraseMe: async ({ tenant }) => {
    const { token } = await newPerson(tenant, "CUSTOMER");
    return { sent: { token, json: { password: PASSWORD } } };
  },
  changeSettings: withJson({ idle_minutes: 20 }),
  putPlatforms: withJson({ platforms: ["whatsapp"] }),
  takeActivity: (shop) =>
    onShift({ events: [{ at: new Date().toISOString(), platform: "phone", kind: "call" }] })(shop),
  startBreak: onShift({}),
  endBreak: async (shop) => {
    await startShift(shop);
    await call("POST", `${API}/shifts/current/breaks/start`, { token: shop.admin.token, json: {} });
    return {};
  },
  currentShift: onShift(),
  endShift: onShift({ counted_cash: 100 }),
  setInCart: async (shop) => {
    const { id } = await newProduct(shop, { stock: 5 });
    const { token } = shop.admin;
    await call("POST", `${API}/cart/items`, { token, json: { product_id: id, quantity: 1 } });
    return { path: `${API}/cart/items/${id}`, sent: { token, json: { quantity: 2 } } };
  },
  startImport: async (shop) => ({
    path: `${API}/imports?kind=sales`,
    sent: { token: shop.admin.token, raw: fileOf([{}]), headers: { "content-type": "text/csv" } },
  }),
  putCover: async (shop) => ({ sent: asImage(shop) }),
  getCover: async (shop) => {
    const { id } = await newProduct(shop);
    const { body } = await call("PUT", `${API}/products/${id}/cover`, asImage(shop));
    return { path: new URL(body.cover_image_url).pathname };
  },
  oneCountry: async (shop) => {
    const { id } = await newProduct(shop);
    const json = { items: [{ product_id: id, quantity: 1 }], country: "Spain" };
    await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    return { path: `${API}/metrics/top-countries/Spain` };
  },
  correctShift: async (shop) => {
    const [start, end] = ["2026-11-20T08:00:00.000Z", "2026-11-20T10:00:00.000Z"];
    const id = await storeShift(shop, shop.admin, { start, end });
    const json = { end_at: "2026-11-20T11:00:00.000Z", reason: "the clock was wrong" };
    return { path: `${API}/shifts/${id}`, sent: { token: shop.admin.token, json } };
  },
  searchProducts: async () => ({ path: `${API}/products/search?q=book` }),
  suggest: async () => ({ path: `${API}/products/suggest?q=bo` }),
  stripeWebhook: async () => ({ sent: { json: {} } }),
};

/** What answers no 2xx to such a request: nothing there is due back, and no secret of Stripe is set. */
export const refusedAnyway = ["giveBackPayment", "stripeWebhook"];

/** Such a request of a new shop, by its ADMIN unless the operation is for those who are not signed in yet. */
export async function ready({ operationId = "", method, path }: Operation): Promise<Ready> {
  const creator = more[operationId] ? undefined : creators[operationId];
  if (creator) {
    const { shop, path: asked, token, json } = await creator.prepare();
    return { shop, path: asked, sent: { token, json, headers: { "idempotency-key": newId() } } };
  }
  const shop = await newShop();
  const special = await more[operationId]?.(shop);
  const thing = things[path];
  const id = special?.path === undefined && thing ? await thing.make(shop) : "";
  return {
    shop,
    path: special?.path ?? fill(path, id),
    sent: special?.sent ?? { token: shop.admin.token, json: thing?.bodies?.[method] },
  };
}

/** Somebody of each role, signed in. */
export const peopleOf = async ({ tenant, admin }: Shop) => ({
  ADMIN: admin,
  EMPLOYEE: await newPerson(tenant, "EMPLOYEE"),
  CUSTOMER: await newPerson(tenant, "CUSTOMER"),
});
