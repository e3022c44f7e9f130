import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { recordedDb } from "../support/recorded-bindings.ts";
import { newProduct, newShop, PASSWORD } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

/** One response of each kind. */
async function responses() {
  const shop = await newShop();
  const { token } = shop.admin;
  return [
    await call("GET", `${API}/products`, { token }),
    await call("POST", `${API}/products`, { token, json: { sku: "1", title: "A book", price: 1 } }),
    await call("POST", `${API}/auth/logout`, { token }),
    await call("POST", `${API}/products`, { json: {} }),
    await call("POST", `${API}/auth/login`, { json: {} }),
    await call("GET", "/nowhere"),
    await callWith({}, "OPTIONS", `${API}/products`),
    await call("DELETE", `${API}/products`),
    await call("GET", "/healthz"),
    await call("GET", "/openapi.json"),
    await call("GET", "/docs"),
    await call("GET", "/"),
    await call("GET", "/.well-known/jwks.json"),
  ];
}

describe("every response", () => {
  it("has its cost at D1 and the id of its request", async () => {
    for (const answer of await responses()) {
      expect(answer.headers.get("server-timing")).toMatch(
        /d1;desc="queries=\d+ read=\d+ written=\d+";dur=\d+(\.\d+)?/,
      );
      expect(answer.headers.get("x-request-id")).toMatch(/^[\w-]{8,}$/);
    }
  });

  it("has the state of every quota that it counts towards", async () => {
    const item = (name: string, rest: string) => `"${name}";${rest}`;
    for (const { headers } of await responses()) {
      const policies = headers.get("ratelimit-policy")?.split(", ") ?? [];
      const standings = headers.get("ratelimit")?.split(", ") ?? [];
      expect(policies[0]).toBe(item("address", "q=120000;w=60"));
      expect(policies.length).toBe(standings.length);
      for (const [at, standing] of standings.entries()) {
        const [, name, left, seconds] =
          /^"(address|tenant|public|user)";r=(\d+);t=(\d+)$/.exec(standing) ?? [];
        expect(policies[at]).toMatch(new RegExp(`^"${name}";q=\\d+;w=60$`));
        expect(Number(left)).toBeGreaterThan(0);
        expect(Number(seconds)).toBeGreaterThanOrEqual(1);
        expect(Number(seconds)).toBeLessThanOrEqual(60);
      }
    }
  });

  it("reports its cost exactly", async () => {
    const shop = await newShop();
    await newProduct(shop);
    expect(costOf(await call("GET", "/openapi.json"))).toEqual({ queries: 0, read: 0, written: 0 });
    expect(costOf(await call("GET", `${API}/auth/me`, { token: "garbage" })).queries).toBe(0);
    const list = costOf(await call("GET", `${API}/products`, { headers: { "x-tenant": shop.tenant.slug } }));
    // One of them reads the shop, which this request is the first to name.
    expect(list.queries).toBe(2);
    expect(list.read).toBeGreaterThan(0);
    expect(list.written).toBe(0);
    const json = { sku: "1", title: "A book", price: 1 };
    const created = costOf(await call("POST", `${API}/products`, { token: shop.admin.token, json }));
    expect(created.queries).toBe(1);
    expect(created.written).toBeGreaterThan(0);
  });

  it("of the API is stored nowhere, as it is of one person and may have a token", async () => {
    const { admin } = await newShop();
    for (const [path, token] of [
      ["/auth/me", admin.token],
      ["/sales", admin.token],
      ["/auth/me", undefined],
      ["/nothing", undefined],
    ] as const) {
      const { headers } = await call("GET", `${API}${path}`, { token });
      expect(headers.get("cache-control"), path).toBe("no-store");
    }
    expect((await call("GET", "/nowhere")).headers.get("cache-control")).toBeNull();
  });

  it("has the security headers", async () => {
    for (const { headers } of await responses()) {
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toMatch(/SAMEORIGIN|DENY/);
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("strict-transport-security")).toMatch(/max-age=\d{7,}/);
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });
});

describe("another origin", () => {
  const CORS_ORIGINS = "https://shop.example, https://till.example";
  const request = (origin: string, method = "GET", headers: Record<string, string> = {}) =>
    callWith({ CORS_ORIGINS }, method, `${API}/products`, { headers: { origin, ...headers } });

  it("may read responses, including errors, if CORS_ORIGINS names it exactly", async () => {
    for (const origin of ["https://shop.example", "https://till.example"]) {
      const answer = await request(origin);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
      expect(answer.headers.get("vary")).toMatch(/origin/i);
      const exposed = answer.headers.get("access-control-expose-headers")?.split(",") ?? [];
      expect(exposed.map((name) => name.trim().toLowerCase()).toSorted()).toEqual([
        "age",
        "deprecation",
        "etag",
        "idempotent-replayed",
        "link",
        "location",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "server-timing",
        "sunset",
        "x-d1-bookmark",
        "x-request-id",
      ]);
    }
    for (const origin of [
      "https://evil.example",
      "https://shop.example.evil.example",
      "http://shop.example",
      "null",
      "https://shop.example:8443",
    ])
      expect((await request(origin)).headers.get("access-control-allow-origin"), origin).toBeNull();
  });

  it("may read nothing if CORS_ORIGINS is empty", async () => {
    const answer = await call("GET", `${API}/products`, { headers: { origin: "https://shop.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("gets methods and headers from a preflight only if CORS_ORIGINS names it", async () => {
    const preflight = {
      "access-control-request-method": "PATCH",
      "access-control-request-headers": "authorization,if-match",
    };
    const answer = await request("https://shop.example", "OPTIONS", preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(answer.headers.get("access-control-allow-methods")).toMatch(/PATCH/);
    expect(answer.headers.get("access-control-allow-headers")).toMatch(/authorization/i);
    const foreign = await request("https://evil.example", "OPTIONS", preflight);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a HEAD request", () => {
  it("gets the response of a GET without the body", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const path = `${API}/products/${id}?tenant=${shop.tenant.slug}`;
    const answer = await callWith({}, "HEAD", path);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers.get("etag")).toMatch(/^"v1-[\w-]{22}"$/);
    // It has written nothing that a later request would have to see.
    expect(answer.headers.get("x-d1-bookmark")).toBeNull();
  });
});

describe("OPTIONS", () => {
  it.each([
    [`${API}/auth/login`, "POST"],
    [`${API}/products/1`, "DELETE, GET, HEAD, PATCH"],
    [`${API}/lake/files/manifest.json`, "GET, HEAD"],
    [`${API}/lake/files/sales/2026/11.parquet`, "GET, HEAD"],
    ["/nowhere", null],
  ])("of %s names its methods: %s", async (path, allowed) => {
    const { headers } = await callWith({}, "OPTIONS", path);
    expect(headers.get("allow")?.split(", ").toSorted().join(", ") ?? null).toBe(allowed);
  });
});

describe("a bookmark", () => {
  it("of a write lets the next read see it, and an invalid one is ignored", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const created = await call("POST", `${API}/products`, {
      token,
      json: { sku: "1", title: "A book", price: 1 },
    });
    const bookmark = created.headers.get("x-d1-bookmark");
    expect(bookmark).toMatch(/\S/);
    for (const text of [
      bookmark ?? "",
      // A bookmark that D1 has not reached yet.
      `ffffffff-ffffffff-ffffffff-${"f".repeat(32)}`,
      "garbage",
      "first-primary",
      "'; DROP TABLE products",
      "0".repeat(5000),
    ]) {
      const answer = await call("GET", `${API}/products/${created.body.id}`, {
        token,
        headers: { "x-d1-bookmark": text },
      });
      expect(answer.status, text.slice(0, 30)).toBe(200);
    }
  });
});

describe("the session at D1", () => {
  const bookmark = `00000001-00000002-00000003-${"a".repeat(32)}`;

  it.each([
    ["of a read continues after the bookmark that it sends", "GET", "/products", bookmark, bookmark],
    ["of a HEAD request does too", "HEAD", "/products", bookmark, bookmark],
    [
      "of a read without a valid one begins at any replica",
      "GET",
      "/products",
      "garbage",
      "first-unconstrained",
    ],
    ["of a write begins at the primary", "PATCH", "/settings", bookmark, "first-primary"],
  ])("%s, and is the only one of the request", async (_, method, path, sent, start) => {
    const { token } = (await newShop()).admin;
    const starts: unknown[] = [];
    const answer = await callWith({ DB: recordedDb(starts) }, method, `${API}${path}`, {
      token,
      headers: { "x-d1-bookmark": sent },
      ...(method === "PATCH" && { json: { idle_minutes: 20 } }),
    });
    expect(answer.status).toBe(200);
    expect(starts).toEqual([start]);
  });
});

describe("Location", () => {
  it("is the path at which what was created is read", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const product = await newProduct(shop);
    const items = [{ product_id: product.id, quantity: 1 }];
    const sold = await call("POST", `${API}/sales`, { token, json: { items, payment_method: "cash" } });
    const bodies: [string, unknown][] = [
      ["/products", { sku: "9", title: "Another book", price: 1 }],
      ["/customers", { name: "Eva" }],
      ["/sales", { items, payment_method: "cash" }],
      [
        `/sales/${sold.body.id}/refunds`,
        { reason: "damaged", items: [{ product_id: product.id, quantity: 1 }] },
      ],
      ["/webhooks", { url: "https://example.com/", event_types: ["*"] }],
      ["/api-keys", { name: "Till", kind: "secret", scopes: ["sales:write"] }],
    ];
    for (const [path, json] of bodies) {
      const created = await call("POST", `${API}${path}`, { token, json });
      expect(created.status, `${path} ${created.text}`).toBe(201);
      const found = await call("GET", created.headers.get("location") ?? "", { token });
      expect([found.status, found.body.id], path).toEqual([200, created.body.id]);
    }
  });

  it("is the path of the list for what is only listed", async () => {
    const { admin } = await newShop();
    const { token } = admin;
    const person = { email: "eva@example.com", role: "EMPLOYEE", first_name: "Eva", last_name: "Paz" };
    const bodies: [string, unknown][] = [
      ["/tax-rates", { name: "Books", rate: 4000 }],
      ["/users", { ...person, password: PASSWORD }],
      ["/users/invitations", { ...person, email: "leo@example.com" }],
    ];
    for (const [path, json] of bodies) {
      const created = await call("POST", `${API}${path}`, { token, json });
      expect(created.status, `${path} ${created.text}`).toBe(201);
      const list = await call("GET", created.headers.get("location") ?? "", { token });
      expect(list.status, path).toBe(200);
      expect(list.text, path).toContain(created.body.id);
    }
  });
});
