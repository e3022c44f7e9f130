// What middleware leaves for handlers, and the contexts that handlers pass to domain functions.
import type { Context } from "hono";
import type {
  UserCtx,
  Actor,
  ActorCtx,
  Base,
  BuyerCtx,
  Ctx,
  Guest,
  OrderLinkCtx,
  QuotaState,
  Tenant,
} from "../platform/context.ts";
import { Problem, unauthenticated } from "../platform/problem.ts";

/** An identity that this isolate remembers, on which a request relies until its first batch confirms it. */
export type Recalled = {
  /** Whether it is still the identity of the credential. One round trip if no batch has told yet. @throws Problem unavailable */
  isCurrent: () => Promise<boolean>;
  /** The revision of the shop. One round trip if no batch has told yet. @throws GuardViolated, Problem unavailable */
  revision: () => Promise<number>;
  /** Whether a batch failed in such a manner that it may have been committed, so that the request must not run again. */
  mayHaveCommitted: () => boolean;
  /** Identifies the request as if nothing were remembered. @throws what `authenticate` throws */
  replace: () => Promise<void>;
};

export type App = {
  Bindings: Env;
  Variables: {
    base: Base;
    tenant: Tenant | null;
    actor: Actor | null;
    /** The scopes of the publishable API key that named the shop, empty for all that such a key can have; its requests have no actor. */
    publishableScopes: readonly string[] | null;
    /** The remembered identity that `tenant` and `actor` are; null if they were read. */
    recalled: Recalled | null;
    /** Throws if the actor may not call the operation; null before the operation is known. */
    permit: (() => void) | null;
    /** Who sent X-Cart instead of signing in, where the operation accepts that. */
    guest: Guest | null;
    /** The order of X-Order, where the operation accepts that. */
    orderId: string | null;
    /** Whom the request has signed in or registered. */
    signedIn: { tenantId: string; userId: string } | null;
    /** Whether the request names no shop, and its cookies are those of a login that is no longer valid. */
    hasStaleLogin: boolean;
    requestId: string;
    /** The quotas that this request has been counted against so far. */
    quotas: QuotaState[];
  };
};

/** Whether a request failed so that it may have been committed: then it must neither run again nor be refused. */
export const mayHaveCommitted = (c: Context<App>, error: unknown): boolean =>
  error instanceof Problem && error.slug === "unavailable" && c.var.recalled?.mayHaveCommitted() === true;

/**
 * Whether the identity of the request stays as it is: false if it was remembered, has changed, and was now read instead.
 * @throws what `authenticate` throws, and the problem of an actor who may not call the operation
 */
export async function settleIdentity(c: Context<App>): Promise<boolean> {
  const isCurrent = await confirmIdentity(c);
  if (!isCurrent) c.var.permit?.();
  return isCurrent;
}

/** Like `settleIdentity`, before the identity is complete. @throws what `authenticate` throws */
export async function confirmIdentity(c: Context<App>): Promise<boolean> {
  const { recalled } = c.var;
  if (!recalled || (await recalled.isCurrent())) return true;
  await recalled.replace();
  return false;
}

/** The context of a request that names a shop. @throws Problem tenant-required, invalid-token */
export function shopContext(c: Context<App>): Ctx {
  const { base, tenant, actor, hasStaleLogin } = c.var;
  if (!tenant && hasStaleLogin)
    throw unauthenticated(
      "The login of the cookie has expired or has ended. Refresh it with POST /auth/refresh, or name the shop with X-Tenant: SLUG to read as a guest.",
    );
  if (!tenant)
    throw new Problem("tenant-required", "Name the shop with X-Tenant: SLUG or ?tenant=SLUG, or sign in.");
  return { ...base, tenant, actor };
}

/** The context of a request that is signed in or has a secret API key. @throws Problem invalid-token */
export function actorContext(c: Context<App>): ActorCtx {
  const { base, tenant, actor } = c.var;
  if (!tenant || !actor) {
    // An invalid token was refused earlier, so a token without an actor belongs to another shop.
    const isOtherShop = c.req.header("authorization") !== undefined;
    throw unauthenticated(
      isOtherShop
        ? "The token belongs to another shop than the one in X-Tenant or ?tenant=. Omit these."
        : "Sign in and send the access token.",
    );
  }
  return { ...base, tenant, actor };
}

/** The context of a signed-in request. @throws Problem invalid-token, forbidden */
export function userContext(c: Context<App>): UserCtx {
  const { actor, ...ctx } = actorContext(c);
  if (actor.kind === "key")
    throw new Problem(
      "forbidden",
      "This belongs to a person, and an API key acts for none. Send the token of a guest (X-Cart or X-Order), or sign in.",
    );
  return { ...ctx, actor };
}

/** The context of a signed-in request or of the bearer of X-Cart. @throws Problem invalid-token, forbidden */
export function buyerContext(c: Context<App>): BuyerCtx {
  const { base, tenant, guest } = c.var;
  return tenant && guest ? { ...base, tenant, actor: null, guest } : userContext(c);
}

/** The context of a signed-in request or of the bearer of X-Order. @throws Problem invalid-token, forbidden */
export function purchaseContext(c: Context<App>): UserCtx | OrderLinkCtx {
  const { base, tenant, orderId } = c.var;
  return tenant && orderId !== null ? { ...base, tenant, actor: null, orderId } : userContext(c);
}
