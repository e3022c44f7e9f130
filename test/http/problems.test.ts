import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { invalid } from "../../src/platform/problem.ts";
import { expectRefused } from "../attack/refused.ts";
import { API, call, type Sent } from "../support/client.ts";
import { brokenDb, failingDb } from "../support/failing-bindings.ts";
import { newProduct, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

describe("a problem", () => {
  it("has the members of RFC 9457, the requested path and the id of the request", async () => {
    const { admin, tenant } = await newShop();
    const id = crypto.randomUUID();
    const answer = await call("GET", `${API}/products/${id}?tenant=${tenant.slug}`, { token: admin.token });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body).toEqual({
      type: "/problems/not-found",
      title: "Not found",
      status: 404,
      detail: expect.any(String),
      instance: `${API}/products/${id}`,
      request_id: answer.headers.get("x-request-id"),
    });
    expect(answer.body.request_id).toMatch(/^[\w-]{8,}$/);
  });

  it("of every kind repeats its status, and its type is the path of a page that explains it", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id } = await newProduct(shop, { stock: 0 });
    const json = { sku: "1", title: "A", price: 1 };
    const answers = [
      await call("POST", `${API}/products`, {
        token,
        raw: "{",
        headers: { "content-type": "application/json" },
      }),
      await call("GET", `${API}/auth/me`),
      await call("POST", `${API}/products`, { headers: { cookie: `mostrador_access=${token}` }, json }),
      await call("GET", "/nowhere"),
      await call("PUT", `${API}/products`),
      await call("POST", `${API}/sales`, { token, json: { items: [{ product_id: id, quantity: 1 }] } }),
      await call("PATCH", `${API}/products/${id}`, { token, headers: { "if-match": '"v9"' }, json: {} }),
      await call("POST", `${API}/products`, { token, headers: { "content-type": "text/plain" }, raw: "x" }),
      await call("POST", `${API}/products`, { token, json: {} }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([400, 401, 403, 404, 405, 409, 412, 415, 422]);
    for (const answer of answers) {
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.body.status).toBe(answer.status);
      expect(answer.body.request_id).toBe(answer.headers.get("x-request-id"));
      const page = await call("GET", answer.body.type);
      expect(page.body).toMatchObject({ status: answer.status, title: answer.body.title });
    }
    expect((await call("GET", "/problems/no-such-problem")).status).toBe(404);
  });

  it("of an invalid request points to every invalid field", async () => {
    const { admin } = await newShop();
    const items = [
      { product_id: "x", quantity: 1 },
      { product_id: crypto.randomUUID(), quantity: 0 },
      { quantity: 1.0005 },
    ];
    const answer = await call("POST", `${API}/sales`, {
      token: admin.token,
      json: { items, payment_method: "solid gold" },
    });
    const pointers: string[] = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.toSorted()).toEqual([
      "#/items/0/product_id",
      "#/items/1/quantity",
      "#/items/2/product_id",
      "#/items/2/quantity",
      "#/payment_method",
    ]);
    for (const error of answer.body.errors) expect(error.detail).toMatch(/\S/);
  });

  it("has the X-Request-Id of the client if that is well-formed", async () => {
    const response = await call("GET", "/nowhere", { headers: { "x-request-id": "my-id-1" } });
    expect([response.body.request_id, response.headers.get("x-request-id")]).toEqual(["my-id-1", "my-id-1"]);
    const bad = await call("GET", "/nowhere", { headers: { "x-request-id": '"><script>{"a":1}' } });
    expect(bad.body.request_id).toMatch(/^[\w-]{8,}$/);
    expect(bad.headers.get("x-request-id")).toBe(bad.body.request_id);
  });
});

describe("a request without an identity", () => {
  it("is told what to do", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const named = { "x-tenant": other.tenant.slug };
    const stale = { cookie: "mostrador_access=a.b.c" };
    const detailOf = async (path: string, sent: Sent): Promise<string> => {
      const { status, body } = await call("GET", `${API}${path}`, sent);
      return `${status} ${body.detail}`;
    };
    expect(await detailOf("/sales", {})).toContain("401 Sign in");
    expect(await detailOf("/sales", { headers: stale })).toContain("401 Sign in");
    expect(await detailOf("/sales", { token: shop.admin.token, headers: named })).toContain(
      "401 The token belongs to another shop",
    );
  });
});

describe("an internal failure", () => {
  const error = new Error("D1_ERROR: no such column: password_hash in users: SQLITE_ERROR");

  it.each([
    ["when the database is opened", false],
    ["when it is queried", true],
  ])("%s is a 500 without internal details", async (_, late) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      const answer = await callWith({ DB: brokenDb(error, late) }, "GET", `${API}/products?tenant=sol`);
      expect(answer.status).toBe(500);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      const body = JSON.parse(answer.text);
      expect(Object.keys(body).toSorted()).toEqual([
        "detail",
        "instance",
        "request_id",
        "status",
        "title",
        "type",
      ]);
      expect(answer.text).not.toMatch(/D1|SQL|password|column|users|\.ts|at /);
      const lines = logged.mock.calls
        .map(([line]) => String(line))
        .filter((line) => line.includes(body.request_id));
      expect(lines.length).toBe(1);
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({
        level: "error",
        status: 500,
        error: { message: error.message },
      });
    } finally {
      logged.mockRestore();
    }
  });

  it("makes /healthz answer 503, so that load balancers send no more requests", async () => {
    for (const late of [false, true]) {
      const answer = await callWith({ DB: brokenDb(error, late) }, "GET", "/healthz");
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text).type).toBe("/problems/unavailable");
      expect(answer.text).not.toMatch(/D1_ERROR|password/);
    }
    for (const changes of [
      { AUTH_SIGNING_KEY: "{}" },
      { LOGIN_ATTEMPTS_PER_ADDRESS: "0" },
      { QUOTA_PLANS: "{}" },
    ]) {
      const logged = vi.spyOn(console, "error").mockReturnValue();
      const answer = await callWith(changes, "GET", "/healthz");
      expect([changes, answer.status]).toEqual([changes, 503]);
      expect(logged.mock.calls.map(([line]) => String(line)).join()).toContain('"what":"healthz"');
      logged.mockRestore();
    }
    expect((await call("GET", "/healthz")).body).toMatchObject({ status: "ok", database: "ok" });
  });

  it("of the signing keys is not a 401, because a client discards its token on a 401", async () => {
    const { admin } = await newShop();
    const answer = await callWith({ AUTH_SIGNING_KEY: "{}" }, "GET", `${API}/auth/me`, {
      token: admin.token,
    });
    expect(answer.status).toBe(500);
  });

  it("of the database is not a 401 either, for a login in a cookie or in both", async () => {
    const DB = brokenDb(new Error("Network connection lost."), true);
    const [{ admin }, other] = [await newShop(), await newShop()];
    const headers = { cookie: `mostrador_access=${admin.token}` };
    for (const token of [undefined, admin.token, other.admin.token])
      expectRefused(await callWith({ DB }, "GET", `${API}/auth/me`, { token, headers }), 503, "unavailable");
    // The first statement reads the login of the token, the second that of the cookie.
    const { db } = failingDb(env.DB, 2, new Error("D1_ERROR: Network connection lost."));
    const sent = { token: other.admin.token, headers };
    expectRefused(await callWith({ DB: db }, "GET", `${API}/auth/me`, sent), 503, "unavailable");
  });
});

it("an invalid request is answered with its first twenty faults", () => {
  const faults = Array.from({ length: 21 }, (_, at) => ({ pointer: `#/${at}`, detail: "unknown field" }));
  expect(invalid(faults).extra).toEqual({ errors: faults.slice(0, 20) });
});
