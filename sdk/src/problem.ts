// What can go wrong with a request: a problem that the API answers (RFC 9457), or no response.
import type { Fault, ProblemMembers } from "./generated/types.ts";

export type ProblemSlug = keyof ProblemMembers;

/** A problem of this slug, with its further members. */
export type ProblemOf<S extends ProblemSlug> = S extends ProblemSlug
  ? Problem & { readonly type: `/problems/${S}` } & Readonly<ProblemMembers[S]>
  : never;

// What an error has of its own.
const RESERVED = new Set(["__proto__", "cause", "message", "name", "retryAfter", "slug", "stack"]);

/** A request that the API refused. Members beyond those of the class are those of the response. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** `/problems/SLUG`; `about:blank` if the response is not one of the API. */
  readonly type: string = "about:blank";
  readonly title: string = "";
  readonly status: number;
  readonly detail: string = "";
  readonly instance: string = "";
  readonly request_id: string | null = null;
  readonly errors?: Fault[];
  /** Milliseconds after which the server wants the request again; null if it does not say. */
  readonly retryAfter: number | null;

  constructor(response: Response, body: object) {
    super(textOf(body) ?? `${response.status} ${response.statusText}`);
    this.request_id = response.headers.get("x-request-id");
    const members = Object.entries(body).filter(([name]) => !RESERVED.has(name));
    Object.assign(this, Object.fromEntries(members));
    this.status = response.status;
    this.retryAfter = retryAfterOf(response.headers.get("retry-after"));
  }

  /** The last segment of the type. */
  get slug(): string {
    return this.type.slice(this.type.lastIndexOf("/") + 1);
  }
}

/** What a body says to people. Errors of OAuth have a description in place of a detail. */
function textOf(body: object): string | undefined {
  const texts: unknown[] = ["detail", "error_description", "title"].map((name) => Reflect.get(body, name));
  return texts.filter((text) => typeof text === "string").find((text) => text !== "");
}

/** No response arrived, or not all of it: a write may or may not have had its effect. `cause` says why. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** The id under which the logs of the server have the request, if it arrived. */
  readonly request_id: string | null;

  constructor(message: string, requestId: string | null, cause: unknown) {
    super(message, { cause });
    this.request_id = requestId;
  }
}

/** Whether an error is a problem, of one of these slugs if any are given; narrows to its members. */
export function isProblem(error: unknown): error is Problem;
export function isProblem<S extends ProblemSlug>(
  error: unknown,
  ...slugs: [S, ...S[]]
): error is ProblemOf<S>;
export function isProblem(error: unknown, ...slugs: string[]): boolean {
  return error instanceof Problem && (slugs.length === 0 || slugs.includes(error.slug));
}

/** The problem of a response that is not successful. Reads its body. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  return new Problem(response, objectIn(text) ?? { detail: text.slice(0, 200) });
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** Milliseconds of a Retry-After header: seconds or a date. */
function retryAfterOf(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
