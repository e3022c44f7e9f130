import { Validator } from "@cfworker/json-schema";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import configuration from "../../wrangler.toml?raw";
import { openApiDocument } from "../../src/openapi.ts";
import { listsOf, withExamples } from "../../src/http/reference/examples.js";
import { API, call, ORIGIN } from "../support/client.ts";
import { newShop, PASSWORD } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

async function demoShop() {
  const { tenant, admin } = await newShop();
  return JSON.stringify({ tenant: tenant.slug, email: admin.email, password: PASSWORD });
}

/** The login in the page, null if it offers none. */
async function offered(changes: Partial<Env>): Promise<unknown> {
  const { text } = await callWith(changes, "GET", "/docs");
  const [, json = ""] = /data-demo="([^"]*)"/.exec(text) ?? [];
  return JSON.parse(json.replaceAll("&quot;", '"'));
}

describe("the reference page", () => {
  it("names no other host, and its Content-Security-Policy allows none", async () => {
    const answer = await call("GET", "/docs");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    expect(answer.text).not.toMatch(/(?:https?:)?\/\/[\w.-]+/);
    expect(answer.text).toContain("/openapi.json");
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  it("is 304 for a client that has it", async () => {
    const DEMO_LOGIN = await demoShop();
    const { headers } = await callWith({ DEMO_LOGIN }, "GET", "/docs");
    const etag = headers.get("etag") ?? "";
    expect(headers.get("cache-control")).toBe("no-cache");
    const cached = { headers: { "if-none-match": etag } };
    const again = await callWith({ DEMO_LOGIN }, "GET", "/docs", cached);
    expect([again.status, again.text]).toEqual([304, ""]);
    expect((await callWith({}, "GET", "/docs", cached)).status).toBe(200);
  });
});

describe("the login of the demo shop", () => {
  it("is offered locally, and it is that of an ADMIN", async () => {
    const DEMO_LOGIN = await demoShop();
    const login = await offered({ DEMO_LOGIN });
    expect(login).toEqual(JSON.parse(DEMO_LOGIN));
    const { body } = await call("POST", `${API}/auth/login`, { json: login, headers: { origin: ORIGIN } });
    expect(body.user.role).toBe("ADMIN");
  });

  it("is never offered elsewhere, without its shop, or without the variable", async () => {
    const DEMO_LOGIN = await demoShop();
    for (const ENVIRONMENT of ["production", "staging"])
      expect(await offered({ DEMO_LOGIN, ENVIRONMENT })).toBeNull();
    const unknown = JSON.stringify({ ...JSON.parse(DEMO_LOGIN), tenant: "no-such-shop" });
    expect(await offered({ DEMO_LOGIN: unknown })).toBeNull();
    expect(await offered({})).toBeNull();
    const { text } = await callWith({ DEMO_LOGIN, ENVIRONMENT: "production" }, "GET", "/docs");
    expect(text).not.toContain(PASSWORD);
  });

  it("is empty in each environment's configuration", () => {
    expect(configuration.match(/^DEMO_LOGIN.*$/gm)).toEqual([
      'DEMO_LOGIN = ""',
      'DEMO_LOGIN = ""',
      'DEMO_LOGIN = ""',
    ]);
  });
});

const parameter = z.object({
  name: z.string(),
  required: z.boolean().optional(),
  schema: z.looseObject({ default: z.unknown().optional() }),
});

const prepared = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        parameters: z.array(parameter).optional(),
        requestBody: z
          .object({
            content: z.record(z.string(), z.object({ schema: z.unknown(), example: z.unknown().optional() })),
          })
          .optional(),
      }),
    ),
  ),
});

const document = { ...openApiDocument };
const operationsOf = (ids: Record<string, string>, shop: string | null) =>
  Object.values(prepared.parse(withExamples(document, ids, shop)).paths).flatMap((item) =>
    Object.values(item),
  );

describe("the requests that the page prepares", () => {
  it("have bodies that their schemas accept", () => {
    const invalid = operationsOf({}, null).flatMap(({ operationId, requestBody }) => {
      const json = requestBody?.content["application/json"];
      if (!json) return [];
      const whole = {
        ...z.record(z.string(), z.unknown()).parse(json.schema),
        components: document.components,
      };
      const { valid } = new Validator(whole, "2020-12").validate(json.example);
      return valid ? [] : [[operationId, json.example]];
    });
    expect(invalid).toEqual([]);
  });

  it("have no values for parameters that nobody has chosen", () => {
    const filled = operationsOf({}, "demo").flatMap(({ operationId, parameters = [] }) =>
      parameters
        .filter(({ required, name, schema }) => !required && name !== "x-tenant" && "default" in schema)
        .map(({ name }) => `${operationId} ${name}`),
    );
    expect(filled).toEqual([]);
  });

  it("have ids of the shop, in paths and in bodies", () => {
    const ids = { products: "P", sales: "S" };
    const of = (id: string) => operationsOf(ids, null).find(({ operationId }) => operationId === id);
    expect(of("createRefund")?.parameters?.[0]?.schema["default"]).toBe("S");
    expect(of("setCartItem")?.parameters?.[0]?.schema["default"]).toBe("P");
    expect(of("createSale")?.requestBody?.content["application/json"]?.example).toMatchObject({
      items: [{ product_id: "P" }],
    });
    expect(listsOf(document)).toMatchObject({ products: `${API}/products`, "tax-rates": `${API}/tax-rates` });
  });

  it("name the shop for visitors only", () => {
    const shopOf = (shop: string | null) =>
      operationsOf({}, shop)
        .find(({ operationId }) => operationId === "listProducts")
        ?.parameters?.find(({ name }) => name === "x-tenant")?.schema["default"];
    expect([shopOf("demo"), shopOf(null)]).toEqual(["demo", undefined]);
  });
});
