// Every error leaves as RFC 9457 application/problem+json, made from this one catalogue.
// A slug is part of the contract: clients switch on `type`, people read `detail`.
import { z } from "@hono/zod-openapi";

// A slug has one status; one that is listed after the title may be asked for instead.
const catalogue = {
  "malformed-json": [400, "The body is not JSON"],
  "body-required": [400, "A body is required"],
  "too-deep": [400, "The body is nested too deep"],
  "ambiguous-credentials": [400, "The token and the cookie name different logins"],
  "idempotency-key-missing": [400, "An Idempotency-Key is required"],
  "invalid-signature": [400, "The signature does not fit the body"],
  "invalid-encoding": [400, "The body is not UTF-8"],
  "invalid-gzip": [400, "The body is not gzip"],
  "invalid-credentials": [401, "Wrong shop, e-mail or password"],
  "invalid-token": [401, "No valid access token"],
  "token-reused": [401, "This refresh token was used before"],
  forbidden: [403, "Not allowed for this role"],
  csrf: [403, "A write with the cookie needs an Origin of ours"],
  "signup-closed": [403, "New shops are not accepted here"],
  "not-found": [404, "Not found"],
  "unknown-tenant": [404, "No such shop"],
  "unknown-product": [404, "No such product"],
  "unknown-customer": [404, "No such customer"],
  "no-open-shift": [404, "No open shift", 409],
  "unknown-country": [404, "No sales in this country"],
  "method-not-allowed": [405, "Method not allowed"],
  conflict: [409, "The data changed meanwhile"],
  "slug-taken": [409, "This slug is taken"],
  "email-taken": [409, "This e-mail is taken"],
  "sku-taken": [409, "This SKU is taken"],
  "account-erased": [409, "The account is erased"],
  "purchase-pending": [409, "There is a pending purchase"],
  "last-admin": [409, "A shop keeps at least one active ADMIN"],
  "shift-already-open": [409, "There is an open shift"],
  "break-already-open": [409, "There is an open break"],
  "no-open-break": [409, "There is no open break"],
  "shift-closed": [409, "The shift is closed"],
  "shift-open": [409, "The shift is still open"],
  "shift-overlap": [409, "Two shifts of one person would overlap"],
  "stock-not-counted": [409, "The stock is not counted"],
  "out-of-stock": [409, "Not enough stock"],
  "list-full": [409, "The list is full"],
  "refund-exceeds-sale": [409, "More than was sold"],
  "webhook-disabled": [409, "The webhook is disabled"],
  "too-many-webhooks": [409, "The shop has as many webhooks as it may have"],
  "not-refundable": [409, "Only what was paid can be given back"],
  "price-changed": [409, "The total is another one now"],
  "not-cancellable": [409, "Only a pending purchase can be cancelled"],
  "not-confirmable": [409, "Only a pending purchase can be confirmed"],
  "cart-full": [409, "A cart has 100 lines at most"],
  "precondition-failed": [412, "The ETag is not the current one"],
  "range-not-satisfiable": [416, "The file has no such part"],
  "too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "Unsupported media type"],
  "precondition-required": [428, "Say which version is changed"],
  invalid: [422, "The request is not valid"],
  "invalid-cursor": [422, "The cursor is not valid"],
  "tenant-required": [422, "Which shop?"],
  "missing-columns": [422, "The CSV lacks columns"],
  "idempotency-mismatch": [422, "This Idempotency-Key was used with another body"],
  "empty-cart": [422, "There is nothing in the cart"],
  "quantity-too-large": [422, "A line of a cart has 999 units at most"],
  "amount-too-large": [422, "The amount is too large"],
  "too-many-attempts": [429, "Too many attempts"],
  "quota-exceeded": [429, "The requests of this minute are used up"],
  internal: [500, "Something failed on our side"],
  unavailable: [503, "A part of the service does not answer"],
} as const satisfies Record<string, readonly [number, string, ...number[]]>;

// What does not answer now may well answer then.
const RETRY_SECONDS = "5";

export type Slug = keyof typeof catalogue;

type Entry<S extends Slug> = (typeof catalogue)[S];

/** What a problem of this slug may be answered with. */
export type StatusOf<S extends Slug> = S extends Slug
  ?
      | Entry<S>[0]
      | (Entry<S> extends readonly [number, string, ...infer More extends number[]] ? More[number] : never)
  : never;

/** One wrong place in the request: a JSON pointer, as `#/items/0/quantity`, and what is wrong there. */
export type Fault = { pointer: string; detail: string };

// What a body names is repeated in the answer, twice for each fault: 64 steps, or 20 faults, are still less than 20 KB. No
// name of ours is as long.
const A_STEP = 50;

/**
 * The steps of a JSON pointer (RFC 6901), without what they start from. A step of more than fifty characters is its
 * first fifty and an ellipsis.
 */
export const pointerOf = (path: PropertyKey[]): string =>
  path.map((step) => shortened(String(step)).replaceAll("~", "~0").replaceAll("/", "~1")).join("/");

const shortened = (step: string): string =>
  step.length > A_STEP ? `${step.slice(0, A_STEP).toWellFormed()}…` : step;

export class Problem<S extends Slug = Slug> extends Error {
  readonly slug: Slug;
  readonly status: StatusOf<Slug>;
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;

  /**
   * `extra` members join the body, for example `{ errors }` or `{ items }`; `headers` join the answer; `status` is
   * another one that the catalogue allows for the slug.
   */
  constructor(
    slug: S,
    detail: string,
    extra: Record<string, unknown> = {},
    headers: Record<string, string> = {},
    status?: StatusOf<S>,
  ) {
    super(detail);
    this.slug = slug;
    this.status = status ?? catalogue[slug][0];
    this.extra = extra;
    this.headers = headers;
  }

  /** The answer; `instance` is the path that was asked for. */
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
    const later = this.status === 503 ? { "retry-after": RETRY_SECONDS } : {};
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { "content-type": "application/problem+json", ...later, ...this.headers },
    });
  }
}

/** A part of the service has failed; `cause` is for the log. What was being written may have been, or not. */
export function unavailable(cause: unknown): Problem {
  const problem = new Problem(
    "unavailable",
    "Something we need does not answer. Ask again; repeat a write with its Idempotency-Key, for it may have been done.",
  );
  problem.cause = cause;
  return problem;
}

export const notFound = (what: string): Problem =>
  new Problem("not-found", `There is no such ${what} in this shop.`);

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
export function problems(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: `One of, as it applies: ${slugsOf(status).join(", ")}`,
        content: { "application/problem+json": { schema: ProblemBody } },
      },
    ]),
  );
}

/** What `/problems/SLUG` tells a person, or null for an unknown slug. */
export function problemPage(slug: string): { slug: string; status: number; title: string } | null {
  const entry = Object.entries(catalogue).find(([name]) => name === slug)?.[1];
  return entry ? { slug, status: entry[0], title: entry[1] } : null;
}
