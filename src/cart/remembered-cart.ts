// The carts that this isolate has last shown. A checkout that finds its cart here needs no read: its batch compares the lines and their
// products with the rows, so nothing outdated is ever bought. A refused checkout is read and priced again.
import type { BuyerCtx } from "../platform/context.ts";
import { setBounded } from "../values/bounded-map.ts";
import type { CartLines } from "./cart.ts";
import { cartIdOf } from "./owner.ts";

const MAX_CARTS = 2000;
// A cart has at most 100 lines; long ones are rare, and read again.
const MAX_LINES = 25;

const carts = new Map<string, CartLines>();

const keyOf = (ctx: BuyerCtx): string => `${ctx.tenant.id} ${cartIdOf(ctx)}`;

/** Remembers the lines of the cart, in the place of what was remembered of it; nothing of an empty one. */
export function rememberCart(ctx: BuyerCtx, lines: CartLines): void {
  const key = keyOf(ctx);
  if (lines.length === 0 || lines.length > MAX_LINES) carts.delete(key);
  else setBounded(carts, MAX_CARTS, key, lines);
}

/** The lines of the cart as they were shown last, which are then forgotten; null if they are not remembered. */
export function takeCart(ctx: BuyerCtx): CartLines | null {
  const key = keyOf(ctx);
  const lines = carts.get(key) ?? null;
  carts.delete(key);
  return lines;
}

/** Forgets everything, for tests of a checkout that reads its cart. */
export const forgetCarts = (): void => carts.clear();
