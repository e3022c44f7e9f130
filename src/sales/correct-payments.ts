// A payment that was recorded by a wrong method is corrected while the shift that took it is open: afterwards the Z report stands.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { assertMethods, customMethodsColumn } from "../auth/shops/payment-methods.ts";
import { emit } from "../events/outbox.ts";
import {
  idempotentRequest,
  runOnceOrFind,
  storeEventResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
import type { ActorCtx } from "../platform/context.ts";
import { sqlBoolean, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import { getSale } from "./history.ts";
import { markDaysForRebuild, returningSale, saleJson, saleOf, type SaleBody } from "./record.ts";
import { type PaymentCorrection, Sale } from "./schema.ts";
import { settle, singleMethod } from "./settlement.ts";

type Correction = z.infer<typeof PaymentCorrection>;

const notCorrectable = (detail: string): Problem => new Problem("payments-not-correctable", detail);

const saleRow = z.object({
  kind: z.string(),
  status: z.string(),
  seller_id: z.string().nullable(),
  shift_status: z.string().nullable(),
  total: z.number(),
  payments: z.string(),
  is_voided: sqlBoolean,
  coin: z.number(),
  custom: customMethodsColumn,
});

/**
 * Replaces the payments of a sale of the actor's open shift, or for an ADMIN of any open shift. A sale that has these payments
 * already is returned. Two round trips.
 * @throws Problem not-found, payments-not-correctable, payments-mismatch, invalid, idempotency-mismatch
 */
export async function correctPayments(
  ctx: ActorCtx,
  saleId: string,
  input: Correction,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { correct: saleId, ...input });
  return runOnceOrFind(
    ctx,
    request,
    Sale,
    () => correct(ctx, saleId, input, request),
    async (error) => (error === unchanged ? getSale(ctx, saleId) : null),
  );
}

const unchanged = new Error("the sale has these payments already");

async function correct(
  ctx: ActorCtx,
  saleId: string,
  input: Correction,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const tenantId = ctx.tenant.id;
  const isSale = sql`s.tenant_id = ${tenantId} AND s.id = ${saleId}`;
  const isVoided = sql`EXISTS (SELECT 1 FROM sales v INDEXED BY sales_refund_of
    WHERE v.tenant_id = ${tenantId} AND v.refund_of = ${saleId} AND v.is_void = 1)`;
  const paymentsOf = sql`(SELECT json_group_array(json_object('method', method, 'amount', amount, 'tendered', tendered)
    ORDER BY payment_no) FROM sale_payments WHERE tenant_id = ${tenantId} AND sale_id = ${saleId})`;
  const [sale] = await ctx.db.all(
    saleRow,
    sql`SELECT s.kind, s.status, s.seller_id, h.status AS shift_status, s.total, ${paymentsOf} AS payments,
        ${isVoided} AS is_voided, t.cash_rounding AS coin, t.payment_methods AS custom
      FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN shifts h ON h.tenant_id = s.tenant_id AND h.id = s.shift_id WHERE ${isSale}`,
  );
  if (!sale) throw notFound("sale");
  if (sale.kind !== "sale" || sale.status !== "completed")
    throw notCorrectable("Only the payments of a completed sale can be corrected.");
  if (sale.seller_id !== ctx.actor.id && ctx.actor.role !== "ADMIN")
    throw notCorrectable("Only the seller or an ADMIN can correct the payments of a sale.");
  assertMethods(input, sale.custom);
  const { payments, rounding } = settle(input.payments, sale.total, sale.coin);
  if (JSON.stringify(payments) === sale.payments) throw unchanged;
  if (sale.shift_status !== "OPEN" || sale.is_voided) throw tooLate();
  const eventId = newId();
  const corrected = returningSale(
    emit(ctx, tenantId, eventId, "sale.payments_corrected", saleJson(ctx, saleId)),
  );
  // The method is NULL, which rejects the batch, once the shift of the sale is closed or the sale is voided.
  const isOpen = sql`EXISTS (SELECT 1 FROM sales s CROSS JOIN shifts h ON h.tenant_id = s.tenant_id AND h.id = s.shift_id
    WHERE ${isSale} AND h.status = 'OPEN' AND NOT ${isVoided})`;
  try {
    const done = await ctx.db.batch([
      audit(ctx, "sale.payments_corrected", saleId, {
        before: sql`json_object('payments', json(${paymentsOf}))`,
        after: sql`${JSON.stringify({ reason: input.reason, payments })}`,
      }),
      sql`DELETE FROM sale_payments WHERE tenant_id = ${tenantId} AND sale_id = ${saleId}`,
      sql`INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount, tendered)
        SELECT ${tenantId}, ${saleId}, key + 1, iif(${isOpen}, value ->> 'method', NULL), value ->> 'amount', value ->> 'tendered'
        FROM json_each(${JSON.stringify(payments)})`,
      sql`UPDATE sales SET payment_method = ${singleMethod(payments)}, rounding = CAST(${rounding} AS INTEGER)
        WHERE tenant_id = ${tenantId} AND id = ${saleId}`,
      ...markDaysForRebuild(tenantId, sql`(SELECT json_array(s.day) FROM sales s WHERE ${isSale})`),
      corrected,
      ...storeEventResponse(ctx.now, request, eventId),
    ]);
    return saleOf(done, corrected);
  } catch (error) {
    throw violates(error, "sale_payments.method") ? tooLate() : error;
  }
}

const tooLate = (): Problem =>
  notCorrectable(
    "The shift that took the payments is closed, the sale was made without one, or it was voided.",
  );
