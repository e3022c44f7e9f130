// Every operation of the document is walked, so one that is added without its place in these tables fails here.
import { describe, expect, it } from "vitest";
import { storeDeadEvents } from "../../src/events/dead-letters.ts";
import { runLakeJob } from "../../src/lake/night.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { contract, operationOf, operations, type Operation } from "../support/contract.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { buyOne, confirm } from "../support/purchases.ts";
import { storeShift } from "../support/shifts.ts";
import { newEndpoint } from "../support/webhooks.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const isPublic = (operation: Operation): boolean =>
  operation.security?.some((scheme) => Object.keys(scheme).length === 0) ?? true;

const fill = (path: string, id: string): string => path.replaceAll(/\{\w+\}/g, id);

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

const closed = operations.filter((operation) => !isPublic(operation));

/** Who may call what is not public, from the least role on. */
const roles: Record<string, "CUSTOMER" | "EMPLOYEE" | "ADMIN"> = {
  logout: "CUSTOMER",
  whoAmI: "CUSTOMER",
  getMe: "CUSTOMER",
  changeMe: "CUSTOMER",
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
  const body = { tenant_id: shop.tenant.id, event_id: crypto.randomUUID() };
  await storeDeadEvents(base(), [{ id: crypto.randomUUID(), body }]);
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
  await runLakeJob(base(), { tenant_id: shop.tenant.id });
  const { body } = await call("GET", `${API}/lake/files?dataset=purchases`, { token: shop.admin.token });
  return encodeURIComponent(body.data[0].key);
}

/** How a shop comes to something real for each path with an id, and a body with which the path takes it. */
const things: Record<string, { make: (shop: Shop) => Promise<string>; bodies?: Record<string, unknown> }> = {
  "/api/v1/products/{id}": { make: productId, bodies: { PATCH: { price: 5 } } },
  "/api/v1/products/{id}/stock": { make: productId, bodies: { POST: { delta: 1, reason: "received" } } },
  "/api/v1/products/{id}/recommendations": { make: productId },
  "/api/v1/products/{id}/cover": { make: productId },
  "/api/v1/products/{id}/stock-moves": { make: productId },
  "/api/v1/favorites/{product_id}": { make: productId },
  "/api/v1/wishlist/{product_id}": { make: productId, bodies: { PUT: { priority: 1 } } },
  "/api/v1/users/{id}": { make: userId, bodies: { PATCH: { is_active: true } } },
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

const withId = operations.filter(({ path }) => path.includes("{") && !words.includes(path));

describe("the document", () => {
  it("names every operation once", () => {
    const ids = operations.map((operation) => operation.operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
  });

  it.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    "declares %s whole",
    (_, operation) => {
      const { method, path, summary, tags, security, responses, requestBody } = operation;
      const statuses = Object.keys(responses);
      expect(summary).toMatch(/\S/);
      expect(tags?.length).toBe(1);
      expect(security?.length).toBeGreaterThan(0);
      // A part (206) is of what is answered whole (200).
      expect(statuses.filter((status) => status.startsWith("2") && status !== "206").length).toBe(1);
      expect(statuses).toEqual(expect.arrayContaining(["401", "500"]));
      if (path.includes("{")) expect(statuses).toContain("404");
      if (method !== "GET") expect(statuses).toContain("403");
      if (requestBody !== undefined)
        expect(statuses).toEqual(expect.arrayContaining(["400", "413", "415", "422"]));
      for (const [status, response] of Object.entries(responses))
        if (Number(status) >= 400)
          expect(Object.keys(response.content ?? {})).toEqual(["application/problem+json"]);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared =
        operation.parameters?.filter((parameter) => parameter.in === "path").map(({ name }) => name) ?? [];
      expect(declared).toEqual(named);
    },
  );

  it("has a place in these tables for every operation that is not public, and every path with an id", () => {
    expect(closed.map(({ operationId = "" }) => operationId).toSorted()).toEqual(
      Object.keys(roles).toSorted(),
    );
    expect([...new Set(withId.map(({ path }) => path))].toSorted()).toEqual(Object.keys(things).toSorted());
  });
});

describe("what is not public", () => {
  it.each(closed.map((operation) => [nameOf(operation), operation] as const))(
    "%s answers 401 to nobody and to garbage",
    async (_, { method, path }) => {
      for (const sent of [
        {},
        { token: "garbage" },
        { token: "a.b.c" },
        { headers: { authorization: "Basic YTpi" } },
      ]) {
        const answer = await call(method, fill(path, crypto.randomUUID()), sent);
        expect(answer.status).toBe(401);
        expect(answer.body.type).toBe("/problems/invalid-token");
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      }
    },
  );

  it("answers 403 to those whose role is too small, whatever they send", async () => {
    const shop = await newShop();
    const people = {
      CUSTOMER: await newPerson(shop.tenant, "CUSTOMER"),
      EMPLOYEE: await newPerson(shop.tenant, "EMPLOYEE"),
    };
    for (const { operationId = "", method, path } of closed) {
      const least = roles[operationId];
      const refused =
        least === "ADMIN"
          ? [people.CUSTOMER, people.EMPLOYEE]
          : least === "EMPLOYEE"
            ? [people.CUSTOMER]
            : [];
      for (const { token, role } of refused) {
        const answer = await call(method, fill(path, crypto.randomUUID()), { token });
        expect(answer.status, `${method} ${path} to ${role}`).toBe(403);
        expect(answer.body.type).toBe("/problems/forbidden");
      }
    }
  });

  it("is not refused to those who have the role", async () => {
    const shop = await newShop();
    const people = {
      CUSTOMER: await newPerson(shop.tenant, "CUSTOMER"),
      EMPLOYEE: await newPerson(shop.tenant, "EMPLOYEE"),
      ADMIN: shop.admin,
    };
    for (const { operationId = "", method, path } of closed) {
      if (operationId === "logout") continue;
      const person = people[roles[operationId] ?? "ADMIN"];
      const answer = await call(method, fill(path, crypto.randomUUID()), { token: person.token });
      expect([401, 403], `${method} ${path} to ${person.role}`).not.toContain(answer.status);
    }
  });
});

describe("an id", () => {
  it.each(withId.map((operation) => [nameOf(operation), operation] as const))(
    "of nobody, of another shop and no id at all is one and the same 404 for %s",
    async (_, { method, path }) => {
      const shop = await newShop();
      const other = await newShop();
      const thing = things[path];
      if (!thing) throw new Error(`${path} has no place in the table`);
      const json = thing.bodies?.[method];
      const ask = (id: string) => call(method, fill(path, id), { token: shop.admin.token, json });
      const same = { request_id: "", instance: "" };
      const nobodys = await ask(crypto.randomUUID());
      expect(nobodys.status).toBe(404);
      const theirs = await ask(await thing.make(other));
      expect(theirs.status).toBe(404);
      expect({ ...theirs.body, ...same }).toEqual({ ...nobodys.body, ...same });
      for (const wrong of ["1", "x", "%27%20OR%201%3D1", crypto.randomUUID().slice(1)])
        expect((await ask(wrong)).status).toBe(404);
      const ours = await ask(await thing.make(shop));
      expect(ours.status).not.toBe(404);
      expect(ours.status).not.toBe(422);
    },
  );
});

describe("a wrong method", () => {
  const paths = Object.keys(contract.paths);

  it.each(paths)("is answered 405 with what %s allows", async (path) => {
    const url = fill(path, crypto.randomUUID());
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    const allowed = methods.filter((method) => operationOf(method, url));
    for (const method of methods.filter((each) => !allowed.includes(each))) {
      const answer = await call(method, url);
      expect(answer.status, method).toBe(405);
      expect(answer.body.type).toBe("/problems/method-not-allowed");
      const names = (answer.headers.get("allow") ?? "").split(", ");
      expect(names.filter((name) => name !== "HEAD").toSorted()).toEqual(allowed.toSorted());
      expect(names.includes("HEAD")).toBe(allowed.includes("GET"));
    }
  });
});
