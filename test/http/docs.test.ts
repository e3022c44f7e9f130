import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/openapi.ts";
import { call, ORIGIN } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { callWith } from "../support/variant.ts";

describe("the OpenAPI document", () => {
  it("is served as OpenAPI 3.1, and is the one that responses are validated against", async () => {
    const answer = await call("GET", "/openapi.json");
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.body.openapi).toMatch(/^3\.1\.\d$/);
    // In the same order too, which is that of the reference.
    expect(answer.text).toBe(JSON.stringify({ ...openApiDocument, servers: answer.body.servers }));
  });

  it("names the address of PUBLIC_URL, or else that of the request", async () => {
    const urlsOf = ({ text }: { text: string }) => JSON.parse(text).servers;
    const configured = await callWith({ PUBLIC_URL: "https://shop.example/" }, "GET", "/openapi.json");
    expect(urlsOf(configured)).toEqual([{ url: "https://shop.example" }]);
    expect(urlsOf(await callWith({ PUBLIC_URL: "" }, "GET", "/openapi.json"))).toEqual([{ url: ORIGIN }]);
  });

  it("is cached: a client that has it gets 304", async () => {
    const first = await call("GET", "/openapi.json");
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(first.headers.get("cache-control")).toBe("public, max-age=300");
    for (const cached of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const second = await call("GET", "/openapi.json", { headers: { "if-none-match": cached } });
      expect([second.status, second.text, second.headers.get("etag")]).toEqual([304, "", etag]);
    }
    const other = await call("GET", "/openapi.json", { headers: { "if-none-match": '"x"' } });
    expect(other.status).toBe(200);
  });

  it("defines everything it refers to", async () => {
    const { text, body } = await call("GET", "/openapi.json");
    const names = [...text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)];
    expect(names.length).toBeGreaterThan(10);
    for (const [, kind = "", name = ""] of names) expect(body.components[kind]).toHaveProperty(name);
    const used = new Set(
      operations.flatMap(({ security = [] }) => security.flatMap((scheme) => Object.keys(scheme))),
    );
    expect([...used].toSorted()).toEqual(Object.keys(body.components.securitySchemes).toSorted());
    const tags = new Set(operations.flatMap((operation) => operation.tags ?? []));
    expect([...tags].toSorted()).toEqual(body.tags.map((tag: { name: string }) => tag.name).toSorted());
  });

  it("combines no schemas that forbid each other's fields", async () => {
    const { body } = await call("GET", "/openapi.json");
    const closed = Object.entries<{ allOf?: unknown }>(body.components.schemas).filter(
      ([name, { allOf }]) =>
        allOf !== undefined &&
        JSON.stringify(body.components.schemas[name]).includes('"additionalProperties":false'),
    );
    expect(closed.map(([name]) => name)).toEqual([]);
  });
});
