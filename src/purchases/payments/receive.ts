// Records payments. A payment for a cancelled sale, or of a wrong amount, is recorded with a refund due. A payment that is
// reported twice is recorded once: the provider's id is unique, and a sale has at most one manual payment.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { findTenantIncludingClosed } from "../../auth/shops/tenants.ts";
import { attempt } from "../../platform/attempt.ts";
import { actorId, userIdOf, type ActorCtx, type Base, type Ctx } from "../../platform/context.ts";
import { requireThat, returning, type Returning, type Statement, violates } from "../../platform/d1.ts";
import { emit, numberEvents } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { logFailure } from "../../platform/log.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import {
  idempotentRequest,
  runOnceOrFind,
  selectStored,
  stopIfStored,
  storeResponse,
  type IdempotentRequest,
} from "../../idempotency/run-once.ts";
import { saleJson, saleOf, type SaleBody } from "../../sales/record.ts";
import { Sale, type PaymentMethod } from "../../sales/schema.ts";
import { settleBy } from "../../sales/settlement.ts";
import { assertMethods, BUILT_IN_METHODS, customMethodsColumn } from "../../auth/shops/payment-methods.ts";
import { openShiftId } from "../../shifts/record.ts";
import { counterChannel, shiftRequired } from "../../shifts/desk/shift-policy.ts";
import {
  cancelPaymentRequest,
  firstPayment,
  joinDetails,
  paymentTerms,
  purchaseOf,
  termsColumns,
} from "./request-payment.ts";
import { paymentJson } from "./payments.ts";
import type { ProviderName } from "./provider.ts";
import type { Purchase } from "../schema.ts";
import { readWebhook, type ReceivedPayment } from "./stripe.ts";
import { completeSale, hasChanged } from "./status.ts";

/** A value as SQL is decided within the batch; if it is NULL the batch is aborted. */
type NewPayment = {
  id: string;
  sale_id: string;
  provider: ProviderName | SQL;
  provider_ref: string | null;
  amount: number | SQL;
  currency: string;
};

const insertPayment = (ctx: Ctx, payment: NewPayment, status: "received" | "refund_due" | SQL): SQL =>
  sql`INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, actor_id, created_at)
    VALUES (${ctx.tenant.id}, ${payment.id}, ${payment.sale_id}, ${payment.provider}, ${payment.provider_ref},
      ${payment.amount}, ${payment.currency}, ${status}, ${userIdOf(ctx)}, ${ctx.now.toISOString()})`;

/** The statements that record a payment with a refund due. */
const recordRefundDue = (ctx: Ctx, payment: NewPayment, status: SQL = sql`'refund_due'`): Statement[] => [
  insertPayment(ctx, payment, status),
  emit(ctx, ctx.tenant.id, newId(), "payment.refund_due", paymentJson(ctx.tenant.id, payment.id)),
];

const isAlreadyRecorded = (error: unknown): boolean => violates(error, "payments.tenant_id");

const saleRow = paymentTerms.extend({
  status: z.string(),
  version: z.number(),
  total: z.number(),
  day: z.string(),
  payment_method: z.string().nullable(),
  coin: z.number(),
  custom: customMethodsColumn,
});

const selectSale = (ctx: Ctx, id: string): Returning<z.infer<typeof saleRow>> =>
  returning(
    saleRow,
    sql`SELECT s.status, s.version, s.total, s.day, s.payment_method, t.cash_rounding AS coin, t.payment_methods AS custom,
        ${termsColumns}
      FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id ${joinDetails}
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.kind = 'sale'`,
  );

async function readSale(ctx: Ctx, id: string): Promise<z.infer<typeof saleRow> | null> {
  const { shape, statement } = selectSale(ctx, id);
  const [sale] = await ctx.db.all(shape, statement);
  return sale ?? null;
}

/** Records a manual payment for a sale that is no longer pending, if it was cancelled; returns why it is not confirmed. */
async function recordLatePayment(ctx: ActorCtx, payment: NewPayment & { amount: number }): Promise<Problem> {
  const ifCancelled = sql`(SELECT iif(status = 'cancelled', 'refund_due', NULL) FROM sales
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${payment.sale_id})`;
  try {
    const { id, sale_id, amount } = payment;
    const after = sql`${JSON.stringify({ sale_id, amount, status: "refund_due" })}`;
    await ctx.db.batch([
      ...recordRefundDue(ctx, payment, ifCancelled),
      audit(ctx, "payment.due_back", id, { after }),
    ]);
  } catch (error) {
    if (violates(error, "payments.status"))
      return new Problem("not-confirmable", "The purchase is already paid. Refund any additional payment.");
    if (!isAlreadyRecorded(error)) throw error;
  }
  return new Problem(
    "not-confirmable",
    "The purchase was cancelled and its goods are back in stock. The payment is recorded with a refund due: see GET /payments.",
  );
}

const priceChanged = (total: number): Problem =>
  new Problem("price-changed", `The purchase was changed; its total is now ${total}.`, { total });

type Method = z.infer<typeof PaymentMethod>;

type Confirmation = {
  id: string;
  method: Method | undefined;
  expectedTotal: number | undefined;
  request: IdempotentRequest | null;
};

/**
 * Confirms that staff took the payment of a pending purchase, by this method or that of the checkout. Cash is counted in the
 * drawer of their open shift, if they have one. A purchase that staff have confirmed is returned. One round trip, unless cash is rounded
 * or a read must say why not.
 * @throws Problem not-found, not-confirmable, price-changed, no-open-shift, idempotency-mismatch
 */
export async function confirmPurchase(
  ctx: ActorCtx,
  id: string,
  method?: Method,
  key?: string,
  expectedTotal?: number,
): Promise<{ replayed: boolean; value: z.infer<typeof Purchase> }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, {
    confirm: id,
    method,
    expected_total: expectedTotal,
  });
  const confirmation = { id, method, expectedTotal, request };
  const { replayed, value } = await runOnceOrFind(
    ctx,
    request,
    Sale,
    async () =>
      (await attempt(ctx, () => confirmUnread(ctx, confirmation))) ?? confirmAsRead(ctx, confirmation),
    async (error) =>
      error instanceof Problem && error.slug === "not-confirmable" ? findConfirmed(ctx, id, method) : null,
  );
  return { replayed, value: purchaseOf(value) };
}

const builtIn = sql.join(
  BUILT_IN_METHODS.map(({ method }) => sql`${method}`),
  sql`, `,
);

/** As if the sale were pending, paid by a method of every shop and not rounded, which the batch checks. */
async function confirmUnread(
  ctx: ActorCtx,
  { id, method, expectedTotal, request }: Confirmation,
): Promise<SaleBody> {
  const tenantId = ctx.tenant.id;
  const isSale = sql`s.tenant_id = ${tenantId} AND s.id = ${id}`;
  const paidBy = method === undefined ? sql.raw("coalesce(payment_method, 'other')") : sql`${method}`;
  const isAsAssumed = sql`EXISTS (SELECT 1 FROM sales s CROSS JOIN tenants t ON t.id = s.tenant_id
    WHERE ${isSale} AND s.kind = 'sale' AND s.status = 'pending' AND s.total = ${expectedTotal ?? sql`s.total`}
      AND ${paidBy} IN (${builtIn}) AND (${paidBy} <> 'cash' OR t.cash_rounding <= 1))`;
  const ofSale = (value: SQL): SQL => sql`(SELECT ${value} FROM sales s WHERE ${isSale})`;
  const payment = {
    id: newId(),
    sale_id: id,
    provider: ofSale(sql`iif(${paidBy} = 'cash' AND ${counterChannel(ctx)} IS NULL, NULL, 'manual')`),
    provider_ref: null,
    amount: ofSale(sql`s.total`),
    currency: ctx.tenant.currency,
  };
  const terms = returning(
    paymentTerms,
    sql`SELECT ${termsColumns} FROM sales s ${joinDetails} WHERE ${isSale}`,
  );
  const named = method === undefined ? sql`` : sql`, 'payment_method', ${method}`;
  const completion = completeSale(
    ctx,
    id,
    { day: ofSale(sql`s.day`), version: sql`version` },
    sql`iif(${paidBy} = 'cash', ${openShiftId(tenantId, userIdOf(ctx))}, NULL)`,
    { method: paidBy, rounding: 0 },
  );
  const done = await ctx.db.batch([
    requireThat("confirmable", isAsAssumed),
    audit(ctx, "purchase.confirmed", id, {
      before: sql`'{"status":"pending"}'`,
      after: sql`json_object('status', 'completed', 'payment_id', ${payment.id}, 'amount', ${payment.amount}${named})`,
    }),
    insertPayment(ctx, payment, "received"),
    ...completion.statements,
    ...storeResponse(ctx.now, request, saleJson(ctx, id)),
    terms,
  ]);
  const completed = saleOf(done, completion.sale);
  numberEvents(ctx, completed.number);
  cancelPaymentRequest(ctx, completed, done.of(terms)[0] ?? firstPayment);
  return completed;
}

async function confirmAsRead(
  ctx: ActorCtx,
  { id, method, expectedTotal, request }: Confirmation,
): Promise<SaleBody> {
  const selected = selectSale(ctx, id);
  const stored = selectStored(request);
  const read = await ctx.db.batch([selected, ...stored]);
  stopIfStored(read, stored);
  const [sale] = read.of(selected);
  if (!sale) throw notFound("purchase");
  if (sale.status === "pending" && sale.total !== (expectedTotal ?? sale.total))
    throw priceChanged(sale.total);
  const paidBy = method ?? sale.payment_method ?? "other";
  assertMethods({ payment_method: paidBy }, sale.custom);
  const settlement = settleBy(paidBy, sale.total, sale.coin);
  const payment = {
    id: newId(),
    sale_id: id,
    provider: "manual",
    provider_ref: null,
    amount: sale.total + settlement.rounding,
    currency: ctx.tenant.currency,
  } as const;
  if (sale.status !== "pending") throw await recordLatePayment(ctx, payment);
  const isCash = paidBy === "cash";
  // Staff who may sell only on shift may take cash only on shift.
  const provider = isCash ? sql`iif(${counterChannel(ctx)} IS NULL, NULL, 'manual')` : "manual";
  const shift = isCash ? openShiftId(ctx.tenant.id, userIdOf(ctx)) : sql`NULL`;
  const after = {
    status: "completed",
    payment_id: payment.id,
    amount: payment.amount,
    ...(method === undefined ? {} : { payment_method: method }),
  };
  const completion = completeSale(ctx, id, sale, shift, { method: paidBy, rounding: settlement.rounding });
  try {
    const done = await ctx.db.batch([
      audit(ctx, "purchase.confirmed", id, {
        before: sql`'{"status":"pending"}'`,
        after: sql`${JSON.stringify(after)}`,
      }),
      insertPayment(ctx, { ...payment, provider }, "received"),
      ...completion.statements,
      ...storeResponse(ctx.now, request, saleJson(ctx, id)),
    ]);
    const completed = saleOf(done, completion.sale);
    numberEvents(ctx, completed.number);
    cancelPaymentRequest(ctx, completed, sale);
    return completed;
  } catch (error) {
    if (violates(error, "payments.provider")) throw shiftRequired();
    if (!hasChanged(error) && !isAlreadyRecorded(error)) throw error;
    const changed = hasChanged(error) ? await readSale(ctx, id) : null;
    // Whoever took the payment saw another total.
    throw changed?.status === "pending" ? priceChanged(changed.total) : await recordLatePayment(ctx, payment);
  }
}

const confirmedRow = z.object({ sale: z.string() });

/** The purchase as staff have confirmed it, by this method if one is given; null if it was paid otherwise or not at all. */
async function findConfirmed(
  ctx: ActorCtx,
  id: string,
  method: Method | undefined,
): Promise<SaleBody | null> {
  const [row] = await ctx.db.all(
    confirmedRow,
    sql`SELECT ${saleJson(ctx, id)} AS sale
      FROM sales s CROSS JOIN payments p INDEXED BY payments_sale ON p.tenant_id = s.tenant_id AND p.sale_id = s.id
      WHERE s.tenant_id = ${ctx.tenant.id} AND s.id = ${id} AND s.status = 'completed'
        AND p.provider = 'manual' AND p.status = 'received'
        ${method === undefined ? sql`` : sql`AND s.payment_method = ${method}`}`,
  );
  return row ? Sale.parse(JSON.parse(row.sale)) : null;
}

/** Handles a webhook of Stripe; `body` is unparsed. @throws Problem invalid-signature, unavailable */
export async function handleProviderWebhook(
  ctx: Base,
  body: string,
  signature: string | undefined,
): Promise<void> {
  const payment = readWebhook(ctx.env, body, signature);
  if (payment) ctx.db.enterShop(payment.tenantId);
  const tenant = payment ? await findTenantIncludingClosed(ctx, payment.tenantId) : null;
  if (payment && tenant) await recordPayment({ ...ctx, tenant, actor: null }, payment);
}

// Each edit by staff at the same moment costs an attempt.
const MAX_CONFLICT_RETRIES = 20;

/** Records a payment by Stripe and completes its sale; if the sale cannot be completed, a refund is due. */
export async function recordPayment(
  ctx: Ctx,
  { saleId, ref, amount, currency }: Omit<ReceivedPayment, "tenantId">,
): Promise<void> {
  const payment = {
    id: newId(),
    sale_id: saleId,
    provider: "stripe",
    provider_ref: ref,
    amount,
    currency,
  } as const;
  try {
    for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
      const sale = await readSale(ctx, saleId);
      if (!sale) return logFailure("payment", new Error("a payment refers to a sale that does not exist"));
      const isDue = sale.status === "pending" && amount === sale.total && currency === ctx.tenant.currency;
      if (!isDue) break;
      if (await completeByPayment(ctx, saleId, sale, payment)) return;
    }
    await ctx.db.batch(recordRefundDue(ctx, payment));
  } catch (error) {
    if (!isAlreadyRecorded(error)) throw error;
  }
}

/** Completes the sale as it was read; false if it was settled or edited meanwhile. */
async function completeByPayment(
  ctx: Ctx,
  saleId: string,
  sale: z.infer<typeof saleRow>,
  payment: NewPayment,
): Promise<boolean> {
  const paidBy = { method: sale.payment_method ?? "card", rounding: 0 };
  const completion = completeSale(ctx, saleId, sale, sql`NULL`, paidBy);
  try {
    const done = await ctx.db.batch([insertPayment(ctx, payment, "received"), ...completion.statements]);
    numberEvents(ctx, saleOf(done, completion.sale).number);
    return true;
  } catch (error) {
    if (hasChanged(error)) return false;
    throw error;
  }
}
