// Carts with products that nobody has added to for some hours.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { alsoReads, type ActorCtx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { quantityColumn } from "../../values/quantities.ts";
import type { AbandonedCarts, CartsQuery } from "./schema.ts";

const cartRow = z.object({
  cart_id: z.string(),
  customer_id: z.string().nullable(),
  name: z.string().nullable(),
  lines: z.number(),
  units: quantityColumn,
  value: z.number(),
  added_at: z.string(),
});

/** A page of carts of customers and guests. It reads the carts of the page, and those between that were changed since. @throws Problem invalid-cursor */
export async function abandonedCarts(
  ctx: ActorCtx,
  query: z.infer<typeof CartsQuery>,
): Promise<z.infer<typeof AbandonedCarts>> {
  const tenantId = ctx.tenant.id;
  const last = decodeCursor(singleKey, "carts", tenantId, query.cursor);
  const before = new Date(ctx.now.getTime() - query.hours * 3_600_000).toISOString();
  const rows = await ctx.db.all(
    cartRow,
    sql`SELECT c.cart_id, u.id AS customer_id, u.first_name || ' ' || u.last_name AS name, c.lines, c.units, c.value, c.added_at FROM (
        SELECT i.cart_id, count(*) AS lines, sum(i.quantity) AS units, max(i.added_at) AS added_at,
          CAST(total(round(p.price * 1.0 * i.quantity / 1000)) AS INTEGER) AS value
        FROM cart_items i CROSS JOIN products p ON p.tenant_id = i.tenant_id AND p.id = i.product_id
        WHERE i.tenant_id = ${tenantId} AND i.cart_id > ${last?.[0] ?? ""}
        GROUP BY i.cart_id HAVING max(i.added_at) <= ${before} ORDER BY i.cart_id LIMIT ${query.limit + 1}) c
      LEFT JOIN users u ON u.tenant_id = ${tenantId} AND u.id = c.cart_id ORDER BY c.cart_id`,
  );
  const page = pageOf(rows, query.limit, (row) => encodeCursor("carts", tenantId, [row.cart_id]));
  return {
    currency: ctx.tenant.currency,
    data: page.data.map((row) => ({ ...row, name: alsoReads(ctx, "customers:read") ? row.name : null })),
    next_cursor: page.next_cursor,
    as_of: ctx.now.toISOString(),
  };
}
