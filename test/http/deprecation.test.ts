import { z } from "@hono/zod-openapi";
import { describe, expect, it } from "vitest";
import { jsonResponse } from "../../src/http/content.ts";
import type { Deprecation } from "../../src/http/deprecation.ts";
import { addDocumentation } from "../../src/http/openapi.ts";
import { operation } from "../../src/http/operation.ts";
import { tidyDocument } from "../../src/http/tidy-document.ts";
import { router } from "../../src/http/validation.ts";
import { Problem } from "../../src/platform/problem.ts";

const OLD: Deprecation = { since: "2026-12-01", sunset: "2027-06-30", successor: "/api/v1/new" };
const DAYS: Deprecation = { ...OLD, parameter: "days", since: "2027-01-01", successor: "/api/v1/new?from=" };

/** A router with one operation, which is refused for `days=0`. */
function routerWith(...deprecations: Deprecation[]) {
  const routes = router();
  routes.openapi(
    operation("public", {
      method: "get",
      path: "/old",
      scope: "none",
      operationId: "getOld",
      summary: "Get the old",
      description: "It is old.",
      deprecations,
      request: { query: z.strictObject({ days: z.string().optional(), to: z.string().optional() }) },
      responses: { 200: jsonResponse("The old", z.object({ days: z.string().nullable() })) },
    }),
    (c) => {
      const { days = null } = c.req.valid("query");
      if (days === "0") throw new Problem("not-found", "No days.");
      return c.json({ days }, 200);
    },
  );
  routes.onError((error) => {
    if (!(error instanceof Problem)) throw error;
    return error.toResponse("/old", "id");
  });
  return routes;
}

const read = async (routes: ReturnType<typeof routerWith>, path: string) => {
  const { status, headers } = await routes.request(path);
  return [status, ...["deprecation", "sunset", "link"].map((name) => headers.get(name))];
};

function documented(routes: ReturnType<typeof routerWith>) {
  addDocumentation(routes);
  return tidyDocument({
    components: { schemas: {} },
    ...routes.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "T", version: "1" } }),
  }).paths["/old"]?.["get"];
}

describe("a deprecated operation", () => {
  it("says so in every response, with the day of its removal and its successor", async () => {
    const said = ["@1796083200", "Wed, 30 Jun 2027 00:00:00 GMT", '</api/v1/new>; rel="successor-version"'];
    const routes = routerWith(OLD);
    expect(await read(routes, "/old")).toEqual([200, ...said]);
    expect(await read(routes, "/old?days=0")).toEqual([404, ...said]);
    expect(await read(routes, "/old?unknown=1")).toEqual([422, ...said]);
    expect(await read(routerWith(), "/old")).toEqual([200, null, null, null]);
  });

  it("is deprecated in the document, which names day, successor and headers", () => {
    expect(documented(routerWith(OLD))).toMatchObject({
      deprecated: true,
      description: expect.stringMatching(
        /^\*\*Deprecated\*\* since 2026-12-01; may be removed on 2027-06-30\. Use \/api\/v1\/new instead\.\n\nIt is old/,
      ),
      "x-deprecations": [OLD],
      responses: { 200: { headers: { Deprecation: {}, Sunset: {}, Link: {} } } },
    });
    expect(JSON.stringify(documented(routerWith()))).not.toMatch(/deprecat/i);
  });

  it("has at least 180 days until it may be removed", () => {
    for (const sunset of ["2027-05-29", "2026-11-01", "soon"])
      expect(() => routerWith({ ...OLD, sunset })).toThrow(/180 days|cannot be removed/);
    expect(() => routerWith({ ...OLD, sunset: "2027-05-30" })).not.toThrow();
  });
});

describe("a deprecated parameter", () => {
  it("is announced to those who send it only", async () => {
    const routes = routerWith(DAYS);
    expect(await read(routes, "/old?to=1")).toEqual([200, null, null, null]);
    expect(await read(routes, "/old?days=1")).toEqual([
      200,
      "@1798761600",
      "Wed, 30 Jun 2027 00:00:00 GMT",
      '</api/v1/new?from=>; rel="successor-version"',
    ]);
    const [, since, , links] = await read(routerWith(OLD, DAYS), "/old?days=1");
    expect(since).toBe("@1796083200");
    expect(links).toBe(
      '</api/v1/new>; rel="successor-version", </api/v1/new?from=>; rel="successor-version"',
    );
  });

  it("is announced with the first day of removal, and the first day of deprecation, of those that are sent", async () => {
    const to = { ...DAYS, parameter: "to", since: "2026-12-15", sunset: "2027-12-31" };
    const both = ["@1797292800", "Wed, 30 Jun 2027 00:00:00 GMT"];
    expect((await read(routerWith(DAYS, to), "/old?days=1&to=2")).slice(1, 3)).toEqual(both);
    expect((await read(routerWith(to, DAYS), "/old?days=1&to=2")).slice(1, 3)).toEqual(both);
    expect((await read(routerWith(DAYS, to), "/old?to=2")).slice(1, 3)).toEqual([
      "@1797292800",
      "Fri, 31 Dec 2027 00:00:00 GMT",
    ]);
  });

  it("is deprecated in the document, and its operation is not", () => {
    const found = documented(routerWith(DAYS));
    expect(found?.["deprecated"]).toBeUndefined();
    expect(found?.parameters?.map(({ name, deprecated }) => [name, deprecated])).toEqual([
      ["days", true],
      ["to", undefined],
    ]);
  });
});
