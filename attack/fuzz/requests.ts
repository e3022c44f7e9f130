// Plans requests to the operations of the document from their schemas, with at most one mutation, and encodes them.
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { z } from "zod";
import type { Role } from "../../src/platform/context.ts";
import { operations, type Operation } from "../../test/support/contract.ts";
import { image } from "../../test/support/images.ts";
import { PASSWORD } from "../../bench/client.ts";
import { REFRESH_TOKENS, SALES_CSV, type Pools } from "../stage.ts";
import { mutationsFor, type Mutation } from "./mutations.ts";
import { typeVariant, pathVariant } from "./variants.ts";
import { fieldsOf, FromPool, valueOf } from "./values.ts";

const ROLES: Role[] = ["CUSTOMER", "EMPLOYEE", "ADMIN"];

export type Plan = {
  operation: Operation;
  role: Role;
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  json: unknown;
  mutation: Mutation;
};

/** `plain` is the path without its query and with no escape from a mutation. */
export type WireRequest = {
  path: string;
  plain: string;
  headers: Record<string, string>;
  body: BodyInit | null;
};

const operationShape = z.looseObject({
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

/** The pool of a path parameter's ids: the path before the parameter. */
const poolOf = (path: string, name: string): string =>
  path.slice(0, path.indexOf(`/{${name}}`)).replace(/^.*\}/, "") || name;

// The ids in these collections are product ids.
const PRODUCT_COLLECTIONS = new Set(["/api/v1/favorites", "/api/v1/wishlist", "/api/v1/cart/items"]);

const paramOf = (path: string, name: string): fc.Arbitrary<unknown> => {
  if (name === "country") return fc.constantFrom("France", "Nowhere");
  const pool = poolOf(path, name);
  const source = PRODUCT_COLLECTIONS.has(pool) ? "/api/v1/products" : pool;
  return fc.nat().map((nth) => new FromPool(source, nth));
};

/** Bodies that the schema alone does not describe well enough to be accepted, by operation id. */
const customBodies: Record<string, fc.Arbitrary<unknown>> = {
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
  createSession: fc.constant({ tenant: "attack", email: "ana@example.com", password: PASSWORD }),
  refreshSession: fc.nat().map((nth) => ({ refresh_token: new FromPool(REFRESH_TOKENS, nth) })),
};

/** Requests to one operation. */
export function plansOf(operation: Operation): fc.Arbitrary<Plan> {
  const { parameters, requestBody, "x-roles": allowed } = operationShape.parse(operation);
  const fields = (location: string) => {
    const selected = parameters.filter((parameter) => parameter.in === location);
    const required = selected.filter((parameter) => parameter.required === true).map(({ name }) => name);
    return fieldsOf(Object.fromEntries(selected.map(({ name, schema }) => [name, schema])), required);
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
    json: customBodies[operation.operationId ?? ""] ?? (body ? valueOf(body.schema) : fc.constant(undefined)),
    mutation: mutationsFor({
      body: requestBody !== undefined,
      cursor: parameters.some(({ name }) => name === "cursor"),
    }),
  });
}

/** Requests to any operation. */
export const plans: fc.Arbitrary<Plan> = fc.oneof(...operations.map(plansOf));

/** Replaces each `FromPool` by an id of its pool, or by an unknown id if the pool is empty. */
function resolveIds(value: unknown, pools: Pools): unknown {
  if (value instanceof FromPool) {
    const pool = pools.get(value.path) ?? [];
    return pool[value.nth % pool.length] ?? "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071";
  }
  if (Array.isArray(value)) return value.map((each) => resolveIds(each, pools));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolveIds(each, pools)]));
  return value;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function mutateJson(json: unknown, mutation: Mutation): unknown {
  if (!isObject(json)) return json;
  const names = Object.keys(json);
  if (mutation.kind === "field" || mutation.kind === "missing") {
    const name = names[mutation.nth % names.length];
    if (name === undefined) return json;
    const { [name]: old, ...rest } = json;
    if (mutation.kind === "missing") return rest;
    // A list is mutated in its first item as often as it is replaced.
    const value =
      Array.isArray(old) && mutation.nth % 2 === 0
        ? [mutateJson(old[0], mutation), ...old.slice(1)]
        : mutation.value;
    return { ...rest, [name]: value };
  }
  if (mutation.kind === "content_type" && mutation.hasUnknownField) return { ...json, unknown_field: 1 };
  // An assignment to __proto__ would set the prototype.
  return mutation.kind === "extra"
    ? Object.fromEntries([...Object.entries(json), [mutation.name, mutation.value]])
    : json;
}

function bodyOf(
  { operation, json, mutation }: Plan,
  pools: Pools,
): { type?: string; body: BodyInit | null; encoding?: string } {
  if (mutation.kind === "raw") return { type: mutation.type, body: mutation.value };
  if (json !== undefined)
    return { type: "application/json", body: JSON.stringify(mutateJson(resolveIds(json, pools), mutation)) };
  const { requestBody } = operationShape.parse(operation);
  const [type] = Object.keys(requestBody?.content ?? {});
  if (type === undefined) return { body: null };
  if (type === "text/csv") return { type, body: gzipSync(SALES_CSV), encoding: "gzip" };
  return { type: "image/png", body: image("png") };
}

/** Repeats a parameter of the query, or `tenant` if the query is empty. */
function repeatParameter(
  query: URLSearchParams,
  { nth, value, isFirst }: Extract<Mutation, { kind: "repeat" }>,
): void {
  const [name, old] = [...query][nth % Math.max(1, query.size)] ?? ["tenant", "attack"];
  const both = [old, value ?? old];
  query.delete(name);
  for (const each of isFirst ? both.toReversed() : both) query.append(name, each);
}

/** Encodes a plan with ids from the pools. */
export function encodeRequest(plan: Plan, pools: Pools): WireRequest {
  const { operation, mutation } = plan;
  const hasNoBody = operation.method === "GET" || mutation.kind === "method";
  const { type, body, encoding } = hasNoBody ? { body: null } : bodyOf(plan, pools);
  const params = Object.entries(plan.params).map(
    ([name, value]) => [name, String(resolveIds(value, pools))] as const,
  );
  let path = operation.path;
  for (const [at, [name, value]] of params.entries())
    path = path.replace(
      `{${name}}`,
      encodeURIComponent(mutation.kind === "path" && at === 0 ? mutation.value.toWellFormed() : value),
    );
  const query = new URLSearchParams();
  const entries = Object.entries(plan.query);
  for (const [at, [name, value]] of entries.entries())
    query.set(
      name,
      mutation.kind === "query" && at === mutation.nth % entries.length ? mutation.value : String(value),
    );
  if (mutation.kind === "query" && entries.length === 0) query.set(mutation.value.slice(0, 10), "1");
  if (mutation.kind === "repeat") repeatParameter(query, mutation);
  const headers = Object.fromEntries(
    Object.entries(plan.headers).map(([name, value]) => [
      name,
      String(value).replaceAll(/[^\x20-\x7e]/g, "x"),
    ]),
  );
  if (type !== undefined)
    headers["content-type"] = mutation.kind === "content_type" ? typeVariant(mutation.template, type) : type;
  if (encoding !== undefined) headers["content-encoding"] = encoding;
  if (mutation.kind === "header") headers[mutation.name] = mutation.value;
  const escaped = mutation.kind === "escape" ? pathVariant(path, mutation.nth, mutation.variant) : path;
  const search = query.size > 0 ? `?${query.toString()}` : "";
  return { path: `${escaped}${search}`, plain: path, headers, body };
}
