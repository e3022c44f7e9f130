// Declares an operation. What all operations share (security, role check, body rules, problem responses) is added here.
import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Role } from "../platform/context.ts";
import { invalid, pointerOf, Problem } from "../platform/problem.ts";
import { actorContext, type App } from "./app-context.ts";
import { limitBody, parseJsonBody, refuseBody } from "./body.ts";
import { takesKey, tokenHeaders, withHeaders } from "./headers.ts";
import { problemResponses } from "./problem-responses.ts";

/**
 * Who may call an operation besides every signed-in user: the bearer of a token in a header, for which OpenAPI has a security
 * scheme. `identify` reads it where nobody is signed in.
 */
export type TokenAccess = {
  scheme: "cart" | "order";
  isBearer: (c: Context<App>) => boolean;
  identify: MiddlewareHandler<App>;
};

/** Who may call an operation: everybody, or a role and those above it. */
type Access = "public" | "customer" | "employee" | "admin" | TokenAccess;

const signedIn: readonly Role[] = ["CUSTOMER", "EMPLOYEE", "ADMIN"];

function rolesOf(access: Access): readonly Role[] {
  if (access === "employee") return ["EMPLOYEE", "ADMIN"];
  return access === "admin" ? ["ADMIN"] : signedIn;
}

const allow =
  (access: Access): MiddlewareHandler<App> =>
  async (c, next) => {
    const isBearer = typeof access === "object" && access.isBearer(c);
    const roles = rolesOf(access);
    if (access !== "public" && !isBearer && !roles.includes(actorContext(c).actor.role))
      throw new Problem("forbidden", `This requires the role ${roles.join(" or ")}.`);
    await next();
  };

const SIGN_IN = [{ bearer: [] }, { cookie: [] }];

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === "public") return [{}, ...SIGN_IN];
  return typeof access === "object" ? [...SIGN_IN, { [access.scheme]: [] }] : SIGN_IN;
}

function audienceOf(access: Access): string {
  if (access === "public") return "Public.";
  const guests = typeof access === "object" ? `, or ${tokenHeaders[access.scheme]} of a guest` : "";
  return `Roles: ${rolesOf(access).join(", ")}${guests}.`;
}

/** Refuses the query of an operation that declares none. `tenant` names the shop of any request. @throws Problem invalid */
const refuseQuery: MiddlewareHandler = async (c, next) => {
  const names = new Set(new URL(c.req.url).searchParams.keys());
  names.delete("tenant");
  if (names.size > 0)
    throw invalid(
      [...names].map((name) => ({ pointer: `#/query/${pointerOf([name])}`, detail: "unknown parameter" })),
    );
  await next();
};

const contentOf = (route: Pick<RouteConfig, "request">): string[] =>
  Object.keys(route.request?.body?.content ?? {});

/** `createRoute` plus everything that follows from who may call the operation and what it accepts. */
export function operation<R extends RouteConfig>(access: Access, route: R) {
  const config = createRoute<R["path"], R>(route);
  const content = contentOf(route);
  const takesJson = content.includes("application/json");
  // Any operation may answer 400 (token and cookie of different logins), 404 (unknown shop) and 422 (two shops named).
  const statuses = new Set([400, 401, 404, 422, 429, 500, 503]);
  if (access === "employee" || access === "admin" || route.method !== "get") statuses.add(403);
  if (content.length > 0) for (const status of [413, 415]) statuses.add(status);
  const audience = audienceOf(access);
  Object.assign(config, {
    description: route.description ? `${route.description}\n\n${audience}` : audience,
    "x-roles": access === "public" ? [] : rolesOf(access),
    security: securityOf(access),
    middleware: [
      ...(typeof access === "object" ? [access.identify] : []),
      allow(access),
      ...(route.request?.query ? [] : [refuseQuery]),
      ...(content.length === 0 ? [refuseBody] : []),
      ...(takesJson ? [limitBody, parseJsonBody(route.request?.body?.required === true)] : []),
    ],
    responses: withHeaders(
      {
        ...problemResponses(...[...statuses].toSorted((a, b) => a - b)),
        ...route.responses,
      },
      takesKey(route.request?.headers),
    ),
  });
  return config;
}
