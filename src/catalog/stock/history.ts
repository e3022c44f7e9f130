import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { startOfDay } from "../../values/days.ts";
import { returning } from "../../platform/d1.ts";
import { firstIdAt } from "../../values/ids.ts";
import { quantityColumn } from "../../values/quantities.ts";
import { scanPage } from "../../platform/bounded-scan.ts";
import { encodeCursor, decodeCursor, singleKey } from "../../platform/cursor.ts";
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
  const indexed: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`, sql`product_id = ${productId}`];
  // Ids sort by time: they are made after the instant of the request, which created_at is.
  if (query.from !== undefined) {
    const start = startOfDay(query.from, timezone);
    indexed.push(sql`id >= ${firstIdAt(start)}`, sql`created_at >= ${start.toISOString()}`);
  }
  if (query.to !== undefined)
    indexed.push(sql`created_at < ${startOfDay(query.to, timezone, 1).toISOString()}`);
  const before = [last?.[0], query.to && firstIdAt(startOfDay(query.to, timezone, 2))].filter(
    (id) => id !== undefined,
  );
  if (before.length > 0) indexed.push(sql`id < ${before.reduce((a, b) => (a < b ? a : b))}`);
  const products = returning(
    idRow,
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId} AND removed_at IS NULL`,
  );
  const moves = scanPage(
    {
      table: "stock_moves",
      index: null,
      indexed,
      filters: query.reason === undefined ? [] : [sql`reason = ${query.reason}`],
      columns: sql.raw("id, product_id, delta, reason, reference, actor_id, created_at"),
      row: moveRow,
      order: ["id"],
      key: idRow,
      limit: query.limit,
    },
    ({ id }) => encodeCursor(list, ctx.tenant.id, [id]),
  );
  const done = await ctx.db.batch([products, ...moves.statements]);
  if (done.of(products).length === 0) throw notFound("product");
  return moves.read(done);
}
