// Whoever signs in or registers with X-Cart has the lines of the guest's cart in their own. It is one batch, which deletes the guest's
// cart: a second sign-in with the token finds nothing. No line may violate a rule of carts, because that would keep the others out.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { MAX_TOTAL } from "../values/money.ts";

const MAX_LINES = 100;
const MAX_QUANTITY = 999_000;

type Merge = { tenantId: string; userId: string; tokenHash: string };

/**
 * Moves the lines of a guest's cart into that of an account: quantities are added up to the limit of a line, and the lines that came
 * first are taken up to the limit of a cart. One round trip.
 */
export async function mergeCart(ctx: Base, { tenantId, userId, tokenHash }: Merge): Promise<void> {
  const now = ctx.now.toISOString();
  const guest = sql`(SELECT id FROM carts WHERE tenant_id = ${tenantId} AND token_hash = ${tokenHash} AND expires_at > ${now})`;
  const lines = (cart: SQL): SQL => sql`cart_items WHERE tenant_id = ${tenantId} AND cart_id = ${cart}`;
  const account = sql`${userId}`;
  const dayOfCart = (cart: SQL): SQL => sql`(SELECT min(cart_day) FROM ${lines(cart)})`;
  const lineCount = (cart: SQL): SQL => sql`(SELECT count(*) FROM ${lines(cart)})`;
  // `nth` numbers the products that are new to the account's cart.
  const moved = sql`SELECT g.*, o.product_id IS NULL AS is_new, p.unit, min(${MAX_QUANTITY}, g.quantity + coalesce(o.quantity, 0),
        iif(g.price > 0, ${MAX_TOTAL - 1} * 1000 / max(g.price, 1), ${MAX_QUANTITY})) AS sum,
      row_number() OVER (PARTITION BY o.product_id IS NULL ORDER BY g.added_at, g.product_id) AS nth
    FROM (SELECT * FROM ${lines(guest)}) g
    CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = g.product_id
    LEFT JOIN cart_items o ON o.tenant_id = ${tenantId} AND o.cart_id = ${userId} AND o.product_id = g.product_id`;
  const fitting = sql`SELECT *, CAST(iif(unit = 'piece', CAST(sum AS INTEGER) / 1000 * 1000, sum) AS INTEGER) AS total FROM (${moved})
    WHERE (NOT is_new OR nth <= ${MAX_LINES} - ${lineCount(account)}) AND (unit <> 'piece' OR sum >= 1000) AND sum >= 1`;
  // One cart is left of two, on the day of the account's. Lines that both have, or that do not fit, no longer count.
  const both = sql`${dayOfCart(guest)} IS NOT NULL AND ${lineCount(account)} > 0`;
  await ctx.db.batch([
    sql`INSERT INTO carts (tenant_id, id, created_at) SELECT ${tenantId}, ${userId}, ${now} WHERE ${guest} IS NOT NULL
      ON CONFLICT DO NOTHING`,
    sql`UPDATE daily_cart_lines AS d SET added = added - (SELECT count(*) FROM ${lines(guest)} AND cart_day = d.day AND origin = d.origin),
        carts_started = carts_started - (${both} AND origin = (SELECT min(origin) FROM ${lines(guest)}))
      WHERE tenant_id = ${tenantId} AND day = ${dayOfCart(guest)}`,
    sql`INSERT INTO daily_cart_lines (tenant_id, day, origin, added, ordered)
      SELECT ${tenantId}, day, origin, count(*), 0
      FROM (SELECT coalesce(${dayOfCart(account)}, cart_day) AS day, origin FROM (${fitting}) WHERE is_new)
      WHERE day IS NOT NULL GROUP BY 1, 2, 3 ON CONFLICT DO UPDATE SET added = added + excluded.added`,
    sql`INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at, cart_day, origin)
      SELECT tenant_id, ${userId}, product_id, total, price, added_at, coalesce(${dayOfCart(account)}, cart_day), origin FROM (${fitting})
      WHERE true ON CONFLICT DO UPDATE SET quantity = excluded.quantity, price = excluded.price`,
    sql`DELETE FROM carts WHERE tenant_id = ${tenantId} AND id = ${guest}`,
  ]);
}
