// Every change of stock is a move with its reason, written in the batch of the change: the moves of a product add up to
// its stock. A stock that is not counted (NULL) has no moves.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../../audit/log.ts";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { returning, type Returning, violates, rows } from "../../platform/d1.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { type StockChange, StockMove } from "./schema.ts";

type Reason = z.infer<typeof StockMove>["reason"];

/** The statement that records one move. */
export const recordMove = (
  ctx: ActorCtx,
  productId: string,
  delta: SQL,
  reason: Reason,
  reference: string | null,
  id = newId(),
): SQL =>
  sql`INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
    VALUES (${ctx.tenant.id}, ${productId}, ${id}, ${delta}, ${reason}, ${reference}, ${ctx.actor.id},
      ${ctx.now.toISOString()})`;

/**
 * Takes `delta` or counts anew. Deltas add up in any order; a count is refused where the stock changed meanwhile, and where
 * the product is not at the `version` that it names. A count starts the counting of a product that was not counted.
 * @throws Problem not-found, stock-not-counted, out-of-stock, conflict
 */
export async function changeStock(
  ctx: ActorCtx,
  productId: string,
  change: z.infer<typeof StockChange>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof StockMove> }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { productId, ...change });
  return runOnce(ctx, request, StockMove, async () => {
    const { stock, version } = await currentStock(ctx, productId);
    if (change.version !== undefined && change.version !== version)
      throw new Problem("conflict", `The product is at version ${version} now: count again.`);
    if (change.count === undefined && stock === null)
      throw new Problem("stock-not-counted", "The stock of this product is not counted: send a count first.");
    const id = newId();
    const at = ctx.now.toISOString();
    const delta = change.delta ?? (change.count ?? 0) - (stock ?? 0);
    // A bound number is REAL: the cast keeps the sum an integer. A count compares and sets: else the CHECK fails.
    const next =
      change.count === undefined
        ? sql`stock + CAST(${delta} AS INTEGER)`
        : sql`CASE WHEN stock IS ${stock} AND version = ${change.version ?? sql`version`} THEN ${change.count} ELSE -1 END`;
    const move = sql`(SELECT json_object('id', m.id, 'product_id', m.product_id, 'delta', m.delta, 'reason', m.reason,
        'reference', m.reference, 'stock', p.stock, 'created_at', m.created_at)
      FROM stock_moves m JOIN products p ON p.tenant_id = m.tenant_id AND p.id = m.product_id
      WHERE m.tenant_id = ${ctx.tenant.id} AND m.product_id = ${productId} AND m.id = ${id})`;
    const states = sql`SELECT json_object('stock', stock) AS was, json_object('stock', CAST(${next} AS INTEGER)) AS becomes
      FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`;
    try {
      const results = await ctx.db.batch([
        auditDifference(ctx, "product.stock_moved", productId, states),
        sql`UPDATE products SET stock = ${next}, version = version + 1, updated_at = ${at}
          WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`,
        recordMove(ctx, productId, sql`${delta}`, change.reason, change.reference ?? null, id),
        ...storeResponse(ctx.now, request, move),
        sql`SELECT ${move} AS move`,
      ]);
      const [row] = rows(z.object({ move: z.string() }), results.at(-1));
      return StockMove.parse(JSON.parse(row?.move ?? "null"));
    } catch (error) {
      if (!violates(error, "products_stock_positive")) throw error;
      if (change.count !== undefined)
        throw new Problem("conflict", "The stock was changed meanwhile: count again.");
      const available = (await currentStock(ctx, productId)).stock ?? 0;
      const items = [{ product_id: productId, requested: -delta, available }];
      throw new Problem("out-of-stock", `There are only ${available} in stock.`, { items });
    }
  });
}

const stockRow = z.object({ stock: z.number().nullable(), version: z.number() });

async function currentStock(ctx: ActorCtx, productId: string): Promise<z.infer<typeof stockRow>> {
  const [row] = await ctx.db.all(
    stockRow,
    sql`SELECT stock, version FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId} AND is_active = 1`,
  );
  if (!row) throw notFound("product");
  return row;
}

/**
 * The statement that takes (or, with a negative quantity, gives back) many: `items` is JSON `[{ product_id, quantity }]`,
 * or SQL that yields it.
 * No UPDATE ... FROM: its planner may walk all products of the shop. The units are summed once, not anew for each product.
 */
export const decrementStock = (ctx: Ctx, items: string | SQL): SQL => sql`
  UPDATE products SET version = version + 1, updated_at = ${ctx.now.toISOString()}, stock = stock -
    ((SELECT json_group_object(id, units) FROM (SELECT value ->> 'product_id' AS id, sum(value ->> 'quantity') AS units
      FROM json_each(${items}) GROUP BY 1)) ->> products.id)
  WHERE tenant_id = ${ctx.tenant.id} AND id IN (SELECT value ->> 'product_id' FROM json_each(${items}))
    AND stock IS NOT NULL`;

/**
 * The statement that records the moves of `takeStock` for the same items; each item names its new move, as `move_id`.
 * CROSS JOIN keeps the items outside: a plain JOIN walks all products of the shop.
 */
export const recordSaleMoves = (ctx: Ctx, items: string | SQL, reason: Reason, reference: string): SQL => sql`
  INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
  SELECT ${ctx.tenant.id}, p.id, wanted.value ->> 'move_id', -(wanted.value ->> 'quantity'), ${reason}, ${reference},
    ${ctx.actor?.id ?? null}, ${ctx.now.toISOString()}
  FROM json_each(${items}) AS wanted
  CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = wanted.value ->> 'product_id' AND p.stock IS NOT NULL`;

const availableRow = z.object({ id: z.string(), price: z.number(), stock: z.number().nullable() });

/** The statement that reads price and stock of those of these products that can be sold now. */
export const selectAvailability = (ctx: ActorCtx, items: string): Returning<z.infer<typeof availableRow>> =>
  returning(
    availableRow,
    sql`SELECT id, price, stock FROM products WHERE tenant_id = ${ctx.tenant.id} AND is_active = 1
      AND id IN (SELECT value ->> 'product_id' FROM json_each(${items}))`,
  );
