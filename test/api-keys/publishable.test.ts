import { describe, expect, it } from "vitest";
import { expectRefused } from "../attack/refused.ts";
import { entryOf } from "../http/operations/registry.ts";
import { scopeOf } from "../http/operations/scopes.ts";
import { fromPage, newApiKey, newPublishableKey, newSecretKey, STOREFRONT } from "../support/api-keys.ts";
import { API, call } from "../support/client.ts";
import { fill, isPublic, nameOf, operations } from "../support/contract.ts";
import { guestOf } from "../support/guests.ts";
import { newProduct, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { STOREFRONT_SCOPES } from "../../src/platform/scopes.ts";

// Operations that sign in ignore credentials.
const ofApi = operations.filter((each) => each.path.startsWith(API) && !entryOf(each).credentialsInBody);

const EVIL = "https://evil.example";

const isForGuests = (security: Record<string, unknown>[] = []): boolean =>
  security.some((scheme) => "cart" in scheme || "order" in scheme);

describe("a publishable key", () => {
  it("names the shop of what a storefront needs, from the first product to the order of a guest", async () => {
    const shop = await newShop();
    const book = await newProduct(shop, { price: 1000, stock: 10, cost: 400 });
    const headers = fromPage((await newPublishableKey(shop)).key);
    const products = await call("GET", `${API}/products`, { headers });
    expect(products.body.data).toMatchObject([{ id: book.id, price: 1000 }]);
    expect(products.text).not.toContain('"cost"');
    expect((await call("GET", `${API}/shop`, { headers })).body.slug).toBe(shop.tenant.slug);
    const { cart_token } = (await call("POST", `${API}/carts`, { headers })).body;
    const guest = guestOf(cart_token);
    const item = { product_id: book.id, quantity: 2 };
    expect((await guest.send("POST", "/cart/items", item, headers)).status).toBe(201);
    const bought = await guest.checkOut({}, undefined, headers);
    expect(bought.body.total).toBe(2000);
    const order = { ...headers, "x-order": bought.body.order_token };
    const path = `${API}/purchases/${bought.body.id}`;
    expect((await call("GET", path, { headers: order })).body.status).toBe("pending");
  });

  it("allows nothing else", async () => {
    const shop = await newShop();
    const headers = fromPage((await newPublishableKey(shop)).key);
    for (const operation of ofApi) {
      const scope = scopeOf.get(operation.operationId ?? "");
      if (scope !== "none" && (isPublic(operation) || isForGuests(operation.security))) continue;
      const answer = await call(operation.method, fill(operation.path, crypto.randomUUID()), { headers });
      expectRefused(answer, 403, "forbidden", nameOf(operation));
    }
  });

  it("that names scopes allows only these of them, from the next request after they change", async () => {
    const shop = await newShop();
    const { id, key } = await newApiKey(shop, {
      kind: "publishable",
      origins: [STOREFRONT],
      scopes: ["products:read"],
    });
    const headers = fromPage(key);
    const read = () => call("GET", `${API}/products`, { headers });
    const createCart = () => call("POST", `${API}/carts`, { headers });
    for (const time of ["read", "remembered"]) {
      expect((await read()).status, time).toBe(200);
      const refused = await createCart();
      expectRefused(refused, 403, "insufficient-scope", time);
      expect(refused.body.scope).toBe("carts:write");
    }
    const json = { scopes: ["carts:write"] };
    await call("PATCH", `${API}/api-keys/${id}`, { token: shop.admin.token, json });
    expect((await createCart()).status).toBe(201);
    expectRefused(await read(), 403, "insufficient-scope");
  });

  it("may have the scopes of what is for storefronts, and no others", () => {
    const ofStorefront = ofApi
      .filter((operation) => isPublic(operation) || isForGuests(operation.security))
      .map(({ operationId = "" }) => scopeOf.get(operationId))
      .filter((scope) => scope !== "none");
    expect(new Set(ofStorefront)).toEqual(new Set(STOREFRONT_SCOPES));
  });

  it("without origins is refused to every page until it has some", async () => {
    const shop = await newShop();
    const { id, key } = await newApiKey(shop, { kind: "publishable" });
    const read = () => call("GET", `${API}/products`, { headers: fromPage(key) });
    expectRefused(await read(), 403, "origin-not-allowed");
    const json = { origins: [STOREFRONT] };
    await call("PATCH", `${API}/api-keys/${id}`, { token: shop.admin.token, json });
    expect((await read()).status).toBe(200);
  });

  it("is refused to a page of another origin and without an origin, by every operation", async () => {
    const { key } = await newPublishableKey(await newShop());
    for (const operation of ofApi)
      for (const origin of [EVIL, `${STOREFRONT}.evil.example`, "null", ""]) {
        const path = fill(operation.path, crypto.randomUUID());
        const answer = await call(operation.method, path, { headers: fromPage(key, origin) });
        expectRefused(answer, 403, "origin-not-allowed", nameOf(operation));
      }
  });

  it("is refused to a page of another origin right after one of its own", async () => {
    const { key } = await newPublishableKey(await newShop());
    const read = (origin: string) => call("GET", `${API}/products`, { headers: fromPage(key, origin) });
    expect((await read(STOREFRONT)).status).toBe(200);
    expectRefused(await read(EVIL), 403, "origin-not-allowed");
  });

  it("may be for pages of the developer's own machine", async () => {
    const origins = ["http://localhost:5173", "http://127.0.0.1"];
    const { key } = await newApiKey(await newShop(), { kind: "publishable", origins });
    for (const origin of origins)
      expect((await call("GET", `${API}/products`, { headers: fromPage(key, origin) })).status).toBe(200);
    const { admin } = await newShop();
    const json = { name: "Test", kind: "publishable", origins: ["http://shop.example"] };
    expectRefused(await call("POST", `${API}/api-keys`, { token: admin.token, json }), 422, "invalid");
  });

  it("counts as anonymous readers do, and not as a key", async () => {
    const { key } = await newPublishableKey(await newShop());
    const { headers } = await call("GET", `${API}/products`, { headers: fromPage(key) });
    expect(headers.get("ratelimit-policy")).toMatch(/"address".*"tenant".*"public"/);
    expect(headers.get("ratelimit-policy")).not.toMatch(/"key"|"user"/);
  });
});

describe("CORS", () => {
  const preflight = (origin: string, requested: string, method = "POST") =>
    call("OPTIONS", `${API}/cart/items`, {
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": requested,
      },
    });

  it("lets any page announce a key, without credentials, and nothing else", async () => {
    const { headers, status } = await preflight(STOREFRONT, "authorization,content-type,x-cart");
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(STOREFRONT);
    expect(headers.get("access-control-allow-headers")).toBe("authorization,content-type,x-cart");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    const allowed = async (requested: string, method?: string) =>
      (await preflight(STOREFRONT, requested, method)).headers.get("access-control-allow-origin");
    for (const method of ["GET", "PUT", "DELETE"])
      expect(await allowed("authorization", method), method).toBe(STOREFRONT);
    for (const method of ["PATCH", "TRACE", ""]) expect(await allowed("authorization", method)).toBeNull();
    for (const requested of ["Authorization", "x-cart, authorization", "authorization ,x-cart"])
      expect(await allowed(requested), requested).toBe(STOREFRONT);
    for (const requested of ["content-type", "x-authorization", "authorization-x", ""])
      expect(await allowed(requested), requested).toBeNull();
  });

  it("lets a page read the response to its publishable key, also a refusal", async () => {
    const { key } = await newPublishableKey(await newShop());
    for (const origin of [STOREFRONT, EVIL]) {
      const { headers } = await call("GET", `${API}/products`, { headers: fromPage(key, origin) });
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("vary")).toMatch(/origin/i);
    }
    // The name of the scheme has no case.
    const headers = { ...fromPage(key), authorization: `bearer ${key}` };
    const answer = await call("GET", `${API}/products`, { headers });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, STOREFRONT]);
  });

  it("does not let pages sign people in with one", async () => {
    const { key } = await newPublishableKey(await newShop());
    for (const path of ["/auth/login", "/oauth/token"]) {
      const { headers } = await call("POST", `${API}${path}`, { headers: fromPage(key), json: {} });
      expect(headers.get("access-control-allow-origin"), path).toBeNull();
    }
  });

  it("does not let pages read the response to a secret key or an access token", async () => {
    const shop = await newShop();
    const { key } = await newSecretKey(shop, "products:read");
    for (const token of [key, shop.admin.token]) {
      const { headers } = await call("GET", `${API}/products`, { headers: fromPage(token) });
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("stays with credentials for the origins of CORS_ORIGINS", async () => {
    const { key } = await newPublishableKey(await newShop());
    const { headers } = await callWith({ CORS_ORIGINS: STOREFRONT }, "GET", `${API}/products`, {
      headers: fromPage(key),
    });
    expect(headers.get("access-control-allow-origin")).toBe(STOREFRONT);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
  });
});
