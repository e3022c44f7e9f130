import { describe, expect, it } from "vitest";
import { API, call, ORIGIN } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newProduct, newShop, PASSWORD, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

const cookieOf = (token: string) => ({ cookie: `mostrador_access=${token}` });
const productsOf = ({ tenant }: Shop) =>
  count("SELECT count(*) n FROM products WHERE tenant_id = ?", tenant.id);
const json = { sku: "1", title: "A book", price: 500 };

describe("a write with the cookie", () => {
  it("requires a trusted Origin: without one, or with another, nothing is written", async () => {
    const shop = await newShop();
    const origins = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${ORIGIN}.evil.example` },
      { origin: "" },
    ];
    for (const origin of origins) {
      const answer = await call("POST", `${API}/products`, {
        headers: { ...cookieOf(shop.admin.token), ...origin },
        json,
      });
      expect(answer.status).toBe(403);
      expect(answer.body.type).toBe("/problems/csrf");
    }
    expect(await productsOf(shop)).toBe(0);
    const headers = { ...cookieOf(shop.admin.token), origin: ORIGIN };
    expect((await call("POST", `${API}/products`, { headers, json })).status).toBe(201);
  });

  it("whose login has ended is unauthenticated", async () => {
    const { admin } = await newShop();
    await call("POST", `${API}/auth/logout`, { token: admin.token });
    const headers = { ...cookieOf(admin.token), origin: ORIGIN };
    expect((await call("POST", `${API}/products`, { headers, json })).status).toBe(401);
  });
});

describe("an empty Authorization header", () => {
  it.each(["Bearer", "bearer ", ""])("does not override the cookie: %j", async (authorization) => {
    const { admin } = await newShop();
    const read = (headers: Record<string, string>) => call("GET", `${API}/auth/me`, { headers });
    const cookie = cookieOf(admin.token);
    expect((await read({ ...cookie, authorization })).body.id).toBe(admin.id);
    expect((await read({ authorization })).status).toBe(401);
    expect((await read({ ...cookie, authorization: "Bearer x" })).status).toBe(401);
    const headers = { ...cookie, authorization };
    expect((await call("POST", `${API}/products`, { headers, json })).body.type).toBe("/problems/csrf");
  });
});

describe("an Authorization header that is no bearer token", () => {
  it.each(["Basic YW5h", "Token x", "Bearer a b", "Bearer a,b"])(
    "is refused, with and without a cookie: %s",
    async (authorization) => {
      const { tenant, admin } = await newShop();
      for (const others of [{}, cookieOf(admin.token), { "x-tenant": tenant.slug }]) {
        const { status, body } = await call("GET", `${API}/products`, {
          headers: { ...others, authorization },
        });
        expect([status, body.type]).toEqual([401, "/problems/invalid-token"]);
      }
    },
  );

  it("is refused before the name of the shop is looked at", async () => {
    const headers = { "x-tenant": "one" };
    for (const token of ["garbage", "a.b.c"])
      expect((await call("GET", `${API}/products?tenant=other`, { token, headers })).status).toBe(401);
  });
});

describe("a write with a bearer token", () => {
  it("requires no Origin, even together with the cookie of the same login", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const headers = { ...cookieOf(token), origin: "https://elsewhere.example" };
    expect((await call("POST", `${API}/products`, { token, headers, json })).status).toBe(201);
    expect(await productsOf(shop)).toBe(1);
  });
});

describe("a read with the cookie", () => {
  it("requires no Origin", async () => {
    const { admin } = await newShop();
    const answer = await call("GET", `${API}/auth/me`, { headers: cookieOf(admin.token) });
    expect(answer.body.id).toBe(admin.id);
    const head = await callWith({}, "HEAD", `${API}/auth/me`, { headers: cookieOf(admin.token) });
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it("is that of the login in the shop that it names, though readers have named that shop before", async () => {
    const { tenant, admin } = await newShop();
    const headers = { "x-tenant": tenant.slug };
    for (let nth = 0; nth < 2; nth += 1)
      expect((await call("GET", `${API}/products`, { headers })).status).toBe(200);
    const answer = await call("GET", `${API}/auth/me`, {
      headers: { ...headers, ...cookieOf(admin.token) },
    });
    expect([answer.status, answer.body.id]).toEqual([200, admin.id]);
  });

  it("is anonymous if the cookie is stale and the request names the shop", async () => {
    const shop = await newShop();
    const hidden = await newProduct(shop);
    const { id } = await newProduct(shop);
    await call("DELETE", `${API}/products/${hidden.id}`, { token: shop.admin.token });
    await call("POST", `${API}/auth/logout`, { token: shop.admin.token });
    for (const token of [shop.admin.token, "garbage", "a.b.c"]) {
      const headers = { ...cookieOf(token), "x-tenant": shop.tenant.slug };
      expect((await call("GET", `${API}/products/${id}`, { headers })).status).toBe(200);
      expect((await call("GET", `${API}/products/${hidden.id}`, { headers })).status).toBe(404);
      expect((await call("GET", `${API}/auth/me`, { headers })).status).toBe(401);
    }
  });

  it("is 401 if the cookie is stale and the request names no shop, also once the browser has dropped the access cookie", async () => {
    const shop = await newShop();
    await call("POST", `${API}/auth/logout`, { token: shop.admin.token });
    const cookies = [
      `mostrador_access=${shop.admin.token}`,
      "mostrador_access=a.b.c",
      "mostrador_signed_in=1",
    ];
    for (const cookie of cookies)
      for (const path of ["products", "products/search?q=a", "shop", "products/categories"]) {
        const answer = await call("GET", `${API}/${path}`, { headers: { cookie } });
        expect([answer.status, answer.body.type]).toEqual([401, "/problems/invalid-token"]);
        const named = await call("GET", `${API}/${path}`, {
          headers: { cookie, "x-tenant": shop.tenant.slug },
        });
        expect(named.status).toBe(200);
      }
    const anonymous = await call("GET", `${API}/products`);
    expect([anonymous.status, anonymous.body.type]).toEqual([422, "/problems/tenant-required"]);
  });

  it("does not prevent a login if the cookie is stale", async () => {
    const { tenant, admin } = await newShop();
    const answer = await call("POST", `${API}/auth/login`, {
      headers: cookieOf("garbage"),
      json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
    });
    expect(answer.status).toBe(200);
  });
});
