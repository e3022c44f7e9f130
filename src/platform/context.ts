// What a verb is called with, whoever calls it: HTTP, cron, queue or a Durable Object.
import type { Db } from "./d1.ts";

export type Role = "ADMIN" | "EMPLOYEE" | "CUSTOMER";

/** What a shop has booked: how much it may ask in a minute. */
export type Plan = "trial" | "standard" | "large";

export type Tenant = {
  id: string;
  slug: string;
  name: string;
  /** ISO 4217 */
  currency: string;
  /** IANA time zone: a day of the shop is a day there. */
  timezone: string;
  /** Grows with every change of the shop's sales: a figure computed at a revision is right while it lasts. */
  revision: number;
  plan: Plan;
};

/** Who acts: a signed-in user and the login (`session`) that he acts through. */
export type Actor = { id: string; role: Role; session: string };

/** Names an event of a shop: what the queue is told of it. */
export type EventRef = { tenant_id: string; event_id: string };

/** What every caller brings. */
export type Base = {
  db: Db;
  env: Env;
  now: Date;
  /** The request that brought this; null for cron and queue. */
  requestId: string | null;
  /** The events that verbs have put into their batches; `deliver` sends them when the verb is done. */
  outbox: EventRef[];
  waitUntil: (work: Promise<unknown>) => void;
};

/** Within a shop; `actor` is null for a public reader, cron and queue. */
export type Ctx = Base & { tenant: Tenant; actor: Actor | null };

/** Within a shop, by somebody signed in. */
export type ActorCtx = Base & { tenant: Tenant; actor: Actor };

/** The state of one quota: requests a minute, how many are left, and the seconds until the window ends. */
export type QuotaState = {
  policy: "address" | "tenant" | "public" | "user";
  quota: number;
  left: number;
  seconds: number;
};
