// How problems appear in the OpenAPI document and at /problems/{slug}.
import { z, type OpenAPIHono } from "@hono/zod-openapi";
import type { App } from "./app-context.ts";
import { headersOfStatus } from "./headers.ts";
import { catalogue } from "../platform/problem-types.ts";

const ProblemBody = z
  .looseObject({
    type: z.string().openapi({ example: "/problems/not-found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .openapi("Problem");

const slugsOf = (status: number): string[] =>
  Object.entries(catalogue).flatMap(([slug, entry]) => (entry.some((each) => each === status) ? [slug] : []));

// The names of the error responses among the components of the document.
const RESPONSE_NAMES: Record<number, string> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Gone",
  412: "PreconditionFailed",
  413: "ContentTooLarge",
  415: "UnsupportedMediaType",
  416: "RangeNotSatisfiable",
  422: "UnprocessableContent",
  428: "PreconditionRequired",
  429: "TooManyRequests",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

/** References to the OpenAPI responses for these error statuses, which are components. */
export function problemResponses(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${RESPONSE_NAMES[status]}` }]),
  );
}

/** Adds the responses of `problemResponses` to the components. */
export function registerProblems({ openAPIRegistry: registry }: OpenAPIHono<App>): void {
  registry.register("Problem", ProblemBody);
  for (const [status, name] of Object.entries(RESPONSE_NAMES))
    registry.registerComponent("responses", name, {
      description: `One of: ${slugsOf(Number(status)).join(", ")}`,
      headers: headersOfStatus(Number(status)),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    });
}

/** The page at `/problems/{slug}`, or null for an unknown slug. */
export function problemPage(slug: string): { slug: string; status: number; title: string } | null {
  const entry = Object.entries(catalogue).find(([name]) => name === slug)?.[1];
  return entry ? { slug, status: entry[0], title: entry[1] } : null;
}
