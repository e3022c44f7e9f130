// What middleware leaves for handlers, and the contexts that handlers pass to domain functions.
import type { Context } from "hono";
import type {
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

export type App = {
  Bindings: Env;
  Variables: {
    base: Base;
    tenant: Tenant | null;
    actor: Actor | null;
    /** Who sent X-Cart instead of signing in, where the operation accepts that. */
    guest: Guest | null;
    /** The order of X-Order, where the operation accepts that. */
    orderId: string | null;
    /** Whom the request has signed in or registered. */
    signedIn: { tenantId: string; userId: string } | null;
    requestId: string;
    /** The quotas that this request has been counted against so far. */
    quotas: QuotaState[];
  };
};

/** The context of a request that names a shop. @throws Problem tenant-required */
export function shopContext(c: Context<App>): Ctx {
  const { base, tenant, actor } = c.var;
  if (!tenant)
    throw new Problem("tenant-required", "Name the shop with X-Tenant: SLUG or ?tenant=SLUG, or sign in.");
  return { ...base, tenant, actor };
}

/** The context of a signed-in request. @throws Problem invalid-token */
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

/** The context of a signed-in request or of the bearer of X-Cart. @throws Problem invalid-token */
export function buyerContext(c: Context<App>): BuyerCtx {
  const { base, tenant, guest } = c.var;
  return tenant && guest ? { ...base, tenant, actor: null, guest } : actorContext(c);
}

/** The context of a signed-in request or of the bearer of X-Order. @throws Problem invalid-token */
export function purchaseContext(c: Context<App>): ActorCtx | OrderLinkCtx {
  const { base, tenant, orderId } = c.var;
  return tenant && orderId !== null ? { ...base, tenant, actor: null, orderId } : actorContext(c);
}
