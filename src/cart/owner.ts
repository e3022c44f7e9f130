// Whose cart a request means: that of the account, which has its id, or that of a guest, which a token names. The token has its shop
// and 256 random bits, of which only the hash is stored. Where somebody is signed in, the token is ignored.
import { createHash, randomBytes } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import { tenantRow } from "../auth/shops/tenants.ts";
import type { App } from "../http/app-context.ts";
import type { TokenAccess } from "../http/operation.ts";
import { guestActor } from "../idempotency/run-once.ts";
import type { BuyerCtx } from "../platform/context.ts";
import { Problem } from "../platform/problem.ts";
import { countRequest, rejectExhaustedShop } from "../quota/rate-limit.ts";

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

export const unknownCart = (): Problem =>
  new Problem(
    "unknown-cart",
    "The cart of X-Cart has expired, or was never in this shop. Create another one with POST /carts.",
  );

/** A new token of a shop, and the hash to store. */
export function newCartToken(tenantId: string): { token: string; tokenHash: string } {
  const secret = randomBytes(32).toString("base64url");
  return { token: `${tenantId}.${secret}`, tokenHash: hashOf(secret) };
}

const TOKEN = /^([0-9a-f-]{36})\.([\w-]{43})$/;

/** The shop and the hash of a token; null if the text cannot be one. */
export function readCartToken(text: string): { tenantId: string; tokenHash: string } | null {
  const [, tenantId, secret] = TOKEN.exec(text) ?? [];
  return tenantId === undefined || secret === undefined ? null : { tenantId, tokenHash: hashOf(secret) };
}

const guestRow = tenantRow.extend({ cart_id: tenantRow.shape.id.nullable() });

const guestColumns = sql.join(
  Object.keys(tenantRow.shape).map((name) => sql`t.${sql.identifier(name)}`),
  sql`, `,
);

/** Sets the guest and the shop of X-Cart. One round trip. @throws Problem unknown-cart, quota-exceeded */
async function identifyGuest(c: Context<App>, text: string): Promise<void> {
  const { base, tenant: named } = c.var;
  const token = readCartToken(text);
  if (!token || (named && named.id !== token.tenantId)) throw unknownCart();
  rejectExhaustedShop(c, token.tenantId);
  const [row] = await base.db.all(
    guestRow,
    sql`SELECT ${guestColumns}, c.id AS cart_id FROM tenants t LEFT JOIN carts c ON c.tenant_id = t.id
        AND c.token_hash = ${token.tokenHash} AND c.expires_at > ${base.now.toISOString()}
      WHERE t.id = ${token.tenantId} AND t.is_active = 1`,
  );
  if (!row) throw unknownCart();
  const { cart_id: cartId, ...tenant } = row;
  c.set("tenant", tenant);
  c.set("guest", { cartId, tokenHash: token.tokenHash });
  // A shop that X-Tenant names has been counted.
  if (!named) await countRequest(c, tenant, null);
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

/** The id of the cart. @throws Problem unknown-cart */
export function cartIdOf(ctx: BuyerCtx): string {
  const id = ctx.actor === null ? ctx.guest.cartId : ctx.actor.id;
  if (id === null) throw unknownCart();
  return id;
}

/** The rows of `cart_items` that are the cart, as a condition. @throws Problem unknown-cart */
export const isInCart = (ctx: BuyerCtx): SQL =>
  sql`tenant_id = ${ctx.tenant.id} AND cart_id = ${cartIdOf(ctx)}`;

/** To whom an Idempotency-Key belongs. */
export const keyOwner = (ctx: BuyerCtx): string =>
  ctx.actor === null ? guestActor(`cart ${ctx.guest.tokenHash}`) : ctx.actor.id;
