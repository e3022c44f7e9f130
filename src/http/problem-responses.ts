// How problems appear in the OpenAPI document and at /problems/{slug}.
import { z } from "@hono/zod-openapi";
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

/** The OpenAPI responses for these error statuses. */
export function problemResponses(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: `One of: ${slugsOf(status).join(", ")}`,
        content: { "application/problem+json": { schema: ProblemBody } },
      },
    ]),
  );
}

/** The page at `/problems/{slug}`, or null for an unknown slug. */
export function problemPage(slug: string): { slug: string; status: number; title: string } | null {
  const entry = Object.entries(catalogue).find(([name]) => name === slug)?.[1];
  return entry ? { slug, status: entry[0], title: entry[1] } : null;
}
