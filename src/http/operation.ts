// Declares an operation. What all operations share (security, role check, body rules, problem responses) is added here.
import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";

import type { Scope } from "../platform/scopes.ts";
import type { Role } from "../platform/context.ts";
import type { Slug } from "../platform/problem-types.ts";
import { invalid, pointerOf, Problem } from "../platform/problem.ts";
import { type App, settleIdentity, userContext } from "./app-context.ts";
import { limitBody, parseJsonBody, refuseBody } from "./body.ts";
import { announce, deprecationHeaders, deprecationText, type Deprecation } from "./deprecation.ts";
import { takesKey, tokenHeaders, withHeaders } from "./headers.ts";
import { type DeclaredProblem, problemsOfParameters, type Traits } from "./operation-problems.ts";
import { problemResponses } from "./problem-responses.ts";

/**
 * Who may call an operation besides every signed-in user: the bearer of a token in a header, for which OpenAPI has a security
 * scheme. `identify` reads it where nobody is signed in.
 */
export type TokenAccess = {
  scheme: "cart" | "order";
  isBearer: (c: Context<App>) => boolean;
  identify: MiddlewareHandler<App>;
  /** The problem of a request whose token is not valid. */
  problem: Slug;
};

/** Who may call an operation: everybody, or a role and those above it. "open" is public too, and ignores credentials. */
type Access = "open" | "public" | "customer" | "employee" | "admin" | TokenAccess;

const isPublic = (access: Access): boolean => access === "open" || access === "public";

const signedIn: readonly Role[] = ["CUSTOMER", "EMPLOYEE", "ADMIN"];

function rolesOf(access: Access): readonly Role[] {
  if (access === "employee") return ["EMPLOYEE", "ADMIN"];
  return access === "admin" ? ["ADMIN"] : signedIn;
}

/** The scope that an API key needs for an operation; "none" if only a person may call it, or nobody who is known. */
type Needed = Scope | "none";

/** Whether an operation is for the browsers of a storefront: public reads, carts and the orders of guests. */
const isOfStorefront = (access: Access, scope: Needed): boolean =>
  scope !== "none" && (access === "public" || typeof access === "object");

const permit = (access: Access, scope: Needed, c: Context<App>) => (): void => {
  const { publishableScopes } = c.var;
  if (publishableScopes && !isOfStorefront(access, scope))
    throw new Problem("forbidden", "A publishable key allows only public reads, carts and the checkout.");
  if (publishableScopes && publishableScopes.length > 0) requireScope(publishableScopes, scope);
  if (c.var.actor?.kind === "key") requireScope(c.var.actor.scopes, scope);
  else if (!isPublic(access) && !(typeof access === "object" && access.isBearer(c))) {
    const { actor } = userContext(c);
    const roles = rolesOf(access);
    if (!roles.includes(actor.role))
      throw new Problem("forbidden", `This requires the role ${roles.join(" or ")}.`);
  }
};

const allow =
  (access: Access, scope: Needed): MiddlewareHandler<App> =>
  async (c, next) => {
    const check = permit(access, scope, c);
    c.set("permit", check);
    try {
      check();
    } catch (error) {
      if (await settleIdentity(c)) throw error;
    }
    await next();
  };

/** @throws Problem forbidden, insufficient-scope */
function requireScope(scopes: readonly string[], scope: Needed): void {
  if (scope === "none") throw new Problem("forbidden", "No API key may call this. Sign in as a person.");
  if (!scopes.includes(scope))
    throw new Problem("insufficient-scope", `The API key needs the scope ${scope}.`, { scope });
}

const SIGN_IN = [{ bearer: [] }, { cookie: [] }];

function securityOf(access: Access, scope: Needed): Record<string, string[]>[] {
  if (access === "open") return [];
  return [
    ...(access === "public" ? [{}] : []),
    ...SIGN_IN,
    ...(typeof access === "object" ? [{ [access.scheme]: [] }] : []),
    ...(scope === "none" ? [] : [{ apiKey: [] }]),
    ...(isOfStorefront(access, scope) && access === "public" ? [{ publishableKey: [] }] : []),
  ];
}

function audienceOf(access: Access, scope: Needed): string {
  const key = scope === "none" ? "" : ` Scope of API keys: ${scope}.`;
  if (isPublic(access)) return `Public.${key}`;
  const guests = typeof access === "object" ? `, or ${tokenHeaders[access.scheme]} of a guest` : "";
  return `Roles: ${rolesOf(access).join(", ")}${guests}.${key}`;
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

function traitsOf(access: Access, route: RouteConfig & { scope: Needed }): Traits {
  const takesJson = contentOf(route).includes("application/json");
  const isRequired = route.request?.body?.required === true;
  return {
    isOpen: access === "open",
    keys: route.scope === "none" ? "none" : access === "public" ? "all" : "scoped",
    isWrite: route.method !== "get",
    json: takesJson ? (isRequired ? "required" : "optional") : "none",
  };
}

/** Adds what only the OpenAPI document says of an operation, when the document is generated: the Worker does not need it. */
export type Documented = { document?: () => Record<string, unknown> };

type Declared = { problems?: readonly DeclaredProblem[]; deprecations?: readonly Deprecation[] };

/**
 * `createRoute` plus everything that follows from who may call the operation and what it accepts. `scope` is the scope that an API key
 * needs, or "none" if no key may call it; `problems` are those that it may answer besides; `deprecations` announce what of it will be
 * removed.
 */
export function operation<R extends RouteConfig & { scope: Needed }>(access: Access, route: R & Declared) {
  const { scope, problems = [], deprecations = [] } = route;
  const config = createRoute<R["path"], R>(route);
  for (const name of ["scope", "problems", "deprecations"]) Reflect.deleteProperty(config, name);
  const content = contentOf(route);
  const traits = traitsOf(access, route);
  const document: Documented["document"] = () => ({
    description: [deprecationText(deprecations), route.description, audienceOf(access, scope)]
      .filter(Boolean)
      .join("\n\n"),
    ...(deprecationText(deprecations) === undefined ? {} : { deprecated: true }),
    ...(deprecations.length === 0 ? {} : { "x-deprecations": deprecations }),
    "x-roles": isPublic(access) ? [] : rolesOf(access),
    ...(scope === "none" ? {} : { "x-scope": scope }),
    security: securityOf(access, scope),
    responses: {
      ...withHeaders(route.responses, takesKey(route.request?.headers), deprecationHeaders(deprecations)),
      ...problemResponses(traits, [
        ...problemsOfParameters(route, { isPublic: isPublic(access) }),
        ...(typeof access === "object" ? [access.problem] : []),
        ...problems,
      ]),
    },
  });
  Object.assign(config, {
    document,
    middleware: [
      ...announce(deprecations),
      ...(typeof access === "object" ? [access.identify] : []),
      allow(access, scope),
      ...(route.request?.query ? [] : [refuseQuery]),
      ...(content.length === 0 ? [refuseBody] : []),
      ...(traits.json === "none" ? [] : [limitBody, parseJsonBody(traits.json === "required")]),
    ],
  });
  return config;
}
