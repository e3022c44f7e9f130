import { describe, expect, it } from "vitest";
import { SCOPES } from "../../src/platform/scopes.ts";
import { expectRefused } from "../attack/refused.ts";
import { acceptedRequest, entryOf } from "../http/operations/registry.ts";
import { scopeOf } from "../http/operations/scopes.ts";
import { fromPage, newApiKey, newPublishableKey, newSecretKey } from "../support/api-keys.ts";
import { API, call } from "../support/client.ts";
import { fill, nameOf, operations, type Operation } from "../support/contract.ts";
import { guestShop } from "../support/guests.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";

// Operations that sign in ignore credentials.
const ofApi = operations.filter((each) => each.path.startsWith(API) && !entryOf(each).credentialsInBody);
const scopeIn = ({ operationId = "" }: Operation): string => scopeOf.get(operationId) ?? "unknown";
const allowed = ofApi.filter((operation) => scopeIn(operation) !== "none");
const refused = ofApi.filter((operation) => scopeIn(operation) === "none");

// A key calls them with the token of a guest.
const GUESTS = new Set(["cart", "order"]);
const isOfGuests = ({ security = [] }: Operation): boolean =>
  security.some((scheme) => Object.keys(scheme).some((name) => GUESTS.has(name)));

describe("the scope of an operation", () => {
  it("is declared, and is that of the list", () => {
    for (const operation of operations) {
      const declared = operation["x-scope"] ?? "none";
      expect(`${operation.operationId} ${declared}`).toBe(`${operation.operationId} ${scopeIn(operation)}`);
      const schemes = operation.security?.flatMap((scheme) => Object.keys(scheme)) ?? [];
      expect(schemes.includes("apiKey"), nameOf(operation)).toBe(declared !== "none");
    }
  });
});

describe("a secret key", () => {
  it.each(allowed.filter((each) => !isOfGuests(each)).map((each) => [nameOf(each), each] as const))(
    "calls %s with nothing but its scope",
    async (_, operation) => {
      const { shop, path, sent } = await acceptedRequest(operation);
      const { key } = await newSecretKey(shop, scopeIn(operation));
      const answer = await call(operation.method, path, { ...sent, token: key });
      if (entryOf(operation).alwaysRefused === undefined)
        expect(answer.status, answer.text).toBeLessThan(400);
      else expect([401, 403]).not.toContain(answer.status);
    },
  );

  it("with all other scopes is refused by every operation, and told which one is missing", async () => {
    const shop = await newShop();
    const keys = new Map<string, string>();
    for (const scope of SCOPES) {
      const others = SCOPES.filter((each) => each !== scope);
      keys.set(scope, (await newApiKey(shop, { scopes: others })).key);
    }
    for (const operation of allowed) {
      const scope = scopeIn(operation);
      const path = fill(operation.path, crypto.randomUUID());
      const answer = await call(operation.method, path, { token: keys.get(scope) });
      expectRefused(answer, 403, "insufficient-scope", nameOf(operation));
      expect(answer.body.scope).toBe(scope);
    }
  });

  it("with all scopes may not do what only a person may", async () => {
    const { key } = await newApiKey(await newShop(), { scopes: SCOPES });
    for (const operation of refused) {
      const path = fill(operation.path, crypto.randomUUID());
      expectRefused(await call(operation.method, path, { token: key }), 403, "forbidden", nameOf(operation));
    }
  });

  it("gets the names of people from figures and exports only with the scope of people too", async () => {
    const shop = await newShop();
    const [product, customer] = [await newProduct(shop), await newPerson(shop.tenant, "CUSTOMER")];
    const json = { items: [{ product_id: product.id, quantity: 1 }], customer_id: customer.id };
    await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    const read = async (path: string, ...scopes: string[]) =>
      call("GET", `${API}${path}`, { token: (await newSecretKey(shop, ...scopes)).key });
    const ranking = "/metrics/top-customers";
    expect((await read(ranking, "metrics:read")).body.data[0]).toMatchObject({ sales: 1, name: null });
    const named = await read(ranking, "metrics:read", "customers:read");
    expect(named.body.data[0].name).toEqual(expect.stringMatching(/\S/));
    const lines = "/sales?format=csv";
    expect((await read(lines, "sales:read")).text).not.toContain(shop.admin.email);
    expect((await read(lines, "sales:read", "users:read")).text).toContain(shop.admin.email);
    expect((await read("/metrics/overview", "metrics:read")).body).toMatchObject({
      alerts: null,
      imports: null,
    });
    for (const [scope, shown] of [
      ["shifts:read", { alerts: [], imports: null }],
      ["imports:read", { alerts: null, imports: [] }],
    ] as const)
      expect((await read("/metrics/overview", "metrics:read", scope)).body, scope).toMatchObject(shown);
  });

  it("that is revoked is refused by every operation, and so is a publishable one", async () => {
    const shop = await newShop();
    const keys = [await newApiKey(shop, { scopes: SCOPES }), await newPublishableKey(shop)];
    for (const { id } of keys) await call("DELETE", `${API}/api-keys/${id}`, { token: shop.admin.token });
    for (const operation of ofApi)
      for (const { key } of keys) {
        const path = fill(operation.path, crypto.randomUUID());
        const answer = await call(operation.method, path, { headers: fromPage(key) });
        expectRefused(answer, 401, "invalid-token", nameOf(operation));
      }
  });

  it("without the token of a guest has no cart and no purchase, and with it is the guest", async () => {
    const { shop, book, guest } = await guestShop();
    const { key } = await newApiKey(shop, { scopes: SCOPES });
    for (const operation of allowed.filter(isOfGuests)) {
      const { content, idempotency } = entryOf(operation);
      const json = content?.json ?? (idempotency ? { product_id: book.id, quantity: 1 } : undefined);
      const sent = { json, headers: { "idempotency-key": crypto.randomUUID() }, token: key };
      const answer = await call(operation.method, fill(operation.path, book.id), sent);
      expect([403, 422], nameOf(operation)).toContain(answer.status);
    }
    const headers = { authorization: `Bearer ${key}` };
    await guest.send("POST", "/cart/items", { product_id: book.id, quantity: 2 }, headers);
    expect((await guest.send("GET", "/cart", undefined, headers)).body.units).toBe(2);
    const bought = await guest.checkOut({}, undefined, headers);
    expect(bought.status).toBe(201);
    expect(bought.body.order_token).toMatch(/\S/);
  });
});
