import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { startOfDay } from "../../values/days.ts";
import { returning } from "../../platform/d1.ts";
import { quantityColumn } from "../../values/quantities.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { notFound } from "../../platform/problem.ts";
import type { StockMoveQuery } from "./schema.ts";

const idRow = z.object({ id: z.string() });
// What the cursor and the response need: the response schema validates the rest.
const moveRow = z.looseObject({ id: z.string(), delta: quantityColumn });

/** The stock moves of a product, newest first, by reason and days of the shop. One round trip. @throws Problem not-found */
export async function listMoves(ctx: Ctx, productId: string, query: z.infer<typeof StockMoveQuery>) {
  const list = `stock-moves ${productId}`;
  const last = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor);
  const { timezone } = ctx.tenant;
  const filters: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`, sql`product_id = ${productId}`];
  if (query.from !== undefined)
    filters.push(sql`created_at >= ${startOfDay(query.from, timezone).toISOString()}`);
  if (query.to !== undefined)
    filters.push(sql`created_at < ${startOfDay(query.to, timezone, 1).toISOString()}`);
  if (query.reason !== undefined) filters.push(sql`reason = ${query.reason}`);
  if (last) filters.push(sql`id < ${last[0]}`);
  const products = returning(
    idRow,
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId} AND removed_at IS NULL`,
  );
  // Ids sort by time.
  const moves = returning(
    moveRow,
    sql`SELECT id, product_id, delta, reason, reference, actor_id, created_at FROM stock_moves
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  const done = await ctx.db.batch([products, moves]);
  if (done.of(products).length === 0) throw notFound("product");
  return pageOf(done.of(moves), query.limit, (row) => encodeCursor(list, ctx.tenant.id, [row.id]));
}
