// How an operation is declared: who may call it, which body it takes, what it can answer. Everything that all
// operations share (security, role check, body rules, problem responses) is added here, once.
import { createRoute, OpenAPIHono, z, type RouteConfig } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { jsonBody, limitBody } from "./body.ts";
import type { Actor, ActorCtx, Base, Ctx, Role, Tenant } from "./context.ts";
import { pointerOf, Problem, problems, type Fault } from "./problem.ts";

/** How a quota stands: requests a minute, how many of them are left, seconds until there are new ones. */
export type Standing = {
  policy: "address" | "tenant" | "public" | "user";
  quota: number;
  left: number;
  seconds: number;
};

export type App = {
  Bindings: Env;
  Variables: {
    base: Base;
    tenant: Tenant | null;
    actor: Actor | null;
    requestId: string;
    /** Those that this request was counted for so far. */
    quotas: Standing[];
  };
};

/** The context of a verb within a shop. @throws Problem tenant-required */
export function shopOf(c: Context<App>): Ctx {
  const { base, tenant, actor } = c.var;
  if (!tenant)
    throw new Problem("tenant-required", "Name the shop by X-Tenant: SLUG, by ?tenant=SLUG, or sign in.");
  return { ...base, tenant, actor };
}

/** The context of a verb of somebody signed in. @throws Problem invalid-token */
export function signedIn(c: Context<App>): ActorCtx {
  const { base, tenant, actor } = c.var;
  if (!tenant || !actor) {
    // A token that is worth nothing was refused before.
    const isElsewhere = c.req.header("authorization") !== undefined;
    throw unauthenticated(
      isElsewhere
        ? "The token is of another shop than X-Tenant or ?tenant= names: leave that away."
        : "Sign in, and send the access token.",
    );
  }
  return { ...base, tenant, actor };
}

export const unauthenticated = (detail: string): Problem =>
  new Problem("invalid-token", detail, {}, { "www-authenticate": 'Bearer realm="mostrador"' });

/** Who may call: everybody, or at least a role. */
type Access = "public" | "customer" | "employee" | "admin";

const rolesOf: Record<Access, readonly Role[]> = {
  public: ["CUSTOMER", "EMPLOYEE", "ADMIN"],
  customer: ["CUSTOMER", "EMPLOYEE", "ADMIN"],
  employee: ["EMPLOYEE", "ADMIN"],
  admin: ["ADMIN"],
};

const allow =
  (access: Access): MiddlewareHandler<App> =>
  async (c, next) => {
    if (access !== "public" && !rolesOf[access].includes(signedIn(c).actor.role))
      throw new Problem("forbidden", `This needs the role ${rolesOf[access].join(" or ")}.`);
    await next();
  };

const contentOf = (route: Pick<RouteConfig, "request">): string[] =>
  Object.keys(route.request?.body?.content ?? {});

const everyAnswer = {
  "X-Request-Id": {
    required: true,
    description: "for support and logs",
    schema: { type: "string" as const },
  },
  "Server-Timing": {
    required: true,
    description: "what it cost at D1: queries are round trips, read and written are rows",
    schema: { type: "string" as const },
  },
  "RateLimit-Policy": {
    required: true,
    description:
      "the quotas that this request counts for: q requests in w seconds; `public` is of the shop's readers and customers together, half of `tenant`",
    schema: { type: "string" as const, example: '"address";q=12000;w=60, "tenant";q=30000;w=60' },
  },
  RateLimit: {
    required: true,
    description: "how they stand: about r requests are left, for t seconds more",
    schema: { type: "string" as const, example: '"address";r=11999;t=42, "tenant";r=29800;t=17' },
  },
};

const onlyFor: Record<number, Record<string, { description: string; schema: { type: "string" } }>> = {
  201: {
    "Idempotent-Replayed": { description: "true: an earlier request made it", schema: { type: "string" } },
  },
  401: { "WWW-Authenticate": { description: "Bearer", schema: { type: "string" } } },
  429: { "Retry-After": { description: "seconds", schema: { type: "string" } } },
  503: { "Retry-After": { description: "seconds", schema: { type: "string" } } },
};

const headersOf = (response: { headers?: unknown }): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).parse(response.headers ?? {});

const withHeaders = (responses: RouteConfig["responses"]): RouteConfig["responses"] =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      "$ref" in response
        ? response
        : { ...response, headers: { ...everyAnswer, ...onlyFor[Number(status)], ...headersOf(response) } },
    ]),
  );

/** Declares an operation: `createRoute` with all that follows from who may call it and what it takes. */
export function operation<R extends RouteConfig>(access: Access, route: R) {
  const config = createRoute<R["path"], R>(route);
  const content = contentOf(route);
  const takesJson = content.includes("application/json");
  // 400 also where token and cookie name different logins; 404 also where a request names a shop that there is not, 422 where
  // it names two.
  const statuses = new Set([400, 401, 404, 422, 429, 500, 503]);
  if (access === "employee" || access === "admin" || route.method !== "get") statuses.add(403);
  if (content.length > 0) for (const status of [413, 415]) statuses.add(status);
  const who = access === "public" ? "For everybody." : `For ${rolesOf[access].join(", ")}.`;
  Object.assign(config, {
    description: route.description ? `${route.description}\n\n${who}` : who,
    "x-roles": access === "public" ? [] : rolesOf[access],
    security: access === "public" ? [{}, { bearer: [] }, { cookie: [] }] : [{ bearer: [] }, { cookie: [] }],
    middleware: [
      allow(access),
      ...(takesJson ? [limitBody, jsonBody(route.request?.body?.required === true)] : []),
    ],
    responses: withHeaders({
      ...problems(...[...statuses].toSorted((a, b) => a - b)),
      ...route.responses,
    }),
  });
  return config;
}

const places = {
  json: "",
  form: "",
  query: "query/",
  param: "path/",
  header: "headers/",
  cookie: "cookies/",
};

/** A router whose failed validations answer 422 with pointers; a path id that is none answers 404. */
export const router = () =>
  new OpenAPIHono<App>({
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === "param") throw new Problem("not-found", "There is nothing under this path.");
      throw invalid(faultsOf(result.error, places[result.target]));
    },
  });

// Enough to mend a request by; a body of nothing but mistakes must not make a larger answer.
const MAX_FAULTS = 20;

export function invalid(faults: Fault[]): Problem {
  const errors = faults.slice(0, MAX_FAULTS);
  return new Problem("invalid", errors.map((error) => `${error.pointer}: ${error.detail}`).join("; "), {
    errors,
  });
}

/** What zod says of a missing value, in a person's words. */
const wordsOf = (message: string): string =>
  message.endsWith("received undefined") ? "is required" : message;

/** A JSON pointer (RFC 6901) into the request; `#` is the whole body. */
const pointerTo = (place: string, path: PropertyKey[]): string =>
  place === "" && path.length === 0 ? "#" : `#/${place}${pointerOf(path)}`;

const faultsOf = (error: z.ZodError, place: string): Fault[] =>
  error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          pointer: pointerTo(place, [...issue.path, key]),
          detail: "unknown field",
        }))
      : [{ pointer: pointerTo(place, issue.path), detail: wordsOf(issue.message) }],
  );

/** A required JSON body of this shape. */
export const jsonOf = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
});

/** A JSON body of this shape that may be left out: then it is `{}`. */
export const optionalJsonOf = <T extends z.ZodType>(schema: T) => ({ ...jsonOf(schema), required: false });

/** A JSON answer of this shape. */
export const answer = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

/** An answer of this shape, or CSV with these columns where `?format=csv` asks for it. */
export const answerOrCsv = <T extends z.ZodType>(description: string, schema: T, columns: string) => ({
  description,
  content: {
    "application/json": { schema },
    "text/csv": { schema: z.string().openapi({ example: `${columns}\r\n` }) },
  },
});

/** How a public reader names the shop; `?tenant=` does the same. */
export const ShopHeader = z.object({
  "x-tenant": z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "slug of the shop; not needed when signed in", example: "demo" }),
});

/** The header of every POST that creates. */
export const IdempotencyHeader = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 visible ASCII characters")
    .optional()
    .openapi({
      description:
        "The same key with the same body is done once; the answer is repeated. Kept for a day, for each account.",
    }),
});

/** The header of a change that is only wanted at the version that was read. */
export const IfMatch = z.object({
  "if-match": z
    .string()
    .max(1000)
    .optional()
    .openapi({ description: "the ETag that was read, or several: refused if none is the current one (412)" }),
});

/** What an answer with a version says. */
export const ETagHeaders = {
  ETag: { description: "the version, for If-Match", schema: { type: "string" as const } },
};

/** Answers what a POST made, and says whether a request before this one made it. */
export function made<T>(c: Context<App>, result: { replayed: boolean; value: T }): T {
  if (result.replayed) c.header("Idempotent-Replayed", "true");
  return result.value;
}
