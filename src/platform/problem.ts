// The one error type with a meaning for clients. Every error leaves as RFC 9457 application/problem+json.
import type { Fault, MembersOf, RequiredMembersOf } from "./problem-members.ts";
import { catalogue, type Slug, type StatusOf } from "./problem-types.ts";

export type { Fault };

const RETRY_AFTER_SECONDS = "5";

// Bounds the size of a response that repeats names from the request.
const MAX_POINTER_SEGMENT = 50;

/** The segments of a JSON pointer (RFC 6901) without its prefix. Segments over 50 characters are truncated with an ellipsis. */
export const pointerOf = (path: PropertyKey[]): string =>
  path.map((segment) => truncate(String(segment)).replaceAll("~", "~0").replaceAll("/", "~1")).join("/");

const truncate = (segment: string): string =>
  segment.length > MAX_POINTER_SEGMENT ? `${segment.slice(0, MAX_POINTER_SEGMENT).toWellFormed()}…` : segment;

type HeaderValues = Record<string, string>;

/** A problem as data that passes between the Worker and its Durable Objects, where errors lose their class. */
export type PlainProblem = {
  slug: Slug;
  detail: string;
  extra: Record<string, unknown>;
  headers: HeaderValues;
  status: StatusOf<Slug>;
};

/** The last arguments of a problem: `extra` may be left out where the type has no required member. */
type Additions<S extends Slug> =
  RequiredMembersOf<S> extends never
    ? [extra?: MembersOf<S>, headers?: HeaderValues, status?: StatusOf<S>]
    : [extra: MembersOf<S>, headers?: HeaderValues, status?: StatusOf<S>];

export class Problem<S extends Slug = Slug> extends Error {
  readonly slug: Slug;
  readonly status: StatusOf<Slug>;
  readonly extra: Record<string, unknown>;
  readonly headers: HeaderValues;
  /** A status of 500 and above is logged as an error, or as a warning where the operator has not configured something. */
  severity: "error" | "warning" = "error";

  /**
   * `extra` members are merged into the body, for example `{ errors }` or `{ items }`; `headers` into the response.
   * `status` selects one of the slug's alternative statuses.
   */
  constructor(slug: S, detail: string, ...additions: Additions<S>) {
    super(detail);
    const [extra, headers, status] = additions;
    this.slug = slug;
    this.status = status ?? catalogue[slug][0];
    this.extra = extra ?? {};
    this.headers = headers ?? {};
  }

  toPlain(): PlainProblem {
    const { slug, message: detail, extra, headers, status } = this;
    return { slug, detail, extra, headers, status };
  }

  /** The problem response; `instance` is the request's path. */
  toResponse(instance: string, requestId: string): Response {
    const body = {
      type: `/problems/${this.slug}`,
      title: catalogue[this.slug][1],
      status: this.status,
      detail: this.message,
      instance,
      request_id: requestId,
      ...this.extra,
    };
    const retry = this.status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {};
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { "content-type": "application/problem+json", ...retry, ...this.headers },
    });
  }
}

/** The problem that `toPlain` has turned into data. */
export function fromPlain({ slug, detail, extra, headers, status }: PlainProblem): Problem {
  const problem = new Problem("internal", detail);
  return Object.assign(problem, { slug, extra, headers, status });
}

/** A dependency has failed; `cause` is logged. A write that was in flight may or may not have been applied. */
export function unavailable(cause: unknown): Problem {
  const problem = new Problem(
    "unavailable",
    "A service that this request depends on is not responding. Retry; repeat a write with the same Idempotency-Key, as it may have been applied.",
  );
  problem.cause = cause;
  return problem;
}

export const notFound = (what: string): Problem =>
  new Problem("not-found", `There is no such ${what} in this shop.`);

export const unauthenticated = (detail: string): Problem =>
  new Problem("invalid-token", detail, {}, { "www-authenticate": 'Bearer realm="mostrador"' });

// Enough to fix a request; keeps the response to an invalid body small.
const MAX_FAULTS = 20;

/** A 422 that names each fault, at most 20. */
export function invalid(faults: Fault[]): Problem {
  const errors = faults.slice(0, MAX_FAULTS);
  return new Problem("invalid", errors.map((error) => `${error.pointer}: ${error.detail}`).join("; "), {
    errors,
  });
}
