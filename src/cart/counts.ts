// Carts and their lines are counted by the day on which the cart was started, in the batches that change them, so that a range tells
// how many of its carts were ordered.
import { sql, type SQL } from "drizzle-orm";
import type { BuyerCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { isInCart } from "./owner.ts";

/** A scalar query: the day of the cart as it is, or NULL for an empty one. */
const startedOn = (ctx: BuyerCtx): SQL => sql`(SELECT min(cart_day) FROM cart_items WHERE ${isInCart(ctx)})`;

/** SQL for the day of the cart, or today, if it is empty. */
export const cartDay = (ctx: BuyerCtx): SQL =>
  sql`coalesce(${startedOn(ctx)}, ${dayOf(ctx.now, ctx.tenant.timezone)})`;

/** The statements that count a line before it is added, unless the product is in the cart already. */
export function countLine(
  ctx: BuyerCtx,
  { product_id, origin = "" }: { product_id: string; origin?: string | undefined },
): SQL[] {
  const isNew = sql`NOT EXISTS (SELECT 1 FROM cart_items WHERE ${isInCart(ctx)} AND product_id = ${product_id})`;
  return [
    sql`INSERT INTO daily_cart_lines (tenant_id, day, origin, added, ordered, carts_started)
      SELECT ${ctx.tenant.id}, ${cartDay(ctx)}, ${origin}, 1, 0, ${startedOn(ctx)} IS NULL WHERE ${isNew}
      ON CONFLICT DO UPDATE SET added = added + 1, carts_started = carts_started + excluded.carts_started`,
  ];
}

/** The statements that count the cart and its lines as ordered, before it is emptied. */
export const countOrder = (ctx: BuyerCtx): SQL[] => [
  sql`INSERT INTO daily_cart_lines (tenant_id, day, origin, added, ordered, carts_ordered)
    SELECT tenant_id, cart_day, origin, 0, count(*), row_number() OVER (ORDER BY cart_day, origin) = 1
      FROM cart_items WHERE ${isInCart(ctx)} AND cart_day IS NOT NULL GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET ordered = ordered + excluded.ordered, carts_ordered = carts_ordered + excluded.carts_ordered`,
];
