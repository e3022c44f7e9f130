// The problems that an operation may answer: those that follow from its declaration, and those that it declares itself.
import { z, type RouteConfig } from "@hono/zod-openapi";
import { catalogue, type Slug } from "../platform/problem-types.ts";

/** A problem that an operation declares, with its status where that is not the usual one of its type. */
export type DeclaredProblem = Slug | readonly [Slug, number];

/** What decides which problems an operation shares with others. */
export type Traits = {
  /** Credentials are ignored. */
  isOpen: boolean;
  /** Which API keys may call it: secret keys with its scope, publishable keys too, or none. */
  keys: "none" | "scoped" | "all";
  isWrite: boolean;
  /** Whether it takes a JSON body, and requires one. */
  json: "none" | "optional" | "required";
};

const JSON_BODY: Slug[] = [
  "malformed-json",
  "too-deep",
  "invalid-encoding",
  "too-large",
  "unsupported-media-type",
];

// A request without an API key is forbidden to roles that are too low.
const KEY_PROBLEMS: Record<Traits["keys"], Slug[]> = {
  none: ["forbidden", "origin-not-allowed"],
  scoped: ["forbidden", "insufficient-scope", "origin-not-allowed"],
  all: ["insufficient-scope", "origin-not-allowed"],
};

/** The problems that every operation with these traits may answer. */
export function sharedProblems({ isOpen, keys, isWrite, json }: Traits): Slug[] {
  return [
    ...(json === "required" ? ["body-required" as const] : []),
    ...(json === "none" ? [] : JSON_BODY),
    ...(isOpen ? [] : (["ambiguous-credentials", "invalid-token", "unknown-tenant"] as const)),
    ...(isOpen || !isWrite ? [] : ["csrf" as const]),
    ...(isOpen ? [] : KEY_PROBLEMS[keys]),
    "invalid",
    "quota-exceeded",
  ];
}

/** The problems of every operation that are not the client's. */
export const SERVER_PROBLEMS: Slug[] = ["internal", "unavailable"];

const has = (schema: unknown, name: string): boolean => schema instanceof z.ZodObject && name in schema.shape;

/** The problems that follow from the parameters of an operation. */
export function problemsOfParameters(
  { request }: Pick<RouteConfig, "request">,
  { isPublic }: { isPublic: boolean },
): Slug[] {
  const headers = request?.headers;
  return [
    ...(request?.params ? ["not-found" as const] : []),
    ...(has(request?.query, "cursor") ? ["invalid-cursor" as const] : []),
    ...(has(headers, "idempotency-key") ? ["idempotency-mismatch" as const] : []),
    ...(has(headers, "if-match") ? (["precondition-failed", "precondition-required"] as const) : []),
    // Others take the shop from the login.
    ...(isPublic && has(headers, "x-tenant") ? ["tenant-required" as const] : []),
  ];
}

/** The problems by status, each in the order of the catalogue. */
export function byStatus(problems: readonly DeclaredProblem[]): Map<number, Slug[]> {
  const slugs = Object.keys(catalogue);
  const found = new Map<number, Set<Slug>>();
  for (const problem of problems) {
    const [slug, status] = typeof problem === "string" ? [problem, catalogue[problem][0]] : problem;
    found.set(status, (found.get(status) ?? new Set()).add(slug));
  }
  return new Map(
    [...found]
      .toSorted(([a], [b]) => a - b)
      .map(([status, each]) => [status, [...each].toSorted((a, b) => slugs.indexOf(a) - slugs.indexOf(b))]),
  );
}
