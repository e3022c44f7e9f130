// What the tests that walk the OpenAPI document need to know about an operation.
import type { Sent } from "../../support/client.ts";
import type { Shop } from "../../support/shops.ts";

/** The parts of a request other than its path and its token. */
export type Content = Pick<Sent, "json" | "raw" | "headers">;

/** A request that takes effect once under an Idempotency-Key. */
type Repeatable = {
  /** The request of a new shop, and another one for the same key: with another body or, if it has none, to another path. */
  prepare: () => Promise<{
    shop: Shop;
    path: string;
    token?: string;
    json?: Record<string, unknown>;
    otherJson?: Record<string, unknown>;
    otherPath?: string;
  }>;
  /** How often the request has taken effect. */
  count: (shop: Shop, json: Record<string, unknown>) => Promise<number>;
  /** The status of its response; by default 201. */
  status?: number;
};

/** A request, and the line it adds to the audit log, computed from the answer. */
export type AuditedRequest = {
  shop: Shop;
  path: string;
  sent: Sent;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape
  expected: (body: any) => { actor?: string; entity_id: string; before: unknown; after: unknown };
};

type Audited = { action: string; prepare: () => Promise<AuditedRequest> };

/** A dependency without which the operation answers 503. */
export type Dependency = "queues" | "files" | "objects";

export type Entry = {
  /** The lowest role that may call it. This list is independent of the code, which is tested against it. */
  role: "CUSTOMER" | "EMPLOYEE" | "ADMIN" | "public";
  /** Creates what the path names in this shop and returns its id. */
  resource?: (shop: Shop) => Promise<string>;
  /** Why the path parameter names no row of one shop. */
  sharedPath?: string;
  /** A body that the operation accepts. */
  content?: Content;
  /** The query that the operation requires. */
  query?: string;
  /** The accepted request, if it needs more than the ADMIN's token, the resource and the content. */
  request?: (shop: Shop) => Promise<{ path?: string; sent?: Sent }>;
  /** Why the accepted request returns an error in the environment of the tests. */
  alwaysRefused?: string;
  /** Credentials are in the body: a bearer token or a tenant in the query has no effect. */
  credentialsInBody?: true;
  /** For operations that take an Idempotency-Key. */
  idempotency?: Repeatable | { testedIn: string };
  /** Why a POST takes no Idempotency-Key. */
  withoutKey?: string;
  /** For operations that write: the line they add to the audit log, or why they add none. */
  audit?: Audited | { none: string };
  requires?: Dependency[];
  /** The work is done by the desk, a Durable Object with its own connection to D1. */
  atDesk?: true;
  /** Its work follows the response, so that a failure is not visible in it. */
  isAfterResponse?: true;
};

export type Entries = Record<string, Entry>;

export const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
