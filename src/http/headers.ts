// The headers that operations accept and return.
import { z, type OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Context } from "hono";
import { isStaff } from "../platform/context.ts";
import { bodyEtagOf, matchesEtag } from "../values/etag.ts";
import type { App } from "./app-context.ts";

/** The query of a public read that takes no other parameters: it names the shop. */
export const ShopQuery = z.strictObject({ tenant: z.string().max(100).optional() });

/** Names the shop in a public read; `?tenant=` does the same. */
export const ShopHeader = z.object({
  "x-tenant": z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "Slug of the shop. Not needed when signed in.", example: "demo" }),
});

/** The headers in which guests send tokens, by their security scheme. */
export const tokenHeaders = { cart: "X-Cart", order: "X-Order" } as const;

/** Names the cart of a guest. */
export const CartHeader = z.object({
  "x-cart": z.string().max(200).optional().openapi({
    description:
      "The `cart_token` of a guest's cart (POST /carts). Ignored by cart operations when signed in.",
  }),
});

/** Names the order of a guest. */
export const OrderHeader = z.object({
  "x-order": z
    .string()
    .max(200)
    .optional()
    .openapi({ description: "The `order_token` of a guest's order. Ignored when signed in." }),
});

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
  .optional()
  .openapi({
    description:
      "Makes the request safe to repeat: the same key with the same body runs once and returns the same response. Keys belong to the account and expire after a day.",
    example: "6f1c2a0e-3b47-4a55-9d0b-1f7c2b8e4a10",
  });

/** Accepted by every POST that changes something. */
export const IdempotencyHeader = z.object({ "idempotency-key": idempotencyKey });

/** The same where the document says that it is required. A request without it is 400 idempotency-key-missing, which the operation throws. */
export const RequiredIdempotencyHeader = z.object({
  "idempotency-key": idempotencyKey.openapi({ param: { required: true } }),
});

/** Accepted by changes that must only apply to the version that the client has read. */
export const IfMatch = z.object({
  "if-match": z.string().max(1000).optional().openapi({
    description: "One or more ETags. If none of them is the current one, the change is refused (412).",
  }),
});

/** Accepted by reads that respond with 304 to a client that has the current representation. */
export const IfNoneMatch = z.object({
  "if-none-match": z
    .string()
    .max(1000)
    .optional()
    .openapi({ description: "ETags of earlier responses. 304 if one of them is current." }),
});

const onEveryResponse = {
  "X-Request-Id": {
    required: true,
    description: "Identifies the request in logs and support cases",
    schema: { type: "string" as const },
  },
  "Server-Timing": {
    required: true,
    description: "The request's cost at D1: queries are round trips, read and written are rows",
    schema: { type: "string" as const },
  },
  "RateLimit-Policy": {
    required: true,
    description:
      "The quotas that this request counts against: q requests in w seconds. `public` is shared by the shop's anonymous readers and customers and is half of `tenant`.",
    schema: { type: "string" as const, example: '"address";q=12000;w=60, "tenant";q=30000;w=60' },
  },
  RateLimit: {
    required: true,
    description: "The remainder of each quota: about r requests for the next t seconds",
    schema: { type: "string" as const, example: '"address";r=11999;t=42, "tenant";r=29800;t=17' },
  },
};

const onSomeResponses = {
  ETag: { description: "The version, for If-Match and If-None-Match", schema: { type: "string" as const } },
  Location: {
    required: true,
    description: "A path at which what was created can be read: its own, or that of a list that has it",
    schema: { type: "string" as const },
  },
  "Idempotent-Replayed": {
    description: "true if an earlier request with the same key had this response",
    schema: { type: "string" as const },
  },
  "WWW-Authenticate": { description: "Bearer", schema: { type: "string" as const } },
  "Retry-After": { description: "seconds", schema: { type: "string" as const } },
};

type ResponseConfig = Exclude<RouteConfig["responses"][string], { $ref: string }>;

/** The headers of responses among the components of the document, by name. */
const headerComponents = { ...onEveryResponse, ...onSomeResponses };

type HeaderName = keyof typeof headerComponents;

const references = (...names: HeaderName[]): Record<string, { $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const byStatus: Record<number, HeaderName> = {
  401: "WWW-Authenticate",
  429: "Retry-After",
  503: "Retry-After",
};

/** References to the headers that responses of this status have beside those of every response. */
export const headersOfStatus = (status: number): Record<string, { $ref: string }> => {
  const name = byStatus[status];
  return name ? references(name) : {};
};

/** References to all headers of problems. A successful response does not repeat those that every response has. */
export const headersOfProblems = references(
  "X-Request-Id",
  "Server-Timing",
  "RateLimit-Policy",
  "RateLimit",
  "WWW-Authenticate",
  "Retry-After",
);

/** Returned with a versioned resource. */
export const ETagHeaders = references("ETag");

/** Returned by reads that take If-None-Match. */
export const RevalidatedHeaders = {
  ...ETagHeaders,
  "Cache-Control": {
    description: "`private, no-cache`; for staff `no-store`",
    schema: { type: "string" as const },
  },
};

/** The response of reads that take If-None-Match to a client that has the current representation. */
export const notModified = {
  304: { description: "The client has the current representation", headers: RevalidatedHeaders },
};

/**
 * Sets the ETag of a representation, and returns whether the client has it. Browsers may store it, except what staff see, and ask each
 * time whether it is current.
 */
export function isCurrent(c: Context<App>, etag: string): boolean {
  c.header("ETag", etag);
  if (!isStaff(c.var)) c.header("Cache-Control", "private, no-cache");
  return matchesEtag(c.req.header("if-none-match"), etag);
}

/** Returned with what is made later, such as an import. Every 201 has it. */
export const LocationHeader = references("Location");

/** Adds the headers of responses to the components. */
export function registerHeaders({ openAPIRegistry: registry }: OpenAPIHono<App>): void {
  for (const [name, header] of Object.entries(headerComponents))
    registry.registerComponent("headers", name, header);
}

/** The headers that a response declares; not as a zod object, to which references cannot be added. */
function headersOf({ headers = {} }: ResponseConfig) {
  if (headers instanceof z.ZodObject) throw new Error("Declare the headers of responses as OpenAPI headers.");
  return headers;
}

/** Whether an operation with these request headers takes an Idempotency-Key. */
export const takesKey = (headers: unknown): boolean =>
  headers instanceof z.ZodObject && "idempotency-key" in headers.shape;

function headersOfSuccess(status: string, isReplayable: boolean): Record<string, { $ref: string }> {
  return {
    ...(status === "201" ? references("Location") : {}),
    ...(isReplayable && status.startsWith("2") ? references("Idempotent-Replayed") : {}),
  };
}

/**
 * Adds the headers that successful responses share, and those that the operation adds; `isReplayable` where it takes an
 * Idempotency-Key.
 */
export const withHeaders = (
  responses: RouteConfig["responses"],
  isReplayable: boolean,
  added: Record<string, { description: string; schema: { type: "string" } }>,
): RouteConfig["responses"] =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      if ("$ref" in response) return [status, response];
      const headers = { ...headersOfSuccess(status, isReplayable), ...headersOf(response), ...added };
      return [status, { ...response, ...(Object.keys(headers).length > 0 && { headers }) }];
    }),
  );

/** Sets `Location` to this path of the API and returns the value. */
export function withLocationAt<T>(c: Context<App>, path: string, value: T): T {
  c.header("Location", `/api/v1/${path}`);
  return value;
}

/** Sets `Location` to the resource in this collection of the API and returns it. */
export const withLocation = <T extends { id: string }>(c: Context<App>, collection: string, created: T): T =>
  withLocationAt(c, `${collection}/${created.id}`, created);

/** Sets the ETag of a versioned body and returns it. */
export function withEtag<T extends { version: number }>(c: Context<App>, body: T): T {
  c.header("ETag", bodyEtagOf(body));
  return body;
}

/** Marks a replayed result with `Idempotent-Replayed` and returns its value. */
export function withReplayHeader<T>(c: Context<App>, result: { replayed: boolean; value: T }): T {
  if (result.replayed) c.header("Idempotent-Replayed", "true");
  return result.value;
}
