// The context of domain functions, whether HTTP, a cron trigger, a queue or a Durable Object calls them.
import type { Db } from "./d1.ts";
import type { Scope } from "./scopes.ts";
import type { Trace } from "./trace.ts";

export type Role = "ADMIN" | "EMPLOYEE" | "CUSTOMER";

/** The plan of a shop, which sets its quotas. */
export type Plan = "trial" | "standard" | "large";

export type Tenant = {
  id: string;
  slug: string;
  name: string;
  /** ISO 4217 */
  currency: string;
  /** IANA time zone, which defines the shop's days */
  timezone: string;
  /**
   * Grows with every change of the shop's sales, so a figure is valid as long as the revision is unchanged. Null where the shop was
   * remembered rather than read.
   */
  revision: number | null;
  plan: Plan;
  /** Whether prices are gross. */
  prices_include_tax: boolean;
  /** Whose sales and revenue an EMPLOYEE sees. */
  employees_see: "own" | "all";
};

/** A signed-in user and the login (`session`) they use. */
export type User = { kind: "user"; id: string; role: Role; session: string };

/** A secret API key: a system that acts for no person. Its scopes alone decide what it may do. */
export type Key = { kind: "key"; keyId: string; name: string; scopes: readonly string[] };

export type Actor = User | Key;

/** The user who acts, for columns that refer to users; null for an API key, and without an actor. */
export const userIdOf = ({ actor }: { actor: Actor | null }): string | null =>
  actor === null || actor.kind === "key" ? null : actor.id;

/** The id of the user or API key who acts. For a column that refers to users, see `userIdOf`. */
export const actorId = ({ actor }: { actor: Actor }): string =>
  actor.kind === "key" ? actor.keyId : actor.id;

/** Whether the actor is allowed what an ADMIN is allowed within an operation that they may call. */
export const isUnrestricted = ({ actor }: { actor: Actor | null }): boolean =>
  actor !== null && (actor.kind === "key" || actor.role === "ADMIN");

/**
 * Whether the actor sees personal data and other domains in the results of an operation that is for something else: an ADMIN, or an API key
 * that has their scope too.
 */
export const alsoReads = ({ actor }: { actor: Actor | null }, scope: Scope): boolean =>
  actor !== null && (actor.kind === "key" ? actor.scopes.includes(scope) : actor.role === "ADMIN");

/** Identifies an event of a shop. */
export type EventRef = { tenant_id: string; event_id: string };

/**
 * An event that was emitted; `number` is that of its sale or refund, once it is known. `mayBeDelivered` is false once its batch has said that
 * no webhook receives it.
 */
export type EmittedEvent = EventRef & { type: string; number?: string | null; mayBeDelivered?: boolean };

/** The part of the context that every caller provides. */
export type Base = {
  db: Db;
  env: Env;
  now: Date;
  /** The request that caused this; null for cron triggers and queues. */
  requestId: string | null;
  /** The work that this is, in the trace of the request that caused it. */
  trace: Trace;
  /** The events emitted so far, for what follows the commit. */
  outbox: EmittedEvent[];
  /** The mails stored so far, as messages to send after the commit. */
  mails: { kind: "mail"; tenant_id: string; mail_id: string; attempts: number }[];
  waitUntil: (work: Promise<unknown>) => void;
};

/** Within a shop. `actor` is null for anonymous readers, cron triggers and queues. */
export type Ctx = Base & { tenant: Tenant; actor: Actor | null };

/** Whether the actor works in the shop, or is one of its systems. */
export const isStaff = ({ actor }: Pick<Ctx, "actor">): boolean =>
  actor !== null && (actor.kind === "key" || actor.role !== "CUSTOMER");

/** Within a shop, on behalf of a signed-in user or an API key. */
export type ActorCtx = Base & { tenant: Tenant; actor: Actor };

/** Within a shop, on behalf of a signed-in user. */
export type UserCtx = Base & { tenant: Tenant; actor: User };

/** A guest, known by the token of a cart. `cartId` is null once the cart is gone: what it bought can still be asked for again. */
export type Guest = { cartId: string | null; tokenHash: string };

/** Within a shop, on behalf of the bearer of a cart's token. */
export type GuestCtx = Base & { tenant: Tenant; actor: null; guest: Guest };

/** Within a shop, on behalf of somebody who has a cart. */
export type BuyerCtx = UserCtx | GuestCtx;

/** Within a shop, on behalf of the bearer of a link to one order. */
export type OrderLinkCtx = Base & { tenant: Tenant; actor: null; orderId: string };

/** Whether the actor sees the sales and revenue of all staff: an ADMIN, an API key, or staff of a shop that allows it. */
export const seesColleagues = ({ actor, tenant }: Pick<ActorCtx, "actor" | "tenant">): boolean =>
  actor.kind === "key" ||
  actor.role === "ADMIN" ||
  (actor.role === "EMPLOYEE" && tenant.employees_see === "all");

/** The state of one quota: requests a minute, how many are left, and the seconds until the window ends. */
export type QuotaState = {
  policy: "address" | "tenant" | "public" | "user" | "key";
  quota: number;
  remaining: number;
  resetSeconds: number;
};
