// X-Cart in requests: it names the guest of an operation on a cart, and the cart to merge when signing in.
import type { Context, MiddlewareHandler } from "hono";
import { relyOn } from "../auth/rely-on.ts";
import { type App, confirmIdentity } from "../http/app-context.ts";
import type { TokenAccess } from "../http/operation.ts";
import { logFailure } from "../platform/log.ts";
import { readShopToken, type ShopToken } from "../platform/secret-tokens.ts";
import { countRequest, rejectExhaustedShop } from "../quota/rate-limit.ts";
import { mergeCart } from "./merge.ts";
import { findCart, recallCart, unknownCart } from "./owner.ts";

/**
 * Sets the guest and the shop of X-Cart. One round trip, or none where this isolate remembers the cart.
 * @throws Problem unknown-cart, quota-exceeded
 */
async function identifyGuest(c: Context<App>, text: string): Promise<void> {
  const { base, tenant: named, actor } = c.var;
  const token = readShopToken(text);
  if (!token || (named && named.id !== token.tenantId)) throw unknownCart();
  rejectExhaustedShop(c, token.tenantId);
  const known = recallCart(base, token);
  const identity = known && { tenant: known.identity.tenant, actor };
  if (identity && (await relyOn(c, { ...known, identity }, () => readGuest(c, token))))
    c.set("guest", { cartId: known.cartId, tokenHash: token.tokenHash });
  else await readGuest(c, token);
}

async function readGuest(c: Context<App>, token: ShopToken): Promise<void> {
  c.set("guest", null);
  await confirmIdentity(c);
  const { base, tenant: named } = c.var;
  base.db.enterShop(token.tenantId);
  const found = await findCart(base, token);
  if (!found) throw unknownCart();
  c.set("tenant", found.tenant);
  c.set("guest", { cartId: found.cartId, tokenHash: token.tokenHash });
  // A shop that X-Tenant names has been counted.
  if (!named) await countRequest(c, found.tenant, null);
}

/** Operations on a cart: for signed-in users, and guests with X-Cart. */
export const cartOwner: TokenAccess = {
  scheme: "cart",
  problem: "unknown-cart",
  isBearer: (c) => c.var.guest !== null,
  identify: async (c, next) => {
    const text = c.req.header("x-cart");
    if (text !== undefined) {
      // Only a login that still holds makes the token unnecessary.
      if (c.var.actor?.kind === "user") await confirmIdentity(c);
      if (c.var.actor?.kind !== "user") await identifyGuest(c, text);
    }
    await next();
  },
};

/** Merges the cart of X-Cart after a sign-in, which succeeds whatever the token is and even if the merge fails. */
export const mergeGuestCart: MiddlewareHandler<App> = async (c, next) => {
  await next();
  const { base, signedIn } = c.var;
  const token = readShopToken(c.req.header("x-cart") ?? "");
  if (!signedIn || token?.tenantId !== signedIn.tenantId) return;
  base.db.enterShop(token.tenantId);
  try {
    await mergeCart(base, { ...signedIn, tokenHash: token.tokenHash });
  } catch (error) {
    logFailure("merge of carts", error);
  }
};
