import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { contract, fill, nameOf, operationOf, operations } from "../support/contract.ts";
import { rowsOf } from "../support/d1.ts";
import { image } from "../support/images.ts";
import { takeOrder } from "../support/orders.ts";
import { newProduct, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { entryOf } from "../http/operations/registry.ts";
import { expectRefused } from "./refused.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

describe("a wrong method", () => {
  it.each(Object.keys(contract.paths))("is 405 with Allow for %s", async (path) => {
    const url = fill(path, crypto.randomUUID());
    const allowed = METHODS.filter((method) => operationOf(method, url));
    for (const method of METHODS.filter((each) => !allowed.includes(each))) {
      const answer = await call(method, url);
      expectRefused(answer, 405, "method-not-allowed", method);
      const names = (answer.headers.get("allow") ?? "").split(", ");
      expect(names.filter((name) => name !== "HEAD").toSorted()).toEqual(allowed.toSorted());
      expect(names.includes("HEAD")).toBe(allowed.includes("GET"));
    }
  });

  it("is 405 for a percent-encoded path too", async () => {
    expectRefused(await call("PUT", `${API}/%63art`), 405, "method-not-allowed");
  });

  it("is never the answer to OPTIONS, which lists the allowed methods without a query", async () => {
    for (const path of Object.keys(contract.paths)) {
      const url = fill(path, crypto.randomUUID());
      const answer = await callWith({}, "OPTIONS", url);
      expect(answer.status, path).toBe(204);
      const names = (answer.headers.get("allow") ?? "").split(", ").filter((name) => name !== "HEAD");
      expect(names.toSorted(), path).toEqual(METHODS.filter((each) => operationOf(each, url)).toSorted());
      expect(costOf(answer).queries).toBe(0);
    }
    expect((await callWith({}, "OPTIONS", "/nowhere")).headers.has("allow")).toBe(false);
  });

  it("cannot be overridden by a header or a parameter", async () => {
    const { admin } = await newShop();
    const headers = { "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
    const answer = await call("POST", `${API}/cart?_method=DELETE`, {
      token: admin.token,
      headers,
      json: {},
    });
    expectRefused(answer, 405, "method-not-allowed");
  });
});

/** The operations that change a product, a customer or an order at a version. */
const versioned = operations.filter((operation) =>
  operation.parameters?.some(({ name }) => name === "if-match"),
);

async function rowIn(table: "products" | "customers", settings: Record<string, unknown> = {}) {
  const shop = await newShop();
  const { token } = shop.admin;
  await call("PATCH", `${API}/settings`, { token, json: settings });
  const { id } =
    table === "products"
      ? await newProduct(shop, { stock: 3 })
      : (await call("POST", `${API}/customers`, { token, json: { name: "Ana" } })).body;
  const stored = () => rowsOf(`SELECT * FROM ${table} WHERE tenant_id = ?`, shop.tenant.id);
  return { shop, id, token, stored, before: await stored() };
}

const productIn = (settings: Record<string, unknown> = {}) => rowIn("products", settings);

async function orderIn(settings: Record<string, unknown> = {}) {
  const { shop, token, id: product } = await productIn(settings);
  const { body } = await takeOrder(token, product);
  const stored = () => rowsOf("SELECT * FROM sales WHERE tenant_id = ?", shop.tenant.id);
  return { shop, id: String(body.id), token, stored, before: await stored() };
}

const rowFor = ({ path }: { path: string }, settings: Record<string, unknown> = {}) =>
  path.includes("/orders/")
    ? orderIn(settings)
    : rowIn(path.includes("/customers/") ? "customers" : "products", settings);

describe("If-Match", () => {
  it("is accepted by the operations that change a product, a customer or an order", () => {
    expect(versioned.map(({ operationId = "" }) => operationId).toSorted()).toEqual([
      "hideProduct",
      "removeCover",
      "replaceBarcodes",
      "replaceCover",
      "updateCustomer",
      "updateOrder",
      "updateProduct",
    ]);
  });

  it.each(versioned.map((operation) => [nameOf(operation), operation] as const))(
    "that is stale is 412 for %s, and changes nothing",
    async (_, operation) => {
      const { method, path } = operation;
      const { content } = entryOf(operation);
      const { id, token, stored, before } = await rowFor(operation);
      for (const etag of [
        '"v9"',
        'W/"v2"',
        '"v0"',
        '"1"',
        "v1",
        '"v1x", "v01"',
        '"v99999999999999999999"',
        "'; DROP TABLE products",
      ]) {
        const answer = await call(method, fill(path, id), {
          token,
          ...content,
          headers: { ...content?.headers, "if-match": etag },
        });
        expectRefused(answer, 412, "precondition-failed", etag);
      }
      expect(await stored()).toEqual(before);
    },
  );

  it.each(versioned.map((operation) => [nameOf(operation), operation] as const))(
    "is 428 for %s if it is missing and the shop requires it",
    async (_, operation) => {
      const { method, path } = operation;
      const { content } = entryOf(operation);
      const { id, token, stored, before } = await rowFor(operation, { require_if_match: true });
      const answer = await call(method, fill(path, id), { token, ...content });
      expectRefused(answer, 428, "precondition-required");
      expect(await stored()).toEqual(before);
      const right = await call(method, fill(path, id), {
        token,
        ...content,
        headers: { ...content?.headers, "if-match": '"v1"' },
      });
      expect([200, 204]).toContain(right.status);
    },
  );

  it("is 428 for an empty change too, and 404 for an unknown product", async () => {
    const { id, token } = await productIn({ require_if_match: true });
    const change = (product: string, headers = {}) =>
      call("PATCH", `${API}/products/${product}`, { token, headers, json: {} });
    expectRefused(await change(id), 428, "precondition-required");
    expectRefused(await change(crypto.randomUUID()), 404, "not-found");
    expect((await change(id, { "if-match": "*" })).status).toBe(200);
  });

  it("is 428 for an empty change of a customer too, and 404 for an unknown one", async () => {
    const { token } = await productIn({ require_if_match: true });
    const { body } = await call("POST", `${API}/customers`, { token, json: { name: "Eva" } });
    const change = (customer: string, headers = {}) =>
      call("PATCH", `${API}/customers/${customer}`, { token, headers, json: {} });
    expectRefused(await change(body.id), 428, "precondition-required");
    expectRefused(await change(crypto.randomUUID()), 404, "not-found");
    expectRefused(await change(body.id, { "if-match": '"v7"' }), 412, "precondition-failed");
    expect((await change(body.id, { "if-match": "*" })).status).toBe(200);
  });

  it("is optional until an ADMIN requires it, stays so in other shops, and costs no round trip", async () => {
    const [strict, lenient] = [await productIn({ require_if_match: true }), await productIn()];
    const change = (at: typeof lenient, headers = {}) =>
      call("PATCH", `${API}/products/${at.id}`, { token: at.token, headers, json: { price: 7 } });
    const [with_, without] = [await change(strict, { "if-match": '"v1"' }), await change(lenient)];
    expect([with_.status, without.status]).toEqual([200, 200]);
    expect(costOf(without).queries).toBe(costOf(with_).queries);
    expect(costOf(without).written).toBe(costOf(with_).written);
  });
});

describe("forwarded headers", () => {
  const spoofed = {
    "x-forwarded-for": "10.0.0.1",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-port": "1",
    "x-original-url": "/api/v1/users",
    "x-rewrite-url": "/api/v1/users",
    forwarded: "for=10.0.0.1;host=evil.example;proto=https",
  };

  it("X-Forwarded-For and X-Forwarded-Host are ignored by every operation that reads", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    for (const operation of operations.filter(({ method }) => method === "GET")) {
      const path = fill(operation.path, crypto.randomUUID());
      const [plain, forwarded] = [
        await call("GET", path, { token }),
        await call("GET", path, { token, headers: spoofed }),
      ];
      const same = ({ status, text }: typeof plain) => [
        status,
        text.replaceAll(/"(request_id|as_of|exported_at)":"[^"]*"|"waiting":\d+(?=,"limit")/g, ""),
      ];
      expect(same(forwarded), nameOf(operation)).toEqual(same(plain));
      expect(JSON.stringify([...forwarded.headers]) + forwarded.text, nameOf(operation)).not.toContain(
        "evil.example",
      );
    }
  });

  it("do not make a foreign origin an allowed one", async () => {
    const { admin } = await newShop();
    for (const origin of ["https://evil.example", "http://evil.example"]) {
      const headers = { ...spoofed, cookie: `mostrador_access=${admin.token}`, origin };
      expectRefused(await call("POST", `${API}/products`, { headers, json: {} }), 403, "csrf");
    }
  });

  it("never appear in a generated address", async () => {
    const { id, token } = await productIn();
    const sent = { token, raw: image("png"), headers: spoofed };
    const cover = await call("PUT", `${API}/products/${id}/cover`, sent);
    expect(cover.body.cover_image_url).toMatch(/^http:\/\/localhost:8787\//);
    const page = await callWith({}, "GET", "/docs", { headers: spoofed });
    expect(page.text).not.toContain("evil.example");
  });
});
