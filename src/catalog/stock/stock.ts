// Every change of stock is recorded as a move with a reason, in the same batch: the moves of a product add up to its stock.
// A stock that is not tracked (NULL) has no moves. Quantities are thousandths.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../../audit/log.ts";
import { actorId, userIdOf, type ActorCtx, type Ctx } from "../../platform/context.ts";
import { returning, violates } from "../../platform/d1.ts";
import {
  type IdempotentRequest,
  idempotentRequest,
  runOnceOrFind,
  storeResponse,
} from "../../idempotency/run-once.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { newId } from "../../values/ids.ts";
import { fromThousandths, isWholeEnough, WHOLE_MESSAGE } from "../../values/quantities.ts";
import { type Fault, invalid, notFound, Problem } from "../../platform/problem.ts";
import { resolveDiscrepancies } from "./discrepancies.ts";
import { emitStockChanged } from "./events.ts";
import { type StockChange, StockMove } from "./schema.ts";

type Reason = z.infer<typeof StockMove>["reason"];

/** The statement that records one move of thousandths. */
export const recordMove = (
  ctx: ActorCtx,
  productId: string,
  delta: SQL,
  reason: Reason,
  reference: string | null,
  id = newId(),
): SQL =>
  sql`INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
    VALUES (${ctx.tenant.id}, ${productId}, ${id}, ${delta}, ${reason}, ${reference}, ${userIdOf(ctx)},
      ${ctx.now.toISOString()})`;

const moveRow = z.object({ move: z.string() });

/**
 * Applies a delta or a count, in one round trip. Deltas add up in any order; a count is rejected if the product is not at the given
 * `version`. The first count of a product starts the tracking of its stock, and every count resolves its open discrepancies.
 * @throws Problem not-found, stock-not-counted, invalid, out-of-stock, conflict
 */
export async function changeStock(
  ctx: ActorCtx,
  productId: string,
  change: z.infer<typeof StockChange>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof StockMove> }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, {
    productId,
    ...change,
    delta: change.delta === undefined ? undefined : fromThousandths(change.delta),
    count: change.count === undefined ? undefined : fromThousandths(change.count),
  });
  return runOnceOrFind(
    ctx,
    request,
    StockMove,
    () => applyChange(ctx, productId, change, request),
    async (error) => {
      if (!(error instanceof Problem)) await rejectChange(ctx, productId, change, error);
      return null;
    },
  );
}

async function applyChange(
  ctx: ActorCtx,
  productId: string,
  change: z.infer<typeof StockChange>,
  request: IdempotentRequest | null,
): Promise<z.infer<typeof StockMove>> {
  const id = newId();
  const product = sql`FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`;
  // A bound number is REAL: the cast keeps the sum an integer.
  const delta =
    change.count === undefined
      ? sql`CAST(${change.delta ?? 0} AS INTEGER)`
      : sql`CAST(${change.count} AS INTEGER) - coalesce(stock, 0)`;
  const isAllowed =
    change.count === undefined ? sql`stock IS NOT NULL` : sql`version = ${change.version ?? sql`version`}`;
  // A stock below 0 violates its CHECK.
  const next = sql`CASE WHEN is_active = 1 AND ${isAllowed} THEN coalesce(stock, 0) + ${delta} ELSE -1000 END`;
  const move = sql`(SELECT json_object('id', m.id, 'product_id', m.product_id, 'delta', ${unitsOf("m.delta")}, 'reason', m.reason,
      'reference', m.reference, 'stock', ${unitsOf("p.stock")}, 'created_at', m.created_at)
    FROM stock_moves m JOIN products p ON p.tenant_id = m.tenant_id AND p.id = m.product_id
    WHERE m.tenant_id = ${ctx.tenant.id} AND m.product_id = ${productId} AND m.id = ${id})`;
  const moved = returning(moveRow, sql`SELECT ${move} AS move`);
  const states = sql`SELECT json_object('stock', ${unitsOf("stock")}) AS was, json_object('stock', ${unitsOf("next")}) AS becomes
    FROM (SELECT stock, ${next} AS next ${product})`;
  // A count that confirms the stock changes nothing.
  const isChanged = sql`EXISTS (SELECT 1 ${product} AND stock IS NOT ${next})`;
  const done = await ctx.db.batch([
    auditDifference(ctx, "product.stock_moved", productId, states),
    emitStockChanged(ctx, productId, { ...change, delta }, next, isChanged),
    // The foreign key rejects the move of an unknown product.
    recordMove(
      ctx,
      productId,
      sql`coalesce((SELECT ${delta} ${product}), 0)`,
      change.reason,
      change.reference ?? null,
      id,
    ),
    sql`UPDATE products SET stock = ${next}, version = version + 1, updated_at = ${ctx.now.toISOString()}
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`,
    ...(change.count === undefined ? [] : [resolveDiscrepancies(ctx, sql`${productId}`)]),
    ...storeResponse(ctx.now, request, move),
    moved,
  ]);
  const [row] = done.of(moved);
  return StockMove.parse(JSON.parse(row?.move ?? "null"));
}

/** Throws the reason for which D1 rejected a change of stock, if the product tells it. One round trip. */
async function rejectChange(
  ctx: ActorCtx,
  productId: string,
  change: z.infer<typeof StockChange>,
  error: unknown,
): Promise<void> {
  const { stock, unit, version } = await currentStock(ctx, productId);
  assertWhole(unit, change);
  if (change.version !== undefined && change.version !== version)
    throw new Problem("conflict", `The product is now at version ${version}. Count the stock again.`);
  if (change.count === undefined && stock === null)
    throw new Problem("stock-not-counted", "The stock of this product is not tracked. Send a count first.");
  if (!violates(error, "products_stock_positive")) return;
  if (change.count !== undefined)
    throw new Problem("conflict", "The stock has changed in the meantime. Count it again.");
  const available = fromThousandths(stock ?? 0);
  const items = [{ product_id: productId, requested: fromThousandths(-(change.delta ?? 0)), available }];
  const units = unit === "piece" ? "units" : unit;
  throw new Problem("out-of-stock", `Only ${available} ${units} are in stock.`, { items });
}

/** Checks that a change of pieces is whole. @throws Problem invalid */
function assertWhole(unit: string, change: z.infer<typeof StockChange>): void {
  const faults = (["delta", "count"] as const).flatMap((name): Fault[] =>
    isWholeEnough(unit, change[name] ?? 0)
      ? []
      : [{ pointer: `#/${name}`, detail: WHOLE_MESSAGE, code: "not_an_integer" }],
  );
  if (faults.length > 0) throw invalid(faults);
}

const stockRow = z.object({ stock: z.number().nullable(), unit: z.string(), version: z.number() });

async function currentStock(ctx: ActorCtx, productId: string): Promise<z.infer<typeof stockRow>> {
  const [row] = await ctx.db.all(
    stockRow,
    sql`SELECT stock, unit, version FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId} AND is_active = 1`,
  );
  if (!row) throw notFound("product");
  return row;
}

/**
 * The statement that takes items out of stock or, with negative quantities, returns them: `items` is JSON
 * `[{ product_id, quantity }]` in thousandths, or SQL that yields it. UPDATE ... FROM may scan all products of the shop; here the
 * units are summed once. What is beyond the stock fails its CHECK, or where `stopsAtZero` leaves the stock at 0.
 */
export function decrementStock(ctx: Ctx, items: string | SQL, stopsAtZero = false): SQL {
  const rest = sql`stock - ((SELECT json_group_object(id, units) FROM (
      SELECT value ->> 'product_id' AS id, sum(value ->> 'quantity') AS units FROM json_each(${items}) GROUP BY 1)
    ) ->> products.id)`;
  return sql`UPDATE products SET version = version + 1, updated_at = ${ctx.now.toISOString()},
      stock = ${stopsAtZero ? sql`max(0, ${rest})` : rest}
    WHERE tenant_id = ${ctx.tenant.id} AND id IN (SELECT value ->> 'product_id' FROM json_each(${items}))
      AND stock IS NOT NULL`;
}

/**
 * The statement that records the moves of `decrementStock` for the same items, each with the id of its move as `move_id`.
 * CROSS JOIN makes the items the outer loop: a plain JOIN scans all products of the shop.
 */
export const recordSaleMoves = (ctx: Ctx, items: string | SQL, reason: Reason, reference: string): SQL => sql`
  INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
  SELECT ${ctx.tenant.id}, p.id, item.value ->> 'move_id', -(item.value ->> 'quantity'), ${reason}, ${reference},
    ${userIdOf(ctx)}, ${ctx.now.toISOString()}
  FROM json_each(${items}) AS item
  CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = item.value ->> 'product_id' AND p.stock IS NOT NULL`;
