// X-Order in requests: it names the order of a guest.
import type { Context } from "hono";
import type { App } from "../http/app-context.ts";
import type { TokenAccess } from "../http/operation.ts";
import { countRequest, rejectExhaustedShop } from "../quota/rate-limit.ts";
import { findOrderLink, readOrderToken, unknownOrder } from "./order-tokens.ts";

/** Sets the order and the shop of X-Order. One round trip. @throws Problem unknown-order, quota-exceeded */
async function identifyOrder(c: Context<App>, text: string): Promise<void> {
  const { base, tenant: named } = c.var;
  const token = readOrderToken(base, text);
  if (named && named.id !== token.tenantId) throw unknownOrder();
  rejectExhaustedShop(c, token.tenantId);
  const found = await findOrderLink(base, token);
  if (!found) throw unknownOrder();
  // A shop that X-Tenant names has been counted.
  if (!named) await countRequest(c, found.shop, null);
  if (!found.isValid) throw unknownOrder();
  c.set("tenant", found.shop);
  c.set("orderId", token.saleId);
}

/** Operations on a purchase: for its signed-in buyer, and the bearer of X-Order. */
export const orderBearer: TokenAccess = {
  scheme: "order",
  isBearer: (c) => c.var.orderId !== null,
  identify: async (c, next) => {
    const text = c.req.header("x-order");
    if (text !== undefined && c.var.actor === null) await identifyOrder(c, text);
    await next();
  },
};
