// X-Cart in requests: it names the guest of an operation on a cart, and the cart to merge when signing in.
import type { Context, MiddlewareHandler } from "hono";
import type { App } from "../http/app-context.ts";
import type { TokenAccess } from "../http/operation.ts";
import { logFailure } from "../platform/log.ts";
import { readShopToken } from "../platform/secret-tokens.ts";
import { countRequest, rejectExhaustedShop } from "../quota/rate-limit.ts";
import { mergeCart } from "./merge.ts";
import { findCart, unknownCart } from "./owner.ts";

/** Sets the guest and the shop of X-Cart. One round trip. @throws Problem unknown-cart, quota-exceeded */
async function identifyGuest(c: Context<App>, text: string): Promise<void> {
  const { base, tenant: named } = c.var;
  const token = readShopToken(text);
  if (!token || (named && named.id !== token.tenantId)) throw unknownCart();
  rejectExhaustedShop(c, token.tenantId);
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
  isBearer: (c) => c.var.guest !== null,
  identify: async (c, next) => {
    const text = c.req.header("x-cart");
    if (text !== undefined && c.var.actor === null) await identifyGuest(c, text);
    await next();
  },
};

/** Merges the cart of X-Cart after a sign-in, which succeeds whatever the token is and even if the merge fails. */
export const mergeGuestCart: MiddlewareHandler<App> = async (c, next) => {
  await next();
  const { base, signedIn } = c.var;
  const token = readShopToken(c.req.header("x-cart") ?? "");
  if (!signedIn || token?.tenantId !== signedIn.tenantId) return;
  try {
    await mergeCart(base, { ...signedIn, tokenHash: token.tokenHash });
  } catch (error) {
    logFailure("merge of carts", error);
  }
};
