import { deepStrictEqual, match, ok } from "node:assert";
import { test } from "node:test";
import type { Journeys } from "../support/journeys.ts";

const HTML = { accept: "text/html,application/xhtml+xml" };

export const journeys: Journeys = ({ url }) => {
  const get = (path: string, headers: Record<string, string> = HTML): Promise<Response> =>
    fetch(url + path, { headers, redirect: "manual" });
  const typeOf = (response: Response): string =>
    (response.headers.get("content-type") ?? "").split(";")[0] ?? "";

  for (const path of ["/", "/catalogue", "/catalogue/01a21ce3-a92d-7474-9d0c-26ccf6d3d492", "/nowhere"])
    void test(`${path} is the page of the app, revalidated each time and under a policy without inline code`, async () => {
      const response = await get(path);
      deepStrictEqual([response.status, typeOf(response)], [200, "text/html"]);
      deepStrictEqual(response.headers.get("cache-control"), "no-cache");
      const policy = response.headers.get("content-security-policy") ?? "";
      match(policy, /default-src 'none'.*frame-ancestors 'none'/);
      ok(!policy.includes("unsafe"));
      match(await response.text(), /<div id="app">/);
    });

  void test("a browser that has the page is answered without its body", async () => {
    for (const path of ["/", "/catalogue"]) {
      const etag = (await get(path)).headers.get("etag") ?? "";
      deepStrictEqual((await get(path, { ...HTML, "if-none-match": etag })).status, 304);
    }
  });

  void test("the files of the app never change under their names", async () => {
    const page = await (await get("/")).text();
    const files = [...page.matchAll(/(?:src|href)="(\/app\/[^"]+)"/g)].flatMap(([, file]) => file ?? []);
    ok(files.length >= 2);
    for (const file of files)
      deepStrictEqual((await get(file)).headers.get("cache-control"), "public, max-age=31536000, immutable");
  });

  void test("a file of an older build is not the page of the app", async () => {
    const response = await get("/app/index-00000000.js", { accept: "*/*" });
    deepStrictEqual([response.status, typeOf(response)], [404, "application/problem+json"]);
  });

  for (const path of ["/api/v1/nowhere", "/api", "/api/v1/products/nowhere/at/all"])
    void test(`${path} stays a problem, even for a browser`, async () => {
      for (const headers of [HTML, { accept: "application/json" }]) {
        const response = await get(path, headers);
        deepStrictEqual([response.status, typeOf(response)], [404, "application/problem+json"]);
      }
    });

  void test("the other pages and documents of the Worker stay what they are", async () => {
    const expected: [path: string, status: number, type: string, text: RegExp][] = [
      ["/docs", 200, "text/html", /openapi/i],
      ["/openapi.json", 200, "application/json", /"openapi"/],
      ["/healthz", 200, "application/json", /"status"/],
      ["/.well-known/jwks.json", 200, "application/json", /"keys"/],
      ["/problems/nowhere", 404, "application/problem+json", /not-found/],
      ["/reset-password?token=x", 200, "text/html", /<form/],
      ["/invitation?token=x", 200, "text/html", /<form/],
      ["/confirm-email?token=x", 200, "text/html", /<form/],
      ["/order?token=x", 404, "text/html", /<h1>/],
      ["/dev/mail", 200, "text/html", /<h1>/],
    ];
    for (const [path, status, type, text] of expected) {
      const response = await get(path);
      deepStrictEqual([path, response.status, typeOf(response)], [path, status, type]);
      const body = await response.text();
      match(body, text, path);
      ok(!body.includes('<div id="app">'), path);
    }
  });
};
