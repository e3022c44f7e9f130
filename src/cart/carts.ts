// The carts of guests. They expire, and an address creates a limited number of them, so that nobody fills the shop's database.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { Problem } from "../platform/problem.ts";
import { newShopToken } from "../platform/secret-tokens.ts";
import { sweepRows } from "../platform/sweep-rows.ts";
import { networkHash } from "../quota/network-hash.ts";
import { newId } from "../values/ids.ts";

const LIFETIME_MS = 30 * 86_400_000;
const CARTS_PER_DAY = 200;

const idRow = z.object({ id: z.string() });

/** Creates the cart of a guest; `address` is the client's. One round trip. @throws Problem too-many-carts */
export async function createCart(
  ctx: Ctx,
  address: string,
): Promise<{ cart_token: string; expires_at: string }> {
  const { token, tokenHash } = newShopToken(ctx.tenant.id);
  const now = ctx.now.toISOString();
  const expiresAt = new Date(ctx.now.getTime() + LIFETIME_MS).toISOString();
  // With the day in the hash, the carts of an address cannot be connected over days.
  // A server with a secret key creates the carts of many guests.
  const key = ctx.actor?.kind === "key" ? ctx.actor : null;
  const createdFrom = networkHash(ctx.env, `cart ${now.slice(0, 10)}`, key?.keyId ?? address);
  const inserted = returning(
    idRow,
    sql`INSERT INTO carts (tenant_id, id, token_hash, created_from, created_at, expires_at)
      SELECT ${ctx.tenant.id}, ${newId()}, ${tokenHash}, ${createdFrom}, ${now}, ${expiresAt}
      WHERE ${Number(key !== null)} OR (SELECT count(*) FROM carts WHERE tenant_id = ${ctx.tenant.id} AND created_from = ${createdFrom}) < ${CARTS_PER_DAY}
      RETURNING id`,
  );
  const done = await ctx.db.batch([inserted]);
  if (done.of(inserted).length === 0)
    throw new Problem(
      "too-many-carts",
      `At most ${CARTS_PER_DAY} carts are created from one address in a day (UTC). Use the carts that exist, or sign in.`,
      {},
      { "retry-after": String(secondsLeftOfDay(ctx.now)) },
    );
  return { cart_token: token, expires_at: expiresAt };
}

const DAY_S = 86_400;

const secondsLeftOfDay = (now: Date): number => DAY_S - (Math.floor(now.getTime() / 1000) % DAY_S);

// A cart has up to a hundred lines, which are deleted with it.
const CARTS_PER_PAGE = 200;

/** Deletes the guests' carts of all shops that have expired; a page of a sweep. */
export const deleteExpiredCarts = (ctx: Base, after = ""): Promise<string | null> =>
  sweepRows(
    ctx,
    after,
    "carts",
    ["tenant_id", "id"],
    sql`coalesce(expires_at < ${ctx.now.toISOString()}, 0)`,
    CARTS_PER_PAGE,
  );
