// How the problems of an operation appear among its responses. Those with a name become components of the OpenAPI document.
import type { Slug } from "../platform/problem-types.ts";
import { headersOfProblems, headersOfStatus } from "./headers.ts";
import { pascalCase } from "./name-schemas.ts";
import {
  byStatus,
  type DeclaredProblem,
  SERVER_PROBLEMS,
  sharedProblems,
  type Traits,
} from "./operation-problems.ts";

type Reference = { $ref: string };

type ProblemResponse = {
  description: string;
  headers?: Record<string, Reference>;
  content: { "application/problem+json": { schema: Reference | { anyOf: Reference[] } } };
  /** The name of the component, which is removed when the document is tidied. */
  "x-component"?: string;
};

/** The schema of a problem of this type among the components. */
export const problemSchemaName = (slug: Slug): string => `${pascalCase(slug)}Problem`;

/** The schema of one of several problems. */
export function anyProblemOf(slugs: readonly Slug[]): Reference | { anyOf: Reference[] } {
  const references = slugs.map((slug) => ({ $ref: `#/components/schemas/${problemSchemaName(slug)}` }));
  const [first, ...others] = references;
  return first && others.length === 0 ? first : { anyOf: references };
}

const responseOf = (slugs: readonly Slug[], headers: Record<string, Reference>): ProblemResponse => ({
  description: slugs.join(", "),
  ...(Object.keys(headers).length > 0 && { headers }),
  content: { "application/problem+json": { schema: anyProblemOf(slugs) } },
});

// The combinations that several operations have are short: unknown-tenant with not-found, or idempotency-mismatch with invalid.
const MAX_NAMED = 2;

/** The response of one status. */
function statusResponse(status: number, slugs: readonly Slug[]): ProblemResponse {
  const response = responseOf(slugs, headersOfStatus(status));
  return slugs.length > MAX_NAMED
    ? response
    : { ...response, "x-component": slugs.map(pascalCase).join("Or") };
}

function sharedName({ isOpen, keys, isWrite, json }: Traits): string {
  const body = { none: isWrite ? "Write" : "Read", optional: "OptionalJson", required: "Json" }[json];
  const access = isOpen ? "Open" : { none: "Personal", scoped: "", all: "Public" }[keys];
  return `${access}${body}Problems`;
}

/**
 * The responses with the problems of an operation: `4XX` has those that it shares with all operations of its traits. A status with
 * other problems is listed with all that it may have.
 */
export function problemResponses(
  traits: Traits,
  declared: readonly DeclaredProblem[],
): Record<string, ProblemResponse> {
  const shared = sharedProblems(traits);
  const all = byStatus([...shared, ...declared]);
  const own = [...byStatus(declared).keys()].filter((status) => status < 500);
  return {
    ...Object.fromEntries(own.map((status) => [status, statusResponse(status, all.get(status) ?? [])])),
    "4XX": {
      ...responseOf([...byStatus(shared).values()].flat(), headersOfProblems),
      "x-component": sharedName(traits),
    },
    "5XX": { ...responseOf(SERVER_PROBLEMS, headersOfStatus(503)), "x-component": "ServerProblems" },
  };
}
