// A payment that was recorded by a wrong method is corrected while the shift that took it is open: afterwards the Z report stands.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { assertMethods, customMethodsColumn } from "../auth/shops/payment-methods.ts";
import { emit } from "../events/outbox.ts";
import {
  idempotentRequest,
  runOnceOrFind,
  selectStored,
  stopIfStored,
  storeEventResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
import { attempt } from "../platform/attempt.ts";
import type { UserCtx } from "../platform/context.ts";
import { requireThat, returning, sqlBoolean, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import { getSale } from "./history.ts";
import { markDaysForRebuild, returningSale, saleJson, saleOf, type SaleBody } from "./record.ts";
import { type PaymentCorrection, Sale } from "./schema.ts";
import { settle, singleMethod, type Settlement } from "./settlement.ts";

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
 * already is returned. One round trip, unless cash is rounded or a read must say why not.
 * @throws Problem not-found, payments-not-correctable, payments-mismatch, invalid, idempotency-mismatch
 */
export async function correctPayments(
  ctx: UserCtx,
  saleId: string,
  input: Correction,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { correct: saleId, ...input });
  return runOnceOrFind(
    ctx,
    request,
    Sale,
    async () =>
      (await attempt(ctx, () => correctUnread(ctx, saleId, input, request))) ??
      correctAsRead(ctx, saleId, input, request),
    async (error) => (error === unchanged ? getSale(ctx, saleId) : null),
  );
}

const unchanged = new Error("the sale has these payments already");

const ofSale = (ctx: UserCtx, saleId: string): SQL =>
  sql`s.tenant_id = ${ctx.tenant.id} AND s.id = ${saleId}`;

const isVoided = (
  ctx: UserCtx,
  saleId: string,
): SQL => sql`EXISTS (SELECT 1 FROM sales v INDEXED BY sales_refund_of
  WHERE v.tenant_id = ${ctx.tenant.id} AND v.refund_of = ${saleId} AND v.is_void = 1)`;

const paymentsOf = (ctx: UserCtx, saleId: string): SQL =>
  sql`(SELECT json_group_array(json_object('method', method, 'amount', amount, 'tendered', tendered)
    ORDER BY payment_no) FROM sale_payments WHERE tenant_id = ${ctx.tenant.id} AND sale_id = ${saleId})`;

/** As if the payments were of this sale and its cash were not rounded, which the batch checks. */
async function correctUnread(
  ctx: UserCtx,
  saleId: string,
  input: Correction,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  assertMethods(input, []);
  const total = input.payments.reduce((sum, { amount }) => sum + amount, 0);
  const settlement = settle(input.payments, total, 1);
  const isRounded = input.payments.some(({ method }) => method === "cash")
    ? sql`t.cash_rounding > 1`
    : sql`false`;
  const isTheirs = ctx.actor.role === "ADMIN" ? sql`true` : sql`s.seller_id = ${ctx.actor.id}`;
  const isAsAssumed = sql`EXISTS (SELECT 1 FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id
    WHERE ${ofSale(ctx, saleId)} AND s.kind = 'sale' AND s.status = 'completed' AND s.total = ${total} AND ${isTheirs}
      AND NOT ${isRounded} AND ${paymentsOf(ctx, saleId)} <> ${JSON.stringify(settlement.payments)})`;
  return record(ctx, saleId, input.reason, settlement, request, [requireThat("correctable", isAsAssumed)]);
}

async function correctAsRead(
  ctx: UserCtx,
  saleId: string,
  input: Correction,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const selected = returning(
    saleRow,
    sql`SELECT s.kind, s.status, s.seller_id, h.status AS shift_status, s.total, ${paymentsOf(ctx, saleId)} AS payments,
        ${isVoided(ctx, saleId)} AS is_voided, t.cash_rounding AS coin, t.payment_methods AS custom
      FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN shifts h ON h.tenant_id = s.tenant_id AND h.id = s.shift_id WHERE ${ofSale(ctx, saleId)}`,
  );
  const stored = selectStored(request);
  const read = await ctx.db.batch([selected, ...stored]);
  stopIfStored(read, stored);
  const [sale] = read.of(selected);
  if (!sale) throw notFound("sale");
  if (sale.kind !== "sale" || sale.status !== "completed")
    throw notCorrectable("Only the payments of a completed sale can be corrected.");
  if (sale.seller_id !== ctx.actor.id && ctx.actor.role !== "ADMIN")
    throw notCorrectable("Only the seller or an ADMIN can correct the payments of a sale.");
  assertMethods(input, sale.custom);
  const settlement = settle(input.payments, sale.total, sale.coin);
  if (JSON.stringify(settlement.payments) === sale.payments) throw unchanged;
  if (sale.shift_status !== "OPEN" || sale.is_voided) throw tooLate();
  return record(ctx, saleId, input.reason, settlement, request).catch((error: unknown) => {
    throw violates(error, "sale_payments.method") ? tooLate() : error;
  });
}

/** Replaces the payments, unless the shift of the sale is closed or the sale is voided: then the method is NULL, which rejects the batch. */
async function record(
  ctx: UserCtx,
  saleId: string,
  reason: string,
  { payments, rounding }: Settlement,
  request: IdempotentRequest | null,
  conditions: SQL[] = [],
): Promise<SaleBody> {
  const tenantId = ctx.tenant.id;
  const eventId = newId();
  const corrected = returningSale(
    emit(ctx, tenantId, eventId, "sale.payments_corrected", saleJson(ctx, saleId)),
  );
  const isOpen = sql`EXISTS (SELECT 1 FROM sales s CROSS JOIN shifts h ON h.tenant_id = s.tenant_id AND h.id = s.shift_id
    WHERE ${ofSale(ctx, saleId)} AND h.status = 'OPEN' AND NOT ${isVoided(ctx, saleId)})`;
  const done = await ctx.db.batch([
    ...conditions,
    audit(ctx, "sale.payments_corrected", saleId, {
      before: sql`json_object('payments', json(${paymentsOf(ctx, saleId)}))`,
      after: sql`${JSON.stringify({ reason, payments })}`,
    }),
    sql`DELETE FROM sale_payments WHERE tenant_id = ${tenantId} AND sale_id = ${saleId}`,
    sql`INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount, tendered)
      SELECT ${tenantId}, ${saleId}, key + 1, iif(${isOpen}, value ->> 'method', NULL), value ->> 'amount', value ->> 'tendered'
      FROM json_each(${JSON.stringify(payments)})`,
    sql`UPDATE sales SET payment_method = ${singleMethod(payments)}, rounding = CAST(${rounding} AS INTEGER)
      WHERE tenant_id = ${tenantId} AND id = ${saleId}`,
    ...markDaysForRebuild(
      tenantId,
      sql`(SELECT json_array(s.day) FROM sales s WHERE ${ofSale(ctx, saleId)})`,
    ),
    corrected,
    ...storeEventResponse(ctx.now, request, eventId),
  ]);
  return saleOf(done, corrected);
}

const tooLate = (): Problem =>
  notCorrectable(
    "The shift that took the payments is closed, the sale was made without one, or it was voided.",
  );
