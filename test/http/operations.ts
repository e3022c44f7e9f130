// What the walks over the document must know of each operation: who may call it, and how a shop comes to what its path names.
import { createSession } from "../../src/auth/login/sessions.ts";
import { storeDeadLetters } from "../../src/events/dead-letters.ts";
import { runLakeJob } from "../../src/lake/night.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { buyOne, confirm } from "../support/purchases.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, PASSWORD, sellOne, type Shop } from "../support/shops.ts";
import { newEndpoint } from "../support/webhooks.ts";

/** Who may call what is not public, from the least role on. */
export const roles: Record<string, "CUSTOMER" | "EMPLOYEE" | "ADMIN"> = {
  logout: "CUSTOMER",
  whoAmI: "CUSTOMER",
  getMe: "CUSTOMER",
  changeMe: "CUSTOMER",
  listSessions: "CUSTOMER",
  endMySession: "CUSTOMER",
  endMyOtherSessions: "CUSTOMER",
  endSessionsOf: "ADMIN",
  changePassword: "CUSTOMER",
  setPassword: "ADMIN",
  eraseMe: "CUSTOMER",
  eraseUser: "ADMIN",
  listAudit: "ADMIN",
  listUsers: "ADMIN",
  addStaff: "ADMIN",
  changeUser: "ADMIN",
  addProduct: "EMPLOYEE",
  changeProduct: "EMPLOYEE",
  hideProduct: "EMPLOYEE",
  moveStock: "EMPLOYEE",
  putCover: "EMPLOYEE",
  removeCover: "EMPLOYEE",
  listStockMoves: "EMPLOYEE",
  addFavorite: "CUSTOMER",
  dropFavorite: "CUSTOMER",
  listFavorites: "CUSTOMER",
  addWish: "CUSTOMER",
  dropWish: "CUSTOMER",
  listWishes: "CUSTOMER",
  sell: "EMPLOYEE",
  listSales: "EMPLOYEE",
  getSale: "EMPLOYEE",
  refund: "EMPLOYEE",
  startImport: "ADMIN",
  listImports: "ADMIN",
  getImport: "ADMIN",
  importRejects: "ADMIN",
  runRollup: "ADMIN",
  rollupStatus: "ADMIN",
  recommendForMe: "CUSTOMER",
  kpis: "EMPLOYEE",
  series: "EMPLOYEE",
  topCountries: "EMPLOYEE",
  oneCountry: "EMPLOYEE",
  metricLines: "EMPLOYEE",
  salesSummary: "EMPLOYEE",
  sellerDashboard: "EMPLOYEE",
  takeActivity: "EMPLOYEE",
  listActivity: "EMPLOYEE",
  getPlatforms: "ADMIN",
  putPlatforms: "ADMIN",
  listAlerts: "ADMIN",
  startShift: "EMPLOYEE",
  currentShift: "EMPLOYEE",
  joinShift: "EMPLOYEE",
  startBreak: "EMPLOYEE",
  endBreak: "EMPLOYEE",
  listShifts: "EMPLOYEE",
  endShift: "EMPLOYEE",
  moveCash: "EMPLOYEE",
  tillReport: "EMPLOYEE",
  workedHours: "EMPLOYEE",
  activeShifts: "ADMIN",
  getSettings: "ADMIN",
  changeSettings: "ADMIN",
  closeShift: "ADMIN",
  correctShift: "ADMIN",
  shiftAudit: "ADMIN",
  listDeadLetters: "ADMIN",
  replayDeadLetter: "ADMIN",
  listLakeFiles: "ADMIN",
  readLakeFile: "ADMIN",
  listLakeDays: "ADMIN",
  runLake: "ADMIN",
  lakeStatus: "ADMIN",
  addWebhook: "ADMIN",
  listWebhooks: "ADMIN",
  getWebhook: "ADMIN",
  changeWebhook: "ADMIN",
  deleteWebhook: "ADMIN",
  rotateWebhookSecret: "ADMIN",
  pingWebhook: "ADMIN",
  listDeliveries: "ADMIN",
  replayDelivery: "ADMIN",
  getCart: "CUSTOMER",
  addToCart: "CUSTOMER",
  setInCart: "CUSTOMER",
  takeFromCart: "CUSTOMER",
  emptyCart: "CUSTOMER",
  checkout: "CUSTOMER",
  listPurchases: "CUSTOMER",
  getPurchase: "CUSTOMER",
  cancelPurchase: "CUSTOMER",
  purchaseSummary: "CUSTOMER",
  confirmPurchase: "EMPLOYEE",
  listPayments: "EMPLOYEE",
  giveBackPayment: "EMPLOYEE",
};

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

const productId = async (shop: Shop): Promise<string> => (await newProduct(shop, { stock: 5 })).id;
const saleId = async (shop: Shop): Promise<string> =>
  (await sellOne(shop.admin.token, await productId(shop))).body.id;
const userId = async (shop: Shop): Promise<string> => (await newPerson(shop.tenant, "EMPLOYEE")).id;

/** Another login of the ADMIN. */
const sessionId = async ({ tenant, admin }: Shop): Promise<string> =>
  (await createSession(base(), tenant.id, admin.id, "another device")).session;

const purchaseId = async (shop: Shop): Promise<string> =>
  (await buyOne(shop.admin.token, await productId(shop))).body.id;

async function paymentId(shop: Shop): Promise<string> {
  const sale_id = await purchaseId(shop);
  await confirm(shop, sale_id);
  const { body } = await call("GET", `${API}/payments`, { token: shop.admin.token });
  return body.data[0].id;
}

async function shiftId(shop: Shop): Promise<string> {
  const { token } = await newPerson(shop.tenant, "EMPLOYEE");
  return (await call("POST", `${API}/shifts/start`, { token, json: {} })).body.id;
}

/** A shift that somebody forgot to end two hours ago. */
const forgottenId = async (shop: Shop): Promise<string> =>
  storeShift(shop, await newPerson(shop.tenant, "EMPLOYEE"), { start: hoursAgo(2) });

async function importId(shop: Shop): Promise<string> {
  const raw = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  const headers = { "content-type": "text/csv" };
  const { body } = await call("POST", `${API}/imports?kind=sales`, { token: shop.admin.token, headers, raw });
  return body.id;
}

async function deadLetterId(shop: Shop): Promise<string> {
  const body = { kind: "event", tenant_id: shop.tenant.id, event_id: crypto.randomUUID() };
  await storeDeadLetters(base(), [{ id: crypto.randomUUID(), body }]);
  const { body: list } = await call("GET", `${API}/events/dead-letters`, { token: shop.admin.token });
  return list.data[0].id;
}

const webhookId = async (shop: Shop): Promise<string> => (await newEndpoint(shop)).id;

/** A delivery whose endpoint and event have one id, for the path has both. */
async function deliveryId(shop: Shop): Promise<string> {
  const { id } = await newEndpoint(shop);
  await change(
    `INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES (?1, ?2, 'webhook.ping', json_object('endpoint_id', ?2), ?3)`,
    shop.tenant.id,
    id,
    hoursAgo(0),
  );
  return id;
}

async function lakeKey(shop: Shop): Promise<string> {
  await importFile(shop, fileOf([{}]));
  await runLakeJob(base(), { kind: "lake-night", tenant_id: shop.tenant.id });
  const { body } = await call("GET", `${API}/lake/files?dataset=purchases`, { token: shop.admin.token });
  return encodeURIComponent(body.data[0].key);
}

/** How a shop comes to something real for each path with an id, and a body with which the path takes it. */
export const things: Record<
  string,
  { make: (shop: Shop) => Promise<string>; bodies?: Record<string, unknown> }
> = {
  "/api/v1/products/{id}": { make: productId, bodies: { PATCH: { price: 5 } } },
  "/api/v1/products/{id}/stock": { make: productId, bodies: { POST: { delta: 1, reason: "received" } } },
  "/api/v1/products/{id}/recommendations": { make: productId },
  "/api/v1/products/{id}/cover": { make: productId },
  "/api/v1/products/{id}/stock-moves": { make: productId },
  "/api/v1/favorites/{product_id}": { make: productId },
  "/api/v1/wishlist/{product_id}": { make: productId, bodies: { PUT: { priority: 1 } } },
  "/api/v1/users/{id}": { make: userId, bodies: { PATCH: { is_active: true } } },
  "/api/v1/users/{id}/sessions": { make: userId },
  "/api/v1/users/{id}/password": { make: userId, bodies: { PUT: { new_password: PASSWORD } } },
  "/api/v1/auth/sessions/{id}": { make: sessionId },
  "/api/v1/sales/{id}": { make: saleId },
  "/api/v1/sales/{id}/refunds": {
    make: saleId,
    bodies: { POST: { items: [{ product_id: crypto.randomUUID(), quantity: 1 }], reason: "back" } },
  },
  "/api/v1/imports/{id}": { make: importId },
  "/api/v1/imports/{id}/rejects": { make: importId },
  "/api/v1/shifts/{id}/activity": { make: shiftId },
  "/api/v1/shifts/{id}/report": { make: shiftId },
  "/api/v1/shifts/{id}": {
    make: forgottenId,
    bodies: { PATCH: { start_at: hoursAgo(3), reason: "the clock was wrong" } },
  },
  "/api/v1/shifts/{id}/close": {
    make: forgottenId,
    bodies: { POST: { end_at: hoursAgo(1), reason: "forgot to clock out" } },
  },
  "/api/v1/shifts/{id}/audit": { make: forgottenId },
  "/api/v1/events/dead-letters/{id}/replay": { make: deadLetterId },
  "/api/v1/lake/files/{key}": { make: lakeKey },
  "/api/v1/webhooks/{id}": { make: webhookId, bodies: { PATCH: { description: "books" } } },
  "/api/v1/webhooks/{id}/rotate-secret": { make: webhookId },
  "/api/v1/webhooks/{id}/test": { make: webhookId },
  "/api/v1/webhooks/{id}/deliveries": { make: webhookId },
  "/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay": { make: deliveryId },
  "/api/v1/cart/items/{product_id}": { make: productId, bodies: { PUT: { quantity: 1 } } },
  "/api/v1/purchases/{id}": { make: purchaseId },
  "/api/v1/purchases/{id}/cancel": { make: purchaseId },
  "/api/v1/purchases/{id}/confirm": { make: purchaseId },
  "/api/v1/payments/{id}/refund": { make: paymentId },
};

/** Paths whose parameter names no row of a shop's own: a country is a word that any shop may have, a cover is for everybody. */
const words = ["/api/v1/metrics/top-countries/{country}", "/api/v1/covers/{tenant_id}/{file}"];

/** The operations whose path names something of a shop. */
export const withId = operations.filter(({ path }) => path.includes("{") && !words.includes(path));
