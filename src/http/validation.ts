// A router that answers failed validation with 422 and a JSON pointer for each fault.
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Handler } from "hono";
import { invalid, pointerOf, Problem, type Fault } from "../platform/problem.ts";
import { faultKind } from "../values/faults.ts";
import { type App, mayHaveCommitted, settleIdentity } from "./app-context.ts";

const pointerPrefix = {
  json: "",
  form: "",
  query: "query/",
  param: "path/",
  header: "headers/",
  cookie: "cookies/",
};

/**
 * A router for a domain's operations. A malformed path id answers 404, any other invalid input 422. A handler runs again if the
 * identity that the request relied on turns out to have changed: then the first run had no effect.
 */
export function router(): OpenAPIHono<App> {
  const routes = new OpenAPIHono<App>({
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === "param") throw new Problem("not-found", "There is nothing at this path.");
      throw invalid(faultsOf(result.error, pointerPrefix[result.target]));
    },
  });
  const { openapi } = routes;
  Reflect.set(routes, "openapi", (route: unknown, handler: Handler<App>, hook: unknown) => {
    Reflect.apply(openapi, routes, [route, withSettledIdentity(handler), hook]);
    return routes;
  });
  return routes;
}

const withSettledIdentity =
  (handler: Handler<App>): Handler<App> =>
  async (c, next) => {
    let response: unknown;
    try {
      response = await handler(c, next);
    } catch (error) {
      if (mayHaveCommitted(c, error) || (await settleIdentity(c))) throw error;
      return handler(c, next);
    }
    return (await settleIdentity(c)) ? response : handler(c, next);
  };

const describe = (message: string): string =>
  message.endsWith("received undefined") ? "is required" : message;

/** A JSON pointer (RFC 6901) into the request; `#` is the whole body. */
const pointerTo = (prefix: string, path: PropertyKey[]): string =>
  prefix === "" && path.length === 0 ? "#" : `#/${prefix}${pointerOf(path)}`;

const faultsOf = (error: z.ZodError, prefix: string): Fault[] =>
  error.issues.flatMap((issue): Fault[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          pointer: pointerTo(prefix, [...issue.path, key]),
          detail: prefix === pointerPrefix.query ? "unknown parameter" : "unknown field",
          code: "unknown_field",
        }))
      : [
          {
            pointer: pointerTo(prefix, issue.path),
            detail: describe(issue.message),
            ...faultKind(issue),
          },
        ],
  );
