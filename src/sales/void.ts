// A void undoes a whole sale within the shift that made it: a refund to the methods that paid, with the goods back in stock.
// What the sale took beyond the stock never left it: its discrepancies are resolved instead.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../platform/context.ts";
import { returning, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import {
  type IdempotentRequest,
  idempotentRequest,
  runOnceOrFind,
  selectStored,
  stopIfStored,
} from "../idempotency/run-once.ts";
import { violatesShiftPolicy } from "../shifts/desk/shift-policy.ts";
import { saleJsonOf } from "./record.ts";
import { type Missing, selectMissing } from "./oversell.ts";
import { recordRefund, type RefundBody } from "./record-refund.ts";
import { hasOtherUnit, readRefundable, type RefundableSale } from "./refundable.ts";
import { allocateRest } from "./refund-amounts.ts";
import { Refund } from "./schema.ts";

const MAX_CONFLICT_RETRIES = 20;

const notVoidable = (why: string): Problem =>
  new Problem("not-voidable", `${why} Make a refund instead: POST /sales/{id}/refunds.`);

/**
 * Voids a sale of the actor's open shift. One that the actor has voided is returned. Two round trips.
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
  const result = await runOnceOrFind(
    ctx,
    request,
    Refund,
    async () => {
      const shiftId = openShiftOfSale(ctx, saleId);
      for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
        const sale = await readVoidable(ctx, saleId, request);
        try {
          return await recordRefund(ctx, saleId, request, {
            lines: allocateRest(sale.lines),
            payments: sale.payments.map(({ method, amount }) => ({ method, amount, tendered: null })),
            rounding: sale.rounding,
            payment_state: sale.payment_state,
            is_order: false,
            reason,
            restock: true,
            missing: sale.missing,
            is_void: true,
            channel: sql`iif(${shiftId} IS NULL, NULL, 'counter')`,
            shift_id: shiftId,
          });
        } catch (error) {
          if (!violates(error, "sale_lines_refunded") && !violatesShiftPolicy(error)) throw error;
        }
      }
      throw new Problem("conflict", "The sale is being changed concurrently: send the request again.");
    },
    async (error) => {
      if (!(error instanceof Problem) || error.slug !== "not-voidable") return null;
      const earlier = await findVoid(ctx, saleId);
      found = earlier !== null;
      return earlier;
    },
  );
  return { ...result, found };
}

const openShiftRow = z.object({ id: z.string().nullable() });

/** Reads a sale that can be voided now. One round trip. @throws Problem not-found, not-voidable */
async function readVoidable(
  ctx: UserCtx,
  saleId: string,
  request: IdempotentRequest | null,
): Promise<RefundableSale & { missing: Missing[] }> {
  const shift = returning(openShiftRow, sql`SELECT ${openShiftOfSale(ctx, saleId)} AS id`);
  const missing = selectMissing(ctx, saleId);
  const stored = selectStored(request);
  const { sale, done } = await readRefundable(ctx, saleId, [shift, missing, ...stored]);
  stopIfStored(done, stored);
  if (!sale) throw notFound("sale");
  if (sale.kind !== "sale" || sale.channel !== "counter" || sale.status !== "completed")
    throw notVoidable(`Only a completed counter sale can be voided; this is a ${sale.channel} ${sale.kind}.`);
  if (sale.seller_id !== ctx.actor.id) throw notVoidable("Only its seller can void a sale.");
  if (sale.shift_id === null) throw notVoidable("The sale was not made in a shift.");
  if (sale.lines.some(({ refunded }) => refunded > 0))
    throw notVoidable("A part of the sale was already refunded.");
  if (sale.lines.some(hasOtherUnit))
    throw notVoidable("A product of the sale is now counted in another unit, and cannot return to stock.");
  const [open] = done.of(shift);
  if (!open?.id) throw notVoidable("The shift that made the sale is closed.");
  return { ...sale, missing: done.of(missing) };
}

/** A scalar query: the shift of the sale while it is open, else NULL. */
const openShiftOfSale = (ctx: UserCtx, saleId: string): SQL =>
  sql`(SELECT h.id FROM sales v CROSS JOIN shifts h ON h.tenant_id = v.tenant_id AND h.id = v.shift_id
    WHERE v.tenant_id = ${ctx.tenant.id} AND v.id = ${saleId} AND h.status = 'OPEN')`;

const saleRow = z.object({ sale: z.string() });

/** The void that the actor has made of this sale, or null. */
async function findVoid(ctx: UserCtx, saleId: string): Promise<RefundBody | null> {
  const [row] = await ctx.db.all(
    saleRow,
    sql`SELECT ${saleJsonOf(ctx)} AS sale FROM sales s INDEXED BY sales_refund_of
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.refund_of = ${saleId} AND s.is_void = 1 AND s.seller_id = ${ctx.actor.id}`,
  );
  return row ? Refund.parse({ ...JSON.parse(row.sale), warnings: [] }) : null;
}
