// A router that answers failed validation with 422 and a JSON pointer for each fault.
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import { invalid, pointerOf, Problem, type Fault } from "../platform/problem.ts";
import type { App } from "./app-context.ts";

const pointerPrefix = {
  json: "",
  form: "",
  query: "query/",
  param: "path/",
  header: "headers/",
  cookie: "cookies/",
};

/** A router for a domain's operations. A malformed path id answers 404, any other invalid input 422. */
export const router = () =>
  new OpenAPIHono<App>({
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === "param") throw new Problem("not-found", "There is nothing at this path.");
      throw invalid(faultsOf(result.error, pointerPrefix[result.target]));
    },
  });

const describe = (message: string): string =>
  message.endsWith("received undefined") ? "is required" : message;

/** A JSON pointer (RFC 6901) into the request; `#` is the whole body. */
const pointerTo = (prefix: string, path: PropertyKey[]): string =>
  prefix === "" && path.length === 0 ? "#" : `#/${prefix}${pointerOf(path)}`;

const faultsOf = (error: z.ZodError, prefix: string): Fault[] =>
  error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          pointer: pointerTo(prefix, [...issue.path, key]),
          detail: prefix === pointerPrefix.query ? "unknown parameter" : "unknown field",
        }))
      : [{ pointer: pointerTo(prefix, issue.path), detail: describe(issue.message) }],
  );
