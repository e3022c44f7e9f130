// A request to any operation of the document, planned from its schemas and perhaps spoilt; and its form on the wire.
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { z } from "zod";
import type { Role } from "../../src/platform/context.ts";
import { operations, type Operation } from "../../test/support/contract.ts";
import { image } from "../../test/support/images.ts";
import { PASSWORD } from "../../bench/client.ts";
import { REFRESH_TOKENS, SALES_CSV, type Pools } from "../stage.ts";
import { spelt, speltPath } from "./spelling.ts";
import { spoilsOf, type Spoil } from "./spoil.ts";
import { fieldsOf, FromPool, valueOf } from "./values.ts";

const ROLES: Role[] = ["CUSTOMER", "EMPLOYEE", "ADMIN"];

export type Plan = {
  operation: Operation;
  role: Role;
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  json: unknown;
  spoil: Spoil;
};

/** `plain` is the path without a query, and without what an escape makes of it. */
export type Wire = { path: string; plain: string; headers: Record<string, string>; body: BodyInit | null };

const details = z.looseObject({
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
  "x-roles": z.array(z.enum(["CUSTOMER", "EMPLOYEE", "ADMIN"])).default([]),
});

/** The path before a parameter: where ids of this kind are kept. */
const poolOf = (path: string, name: string): string =>
  path.slice(0, path.indexOf(`/{${name}}`)).replace(/^.*\}/, "") || name;

// These lists are of products.
const OF_PRODUCTS = new Set(["/api/v1/favorites", "/api/v1/wishlist", "/api/v1/cart/items"]);

const paramOf = (path: string, name: string): fc.Arbitrary<unknown> => {
  if (name === "country") return fc.constantFrom("France", "Nowhere");
  const pool = poolOf(path, name);
  const from = OF_PRODUCTS.has(pool) ? "/api/v1/products" : pool;
  return fc.nat().map((nth) => new FromPool(from, nth));
};

/** Bodies of which the schema says too little. */
const wholes: Record<string, fc.Arbitrary<unknown>> = {
  correctShift: fc.record({
    start_at: fc
      .integer({ min: 6, max: 9 })
      .map((hours) => new Date(Date.now() - hours * 3_600_000).toISOString()),
    reason: fc.constant("the clock was wrong"),
  }),
  moveStock: fc.record({
    delta: fc.integer({ min: 1, max: 9 }),
    reason: fc.constantFrom("received", "correction"),
  }),
  login: fc.constant({ tenant: "attack", email: "ana@example.com", password: PASSWORD }),
  refresh: fc.nat().map((nth) => ({ refresh_token: new FromPool(REFRESH_TOKENS, nth) })),
};

/** Requests to one operation. */
export function plansOf(operation: Operation): fc.Arbitrary<Plan> {
  const { parameters, requestBody, "x-roles": allowed } = details.parse(operation);
  const fields = (place: string) => {
    const some = parameters.filter((parameter) => parameter.in === place);
    const required = some.filter((parameter) => parameter.required === true).map(({ name }) => name);
    return fieldsOf(Object.fromEntries(some.map(({ name, schema }) => [name, schema])), required);
  };
  const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const body = requestBody?.content["application/json"];
  return fc.record({
    operation: fc.constant(operation),
    role: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...(allowed.length > 0 ? allowed : ROLES)) },
      { weight: 1, arbitrary: fc.constantFrom(...ROLES) },
    ),
    params: fc.record(Object.fromEntries(inPath.map((name) => [name, paramOf(operation.path, name)]))),
    query: fields("query"),
    headers: fields("header"),
    json: wholes[operation.operationId ?? ""] ?? (body ? valueOf(body.schema) : fc.constant(undefined)),
    spoil: spoilsOf({
      body: requestBody !== undefined,
      cursor: parameters.some(({ name }) => name === "cursor"),
    }),
  });
}

/** Any request. */
export const plans: fc.Arbitrary<Plan> = fc.oneof(...operations.map(plansOf));

/** The value with ids in the places of `FromPool`; where there are none yet, an id of nobody. */
function settle(value: unknown, pools: Pools): unknown {
  if (value instanceof FromPool) {
    const pool = pools.get(value.path) ?? [];
    return pool[value.nth % pool.length] ?? "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071";
  }
  if (Array.isArray(value)) return value.map((each) => settle(each, pools));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, settle(each, pools)]));
  return value;
}

export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function spoilJson(json: unknown, spoil: Spoil): unknown {
  if (!isFields(json)) return json;
  const names = Object.keys(json);
  if (spoil.how === "field" || spoil.how === "missing") {
    const name = names[spoil.nth % names.length];
    if (name === undefined) return json;
    const { [name]: old, ...rest } = json;
    if (spoil.how === "missing") return rest;
    // As often within as instead of what is there.
    const inner =
      Array.isArray(old) && spoil.nth % 2 === 0 ? [spoilJson(old[0], spoil), ...old.slice(1)] : spoil.value;
    return { ...rest, [name]: inner };
  }
  if (spoil.how === "type" && spoil.isStrange) return { ...json, field_of_no_body: 1 };
  // Not by assignment, which would set a prototype.
  return spoil.how === "extra"
    ? Object.fromEntries([...Object.entries(json), [spoil.name, spoil.value]])
    : json;
}

function bodyOf(
  { operation, json, spoil }: Plan,
  pools: Pools,
): { type?: string; body: BodyInit | null; encoding?: string } {
  if (spoil.how === "raw") return { type: spoil.type, body: spoil.value };
  if (json !== undefined)
    return { type: "application/json", body: JSON.stringify(spoilJson(settle(json, pools), spoil)) };
  const { requestBody } = details.parse(operation);
  const [type] = Object.keys(requestBody?.content ?? {});
  if (type === undefined) return { body: null };
  if (type === "text/csv") return { type, body: gzipSync(SALES_CSV), encoding: "gzip" };
  return { type: "image/png", body: image("png") };
}

/** One parameter comes twice; where there is none, the shop does. */
function double(query: URLSearchParams, { nth, value, isFirst }: Extract<Spoil, { how: "twice" }>): void {
  const [name, old] = [...query][nth % Math.max(1, query.size)] ?? ["tenant", "attack"];
  const both = [old, value ?? old];
  query.delete(name);
  for (const each of isFirst ? both.toReversed() : both) query.append(name, each);
}

/** The request as it is sent. */
export function wireOf(plan: Plan, pools: Pools): Wire {
  const { operation, spoil } = plan;
  const isBare = operation.method === "GET" || spoil.how === "method";
  const { type, body, encoding } = isBare ? { body: null } : bodyOf(plan, pools);
  const params = Object.entries(plan.params).map(
    ([name, value]) => [name, String(settle(value, pools))] as const,
  );
  let path = operation.path;
  for (const [at, [name, value]] of params.entries())
    path = path.replace(
      `{${name}}`,
      encodeURIComponent(spoil.how === "path" && at === 0 ? spoil.value.toWellFormed() : value),
    );
  const query = new URLSearchParams();
  const asked = Object.entries(plan.query);
  for (const [at, [name, value]] of asked.entries())
    query.set(name, spoil.how === "query" && at === spoil.nth % asked.length ? spoil.value : String(value));
  if (spoil.how === "query" && asked.length === 0) query.set(spoil.value.slice(0, 10), "1");
  if (spoil.how === "twice") double(query, spoil);
  const headers = Object.fromEntries(
    Object.entries(plan.headers).map(([name, value]) => [
      name,
      String(value).replaceAll(/[^\x20-\x7e]/g, "x"),
    ]),
  );
  if (type !== undefined) headers["content-type"] = spoil.how === "type" ? spelt(spoil.spelling, type) : type;
  if (encoding !== undefined) headers["content-encoding"] = encoding;
  if (spoil.how === "header") headers[spoil.name] = spoil.value;
  const escaped = spoil.how === "escape" ? speltPath(path, spoil.nth, spoil.as) : path;
  const search = query.size > 0 ? `?${query.toString()}` : "";
  return { path: `${escaped}${search}`, plain: path, headers, body };
}
