// The methods that a path allows.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { App } from "./app-context.ts";

/** The router's pattern for a last parameter that may contain slashes, which is not an OpenAPI path template. */
export const WILDCARD = /\{(\w+)\{\.\+\}\}$/;

function isPathOf(template: string, segments: string[]): boolean {
  const expected = template.split("/");
  const isLongEnough = WILDCARD.test(template)
    ? expected.length <= segments.length
    : expected.length === segments.length;
  return (
    isLongEnough &&
    expected.every((name, index) =>
      name.startsWith("{") ? segments[index] !== "" : name === segments[index],
    )
  );
}

/**
 * The methods of the operations at this path, for the Allow header; empty for an unknown path. Read from the declarations.
 */
export function allowedMethods(app: OpenAPIHono<App>, path: string): string[] {
  const segments = path.split("/");
  const methods = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route" && isPathOf(definition.route.path, segments) ? [definition.route.method] : [],
  );
  return [
    ...new Set(methods.flatMap((method) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]))),
  ];
}
