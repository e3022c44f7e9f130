// Whose cart a request means: that of the account, which has its id, or that of a guest, which a token names. The token has its shop
// and 256 random bits, of which only the hash is stored. Where somebody is signed in, the token is ignored.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type Identity, newMemory, type Recollection, withoutRevision } from "../auth/recollection.ts";
import { shopState } from "../auth/shop-facts.ts";
import { tenantRow } from "../auth/shops/tenants.ts";
import { guestActor } from "../idempotency/run-once.ts";
import type { Base, BuyerCtx, Tenant } from "../platform/context.ts";
import { Problem } from "../platform/problem.ts";
import type { ShopToken } from "../platform/secret-tokens.ts";

export const unknownCart = (): Problem =>
  new Problem(
    "unknown-cart",
    "The cart of X-Cart has expired, or was never in this shop. Create another one with POST /carts.",
  );

const guestRow = tenantRow.extend({ cart_id: tenantRow.shape.id.nullable(), state: z.string() });

type RememberedCart = { identity: Identity; cartId: string; state: string };

const remembered = newMemory<RememberedCart>();

const guestColumns = sql.join(
  Object.keys(tenantRow.shape).map((name) => sql`t.${sql.identifier(name)}`),
  sql`, `,
);

const isCartOf = ({ now }: Base, tokenHash: string): SQL =>
  sql`c.tenant_id = t.id AND c.token_hash = ${tokenHash} AND c.expires_at > ${now.toISOString()}`;

/** The shop of a token and its cart, which is null for a wrong or expired token; null if there is no such shop. One round trip. */
export async function findCart(
  ctx: Base,
  { tenantId, tokenHash }: ShopToken,
): Promise<{ tenant: Tenant; cartId: string | null } | null> {
  const [row] = await ctx.db.all(
    guestRow,
    sql`SELECT ${guestColumns}, c.id AS cart_id, ${shopState} AS state
      FROM tenants t LEFT JOIN carts c ON ${isCartOf(ctx, tokenHash)}
      WHERE t.id = ${tenantId} AND t.is_active = 1`,
  );
  if (!row) return null;
  const { cart_id: cartId, state, ...tenant } = row;
  const identity = withoutRevision({ tenant, actor: null });
  if (cartId !== null) remembered.set(tokenHash, { identity, cartId, state });
  return { tenant, cartId };
}

/** What this isolate remembers of the cart of a token, if anything. */
export function recallCart(
  ctx: Base,
  { tenantId, tokenHash }: ShopToken,
): (Recollection & { cartId: string }) | null {
  const known = remembered.get(tokenHash);
  if (known?.identity.tenant.id !== tenantId) return null;
  const { identity, cartId, state } = known;
  return {
    identity,
    cartId,
    guard: sql`SELECT t.revision FROM tenants t JOIN carts c ON ${isCartOf(ctx, tokenHash)} AND c.id = ${cartId}
      WHERE t.id = ${tenantId} AND t.is_active = 1 AND ${shopState} = ${state}`,
    discard: () => remembered.delete(tokenHash),
  };
}

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
