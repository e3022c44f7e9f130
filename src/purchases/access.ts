// X-Order in requests: it names the order of a guest.
import type { Context } from "hono";
import { relyOn } from "../auth/rely-on.ts";
import { type App, confirmIdentity } from "../http/app-context.ts";
import type { TokenAccess } from "../http/operation.ts";
import { countRequest, rejectExhaustedShop } from "../quota/rate-limit.ts";
import {
  findOrderLink,
  type ReadOrderToken,
  readOrderToken,
  recallOrderLink,
  unknownOrder,
} from "./order-tokens.ts";

/**
 * Sets the order and the shop of X-Order. One round trip, or none where this isolate remembers the token.
 * @throws Problem unknown-order, quota-exceeded
 */
async function identifyOrder(c: Context<App>, text: string): Promise<void> {
  const { base, tenant: named, actor } = c.var;
  const token = readOrderToken(base, text);
  if (named && named.id !== token.tenantId) throw unknownOrder();
  rejectExhaustedShop(c, token.tenantId);
  const known = recallOrderLink(token);
  const identity = known && { tenant: known.identity.tenant, actor };
  if (identity && (await relyOn(c, { ...known, identity }, () => readOrder(c, token))))
    c.set("orderId", token.saleId);
  else await readOrder(c, token);
}

async function readOrder(c: Context<App>, token: ReadOrderToken): Promise<void> {
  c.set("orderId", null);
  await confirmIdentity(c);
  const { base, tenant: named } = c.var;
  base.db.enterShop(token.tenantId);
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
  problem: "unknown-order",
  isBearer: (c) => c.var.orderId !== null,
  identify: async (c, next) => {
    const text = c.req.header("x-order");
    if (text !== undefined) {
      // Only a login that still holds makes the token unnecessary.
      if (c.var.actor?.kind === "user") await confirmIdentity(c);
      if (c.var.actor?.kind !== "user") await identifyOrder(c, text);
    }
    await next();
  },
};
