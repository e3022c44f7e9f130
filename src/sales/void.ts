// A void undoes a whole sale within the shift that made it: a refund to the methods that paid, with the goods back in stock.
// What the sale took beyond the stock never left it: its discrepancies are resolved instead.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { decrementStock, recordSaleMoves } from "../catalog/stock/stock.ts";
import { attempt } from "../platform/attempt.ts";
import type { UserCtx } from "../platform/context.ts";
import { requireThat, returning, sqlBoolean, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import {
  type IdempotentRequest,
  idempotentRequest,
  runOnce,
  selectStored,
  stopIfStored,
} from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { saleJsonOf } from "./record.ts";
import { resolveMissing } from "./oversell.ts";
import { completeRefund, insertRefund, type RefundBody, refundIn } from "./refund-statements.ts";
import { lineColumns } from "./sale-statements.ts";
import { Refund } from "./schema.ts";

const notVoidable = (why: string): Problem =>
  new Problem("not-voidable", `${why} Make a refund instead: POST /sales/{id}/refunds.`);

/**
 * Voids a sale of the actor's open shift. One that the actor has voided is returned. One round trip, unless a read must say why not.
 * @throws Problem not-found, not-voidable, idempotency-mismatch, conflict
 */
export async function voidSale(
  ctx: UserCtx,
  saleId: string,
  reason: string,
  key: string | undefined,
): Promise<{ replayed: boolean; found: boolean; value: RefundBody }> {
  let found = false;
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { void: saleId, reason });
  const result = await runOnce(ctx, request, Refund, async () => {
    const voided = await attempt(ctx, () => record(ctx, saleId, reason, request));
    if (voided) return voided;
    const earlier = await findVoid(ctx, saleId, request);
    found = earlier !== null;
    // What was in the way is gone, such as another unit of a product.
    return earlier ?? record(ctx, saleId, reason, request).catch(rejectChanged);
  });
  return { ...result, found };
}

function rejectChanged(error: unknown): never {
  throw violates(error, "voidable")
    ? new Problem("conflict", "The sale is being changed concurrently: send the request again.")
    : error;
}

const isOtherUnit = sql.raw(
  "l.unit <> (SELECT p.unit FROM products p WHERE p.tenant_id = l.tenant_id AND p.id = l.product_id)",
);

/** A condition: the sale `s` has a line that meets this one. */
const hasLine = (condition: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id AND ${condition})`;

/** Voids the sale in a batch that is rejected (`voidable`) where it cannot be. */
async function record(
  ctx: UserCtx,
  saleId: string,
  reason: string,
  request: IdempotentRequest | null,
): Promise<RefundBody> {
  const id = newId();
  const tenantId = ctx.tenant.id;
  const isVoidable = sql`EXISTS (SELECT 1 FROM sales s CROSS JOIN shifts h ON h.tenant_id = s.tenant_id AND h.id = s.shift_id
    WHERE s.tenant_id = ${tenantId} AND s.id = ${saleId} AND s.kind = 'sale' AND s.channel = 'counter' AND s.status = 'completed'
      AND s.seller_id = ${ctx.actor.id} AND h.status = 'OPEN' AND NOT ${hasLine(sql`(l.refunded > 0 OR ${isOtherUnit})`)})`;
  const ofSale = sql`tenant_id = ${tenantId} AND sale_id = ${saleId}`;
  const returned = returnedItems(tenantId, saleId, id);
  const { statements, response } = completeRefund(ctx, saleId, id, "sale.voided", request);
  const done = await ctx.db.batch([
    requireThat("voidable", isVoidable),
    insertRefund(ctx, saleId, {
      id,
      channel: sql`channel`,
      shift_id: sql`shift_id`,
      reason,
      is_void: true,
      restock: true,
      payment_method: sql`payment_method`,
      rounding: sql`-rounding`,
      total: sql`-total`,
      tax: sql`-tax`,
      discount: sql`-discount`,
      units: sql`-units`,
      lines: sql`lines`,
    }),
    sql`INSERT INTO sale_lines (${lineColumns}, exact_price)
      SELECT tenant_id, ${id}, line_no, product_id, sku, description, -quantity, unit, list_price, unit_price, -discount,
        discount_reason, tax_rate_id, tax_rate, -tax, -subtotal, -cost, exact_price
      FROM sale_lines WHERE ${ofSale}`,
    sql`UPDATE sale_lines SET refunded = quantity WHERE ${ofSale}`,
    sql`INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount)
      SELECT tenant_id, ${id}, row_number() OVER (ORDER BY min(payment_no)), method, -sum(amount)
      FROM sale_payments WHERE ${ofSale} GROUP BY method`,
    decrementStock(ctx, returned),
    recordSaleMoves(ctx, returned, "refund", id),
    resolveMissing(ctx, saleId),
    ...statements,
    response,
  ]);
  return refundIn(ctx, done, response);
}

/** A scalar query: the JSON of what returns to the stock of a sale, a product each, as negative thousandths. */
const returnedItems = (tenantId: string, saleId: string, moveId: string): SQL =>
  sql`(SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity, 'move_id', ${moveId}))
    FROM (SELECT l.product_id, coalesce((SELECT sum(d.missing) FROM stock_discrepancies d INDEXED BY stock_discrepancies_sale
          WHERE d.tenant_id = l.tenant_id AND d.sale_id = l.sale_id AND d.product_id = l.product_id), 0)
        - sum(l.quantity) AS quantity
      FROM sale_lines l WHERE l.tenant_id = ${tenantId} AND l.sale_id = ${saleId} GROUP BY l.product_id)
    WHERE quantity <> 0)`;

const saleRow = z.object({
  kind: z.string(),
  channel: z.string(),
  status: z.string(),
  seller_id: z.string().nullable(),
  shift_id: z.string().nullable(),
  is_open: sqlBoolean,
  is_refunded: sqlBoolean,
  has_other_unit: sqlBoolean,
  earlier: z.string().nullable(),
});

/**
 * The void that the actor has made of this sale, or null if it can be voided now. One round trip.
 * @throws Problem not-found, not-voidable
 */
async function findVoid(
  ctx: UserCtx,
  saleId: string,
  request: IdempotentRequest | null,
): Promise<RefundBody | null> {
  const tenantId = ctx.tenant.id;
  const selected = returning(
    saleRow,
    sql`SELECT s.kind, s.channel, s.status, s.seller_id, s.shift_id,
        EXISTS (SELECT 1 FROM shifts h WHERE h.tenant_id = s.tenant_id AND h.id = s.shift_id AND h.status = 'OPEN') AS is_open,
        ${hasLine(sql`l.refunded > 0`)} AS is_refunded, ${hasLine(isOtherUnit)} AS has_other_unit,
        (SELECT ${saleJsonOf(ctx)} FROM sales s INDEXED BY sales_refund_of WHERE s.tenant_id = ${tenantId}
          AND s.refund_of = ${saleId} AND s.is_void = 1 AND s.seller_id = ${ctx.actor.id}) AS earlier
      FROM sales s WHERE s.tenant_id = ${tenantId} AND s.id = ${saleId}`,
  );
  const stored = selectStored(request);
  const read = await ctx.db.batch([selected, ...stored]);
  stopIfStored(read, stored);
  const [sale] = read.of(selected);
  if (!sale) throw notFound("sale");
  if (sale.earlier !== null) return Refund.parse({ ...JSON.parse(sale.earlier), warnings: [] });
  if (sale.kind !== "sale" || sale.channel !== "counter" || sale.status !== "completed")
    throw notVoidable(
      `Only a completed counter sale can be voided; this is a ${sale.kind} of channel '${sale.channel}'.`,
    );
  if (sale.seller_id !== ctx.actor.id) throw notVoidable("Only its seller can void a sale.");
  if (sale.shift_id === null) throw notVoidable("The sale was not made in a shift.");
  if (sale.is_refunded) throw notVoidable("A part of the sale was already refunded.");
  if (sale.has_other_unit)
    throw notVoidable("A product of the sale is now counted in another unit, and cannot return to stock.");
  if (!sale.is_open) throw notVoidable("The shift that made the sale is closed.");
  return null;
}
