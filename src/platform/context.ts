// The context of domain functions, whether HTTP, a cron trigger, a queue or a Durable Object calls them.
import type { Db } from "./d1.ts";

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
  /** Grows with every change of the shop's sales, so a figure is valid as long as the revision is unchanged. */
  revision: number;
  plan: Plan;
  /** Whether prices are gross. */
  prices_include_tax: boolean;
  /** Whose sales and revenue an EMPLOYEE sees. */
  employees_see: "own" | "all";
};

/** A signed-in user and the login (`session`) they use. */
export type Actor = { id: string; role: Role; session: string };

/** Identifies an event of a shop. */
export type EventRef = { tenant_id: string; event_id: string };

/** An event that was emitted; `number` is that of its sale or refund, once it is known. */
export type EmittedEvent = EventRef & { type: string; number?: string | null };

/** The part of the context that every caller provides. */
export type Base = {
  db: Db;
  env: Env;
  now: Date;
  /** The request that caused this; null for cron triggers and queues. */
  requestId: string | null;
  /** The events emitted so far, for what follows the commit. */
  outbox: EmittedEvent[];
  /** The mails stored so far, as messages to send after the commit. */
  mails: { kind: "mail"; tenant_id: string; mail_id: string; attempts: number }[];
  waitUntil: (work: Promise<unknown>) => void;
};

/** Within a shop. `actor` is null for anonymous readers, cron triggers and queues. */
export type Ctx = Base & { tenant: Tenant; actor: Actor | null };

/** Whether the actor works in the shop. */
export const isStaff = ({ actor }: Pick<Ctx, "actor">): boolean =>
  actor !== null && actor.role !== "CUSTOMER";

/** Within a shop, on behalf of a signed-in user. */
export type ActorCtx = Base & { tenant: Tenant; actor: Actor };

/** A guest, known by the token of a cart. `cartId` is null once the cart is gone: what it bought can still be asked for again. */
export type Guest = { cartId: string | null; tokenHash: string };

/** Within a shop, on behalf of the bearer of a cart's token. */
export type GuestCtx = Base & { tenant: Tenant; actor: null; guest: Guest };

/** Within a shop, on behalf of somebody who has a cart. */
export type BuyerCtx = ActorCtx | GuestCtx;

/** Within a shop, on behalf of the bearer of a link to one order. */
export type OrderLinkCtx = Base & { tenant: Tenant; actor: null; orderId: string };

/** Whether the actor sees the sales and revenue of colleagues: an ADMIN, or staff of a shop that allows it. */
export const seesColleagues = ({ actor, tenant }: Pick<ActorCtx, "actor" | "tenant">): boolean =>
  actor.role === "ADMIN" || (actor.role === "EMPLOYEE" && tenant.employees_see === "all");

/** The state of one quota: requests a minute, how many are left, and the seconds until the window ends. */
export type QuotaState = {
  policy: "address" | "tenant" | "public" | "user";
  quota: number;
  remaining: number;
  resetSeconds: number;
};
