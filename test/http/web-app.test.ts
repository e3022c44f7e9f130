import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { callWith } from "../support/variant.ts";

const asBrowser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("paths that are not of the API", () => {
  it("are a problem for a program, as before the web app", async () => {
    for (const path of ["/catalogue", "/app/index-00000000.js"]) {
      const answer = await call("GET", path, { headers: { accept: "*/*" } });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });

  it("are a problem for every method but GET", async () => {
    const answer = await call("POST", "/catalogue", { headers: asBrowser });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("unknown paths of the API", () => {
  it("are a problem even where a browser opens them", async () => {
    for (const path of ["/api", "/api/v1", "/api/v1/nowhere"]) {
      const answer = await call("GET", path, { headers: asBrowser });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });
});

describe("a page of the web app", () => {
  /** The assets of a deployment, of which a browser may have the page already. */
  const assets = {
    fetch: async (_: unknown, { headers }: RequestInit = {}) =>
      new Headers(headers).get("if-none-match") === '"page"'
        ? new Response(null, { status: 304 })
        : new Response("<!doctype html>", { headers: { "content-type": "text/html", etag: '"page"' } }),
    connect: () => {
      throw new Error("nothing connects");
    },
  };

  it("is what a browser opens at any path, unless it has it", async () => {
    const open = (headers: Record<string, string>) =>
      callWith({ ASSETS: assets }, "GET", "/catalogue", { headers: { ...asBrowser, ...headers } });
    const first = await open({});
    expect([first.status, first.text]).toEqual([200, "<!doctype html>"]);
    expect((await open({ "if-none-match": '"page"' })).status).toBe(304);
  });
});
