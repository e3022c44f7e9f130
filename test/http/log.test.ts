import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { logFailure, logRequest } from "../../src/platform/log.ts";
import { unavailable } from "../../src/platform/problem.ts";
import { API, call, ORIGIN } from "../support/client.ts";
import { newProduct, newShop, PASSWORD } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { brokenDb } from "../support/failing-bindings.ts";

/** A body that ends with the connection. */
const abandoned = () =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"InvoiceNo,Stock')),
    pull: (controller) => controller.error(new Error("Network connection lost.")),
  });

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  const capture = (...parts: unknown[]): void => void lines.push(parts.map(String).join(" "));
  for (const level of ["log", "error", "warn", "info", "debug"] as const)
    vi.spyOn(console, level).mockImplementation(capture);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const lineOf = (answer: { headers: Headers }): string[] =>
  lines.filter((line) => line.includes(answer.headers.get("x-request-id") ?? "no id"));

describe("the log", () => {
  it("has one line of JSON for each request, with its route, its status and its cost", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const answer = await call("GET", `${API}/products/${id}?tenant=${shop.tenant.slug}`, {
      token: shop.admin.token,
    });
    const [line = "", ...more] = lineOf(answer);
    expect(more).toEqual([]);
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({
      level: "info",
      request_id: answer.headers.get("x-request-id"),
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      tenant: shop.tenant.slug,
      method: "GET",
      route: "/api/v1/products/:id",
      status: 200,
      ms: expect.any(Number),
      d1: { queries: 1, statements: 2, read: expect.any(Number), written: 0, ms: expect.any(Number) },
    });
    const { ms, d1 } = JSON.parse(line);
    for (const time of [ms, d1.ms]) expect(time).toBeLessThan(60_000);
    expect(line).not.toContain(id);
    expect(line).not.toContain("whatever");
  });

  it("never contains a token, an e-mail address, a password or a name, whatever the response", async () => {
    const { tenant, admin } = await newShop();
    const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
    const login = await call("POST", `${API}/auth/login`, { json });
    const { access_token, refresh_token } = login.body;
    const bad = { ...json, password: "wrong-password-1" };
    const answers = [
      login,
      await call("POST", `${API}/auth/login`, { json: bad }),
      await call("POST", `${API}/auth/login`, {
        json: { ...bad, email: "not an e-mail of ours", role: "x" },
      }),
      await call("POST", `${API}/auth/refresh`, { json: { refresh_token } }),
      await call("POST", `${API}/auth/refresh`, { json: { refresh_token } }),
      await call("GET", `${API}/auth/me`, { headers: { cookie: `mostrador_access=${access_token}` } }),
      await call("GET", `${API}/users?role=x&email=${admin.email}`, { token: admin.token }),
      await call("GET", `${API}/nowhere/${admin.email}`),
      await callWith({ DB: brokenDb(new Error("D1 fails"), true) }, "POST", `${API}/auth/login`, { json }),
    ];
    for (const answer of answers) expect(lineOf(answer).length).toBe(1);
    const all = lines.join("\n");
    const secrets = [
      access_token,
      refresh_token,
      admin.token,
      admin.email,
      PASSWORD,
      "wrong-password-1",
      "not an e-mail",
    ];
    for (const secret of secrets) expect(all).not.toContain(secret);
    for (const part of [access_token, refresh_token])
      expect(all).not.toContain(String(part).split(".").at(-1));
    expect(all).not.toMatch(/First|Last|scrypt/);
  });

  it("has a client that hangs up in the middle of its body as 499, and not as an error of ours", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const paths: [string, string, string][] = [
      ["POST", `${API}/imports?kind=sales`, "text/csv"],
      ["PUT", `${API}/products/${(await newProduct(shop)).id}/cover`, "image/png"],
      ["POST", `${API}/sales`, "application/json"],
      ["POST", `${API}/auth/logout`, "application/json"],
    ];
    for (const [method, path, type] of paths) {
      lines = [];
      const headers = { authorization: `Bearer ${token}`, "content-type": type };
      const request = new Request(`${ORIGIN}${path}`, { method, headers, body: abandoned() });
      // Within this Worker: between two Workers a stream that fails ends.
      const response = await app.fetch(request, env, createExecutionContext());
      expect(response.status, path).toBe(499);
      const logged = lines.map((line) => JSON.parse(line)).filter(({ level }) => level !== "info");
      expect(logged, path).toEqual([]);
      expect(
        lineOf(response).map((line) => JSON.parse(line).status),
        path,
      ).toEqual([499]);
    }
  });

  it("has a webhook of Stripe as a warning if its secret is not configured", async () => {
    const answer = await call("POST", `${API}/payments/stripe/webhook`, { json: {} });
    expect(answer.status).toBe(503);
    expect(lineOf(answer).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "warning",
        status: 503,
        error: expect.objectContaining({ message: expect.stringContaining("STRIPE_WEBHOOK_SECRET") }),
      }),
    ]);
  });

  it("has a dependency that fails as an error", async () => {
    const answer = await callWith(
      { DB: brokenDb(new Error("D1 fails"), true) },
      "GET",
      `${API}/products?tenant=x`,
    );
    expect(answer.status).toBe(503);
    expect(lineOf(answer).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "error",
        status: 503,
        error: { message: "D1 fails", stack: expect.any(String) },
      }),
    ]);
  });

  it("has only lines of JSON", async () => {
    const { admin } = await newShop();
    await call("GET", `${API}/products`, { token: admin.token, headers: { "x-request-id": 'a"b\n'.trim() } });
    await call("GET", "/nowhere%0Ainjected");
    expect(lines.length).toBe(2);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: "info" });
  });

  it("has of a failure its innermost cause, and only the kind of what is no error", () => {
    logFailure("a job", new Error("outer", { cause: new Error("inner") }));
    for (const error of ["ana@example.com", null, { secret: 1 }]) logFailure("a job", error);
    expect(lines.map((text) => JSON.parse(text))).toEqual([
      { level: "error", what: "a job", error: { message: "inner", stack: expect.any(String) } },
      ...["string", "object", "object"].map((message) => ({
        level: "error",
        what: "a job",
        error: { message },
      })),
    ]);
  });

  it("has every status from 500 on as an error with its cause, or as a warning, and no other", () => {
    const cost = { queries: 0, statements: 0, read: 0, written: 0, ms: 0 };
    const line = { request_id: "1", trace_id: "1", tenant: null, method: "GET", route: "/", ms: 1, d1: cost };
    const configured = Object.assign(unavailable(new Error("no secret")), { severity: "warning" as const });
    for (const error of [new Error("a bug"), configured])
      for (const status of [499, 500, 501]) logRequest({ ...line, status }, error);
    const logged = lines.map((text) => JSON.parse(text));
    expect(logged.map(({ level, error }) => [level, error?.message])).toEqual([
      ["info", undefined],
      ["error", "a bug"],
      ["error", "a bug"],
      ["info", undefined],
      ["warning", "no secret"],
      ["warning", "no secret"],
    ]);
  });
});
