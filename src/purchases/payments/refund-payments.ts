// Refunds of payments. The batch that makes a refund due records it; the provider is called after the commit, under the id of
// that record, so the call can be repeated by the job of each minute, by staff, or twice at once. A refund is marked as done by
// compare-and-set. A failure is recorded, and after too many the refund waits for staff.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { actorId, type ActorCtx, type Base, type EventRef } from "../../platform/context.ts";
import { returning, violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { again } from "../../platform/sweeps.ts";
import { newId } from "../../values/ids.ts";
import { logFailure } from "../../platform/log.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import {
  idempotentRequest,
  runOnceOrFind,
  selectStored,
  stopIfStored,
  storeResponse,
} from "../../idempotency/run-once.ts";
import { fromPayments, paymentColumns, paymentJson } from "./payments.ts";
import type { RefundRequest } from "./provider.ts";
import { providerNamed } from "./providers.ts";
import { Payment } from "../schema.ts";

type PaymentBody = z.infer<typeof Payment>;

// Seconds between attempts. Stripe repeats a rejection under the same idempotency key for a day: the last attempt is later.
const BACKOFF_S = [60, 10 * 60, 3600, 6 * 3600, 25 * 3600];

const dueRow = Payment.extend({
  tenant_id: z.string(),
  payment_ref: z.string().nullable(),
  is_whole_payment: z.number().transform(Boolean),
});

type DueRefund = z.infer<typeof dueRow>;

const selectPayments = (where: SQL): SQL =>
  sql`SELECT ${paymentColumns}, p.tenant_id, s.kind <> 'refund' AS is_whole_payment,
      iif(s.kind = 'refund', (SELECT paid.provider_ref FROM payments paid INDEXED BY payments_sale
        WHERE paid.tenant_id = p.tenant_id AND paid.sale_id = s.refund_of AND paid.provider = p.provider
          AND paid.status = 'received'), p.provider_ref) AS payment_ref
    ${fromPayments} WHERE ${where}`;

const MAX_ERROR_LENGTH = 500;

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : "unknown error").slice(0, MAX_ERROR_LENGTH);

/** The condition on the row of a refund. */
const isRefund = ({ tenant_id, id }: DueRefund): SQL => sql`tenant_id = ${tenant_id} AND id = ${id}`;

/** Records a failed attempt and when the next one is due, unless another attempt was recorded meanwhile. */
async function recordFailure(ctx: Base, due: DueRefund, message: string): Promise<void> {
  const wait = due.retry_at === null ? undefined : BACKOFF_S[due.attempts];
  const retryAt = wait === undefined ? null : new Date(ctx.now.getTime() + wait * 1000).toISOString();
  await ctx.db
    .run(sql`UPDATE payments SET attempts = attempts + 1, last_error = ${message}, retry_at = ${retryAt}
      WHERE ${isRefund(due)} AND status = 'refund_due' AND attempts = CAST(${due.attempts} AS INTEGER)`);
}

type Refunded = Pick<PaymentBody, "status" | "refunded"> & { amount: number };

/** The refund as its provider knows it. Its id names the state that it starts from, so two refunds of one state are one. */
function requestOf(due: DueRefund, amount: number): RefundRequest {
  const left = due.amount - due.refunded;
  const isAll = due.is_whole_payment && amount === left;
  return {
    id: due.refunded === 0 ? due.id : `${due.id}:${due.refunded}`,
    payment_ref: due.payment_ref,
    partial_amount: isAll ? null : amount,
    currency: due.currency,
  };
}

/**
 * Refunds an amount at the provider and records it, together with `additional` statements; by default all that is due. If the
 * provider fails, the failure is recorded and its message returned. One round trip.
 */
async function refund(
  ctx: Base,
  due: DueRefund,
  amount = due.amount - due.refunded,
  additional: (refunded: Refunded) => SQL[] = () => [],
): Promise<Refunded | { failure: string }> {
  let earlier: number | null;
  try {
    earlier = await providerNamed(due.provider).refundPayment(ctx.env, requestOf(due, amount));
  } catch (error) {
    logFailure(`refund by ${due.provider}`, error);
    const failure = messageOf(error);
    await recordFailure(ctx, due, failure);
    return { failure };
  }
  const returned = Math.min(earlier ?? amount, due.amount - due.refunded);
  const total = due.refunded + returned;
  const status = total === due.amount ? "refunded" : "refund_due";
  const refunded = { status, refunded: total, amount: returned } as const;
  await ctx.db.batch([
    sql`UPDATE payments SET refunded_amount = CAST(${total} AS INTEGER), last_error = NULL, retry_at = NULL,
        status = CASE WHEN status = 'refund_due' AND refunded_amount = ${due.refunded} THEN ${status} END
      WHERE ${isRefund(due)}`,
    ...additional(refunded),
    emit(ctx, due.tenant_id, newId(), "payment.refunded", paymentJson(due.tenant_id, due.id)),
  ]);
  return refunded;
}

/** Whether a concurrent attempt marked the refund as done; the provider refunded once. */
const isAlreadyRefunded = (error: unknown): boolean => violates(error, "payments.status");

const notDue = (): Problem => new Problem("not-refundable", "This payment has no refund due.");

const exceedsDue = (due: number): Problem =>
  new Problem("not-refundable", `Only ${due} of this payment is due for a refund: send at most that.`, {
    due,
  });

/** Checks the amount of a partial refund. @throws Problem not-refundable, invalid */
function checkAmount({ provider, currency, ...due }: DueRefund, amount: number): void {
  const left = due.amount - due.refunded;
  if (amount > left) throw exceedsDue(left);
  const unit = providerNamed(provider).minimumUnit(currency);
  if (amount % unit !== 0)
    throw invalid([{ pointer: "#/amount", detail: `must be a multiple of ${unit} at this provider` }]);
}

/**
 * Refunds a payment whose refund is due, or an amount of it; staff return a manual payment themselves. A payment that is
 * already refunded is returned if the request names no amount or all of it.
 * @throws Problem not-found, not-refundable, invalid, unavailable, idempotency-mismatch
 */
export async function refundPayment(
  ctx: ActorCtx,
  id: string,
  amount: number | undefined,
  key: string | undefined,
): Promise<{ replayed: boolean; value: PaymentBody }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { refund: id, amount });
  let settled: PaymentBody | undefined;
  const change = async (): Promise<PaymentBody> => {
    const selected = returning(dueRow, selectPayments(sql`p.tenant_id = ${ctx.tenant.id} AND p.id = ${id}`));
    // The provider is called before the batch, which would be too late to find the key.
    const stored = selectStored(request);
    const done = await ctx.db.batch([selected, ...stored]);
    stopIfStored(done, stored);
    const [payment] = done.of(selected);
    if (!payment) throw notFound("payment");
    if (payment.status !== "refund_due") {
      settled = Payment.parse(payment);
      throw notDue();
    }
    if (amount !== undefined) checkAmount(payment, amount);
    const after = ({ status, refunded }: Refunded): PaymentBody =>
      Payment.parse({ ...payment, status, refunded, last_error: null, retry_at: null });
    const result = await refund(ctx, payment, amount, (refunded) => [
      audit(ctx, "payment.given_back", id, {
        before: sql`'{"status":"refund_due"}'`,
        after: sql`${JSON.stringify({ status: refunded.status, amount: refunded.amount })}`,
      }),
      ...storeResponse(ctx.now, request, JSON.stringify(after(refunded))),
    ]).catch((error: unknown) => {
      throw isAlreadyRefunded(error) ? notDue() : error;
    });
    if ("failure" in result)
      throw new Problem("unavailable", `The provider could not refund the payment: ${result.failure}`);
    return after(result);
  };
  // All of it is refunded, and the request names no other sum.
  const isAsRequested = (payment: PaymentBody): boolean =>
    payment.status === "refunded" && (amount ?? payment.amount) === payment.amount;
  return runOnceOrFind(ctx, request, Payment, change, async (error) => {
    if (!(error instanceof Problem && error.slug === "not-refundable")) return null;
    const payment = settled ?? (await findPayment(ctx, id));
    return payment && isAsRequested(payment) ? payment : null;
  });
}

async function findPayment(ctx: ActorCtx, id: string): Promise<PaymentBody | null> {
  const [payment] = await ctx.db.all(
    Payment,
    selectPayments(sql`p.tenant_id = ${ctx.tenant.id} AND p.id = ${id}`),
  );
  return payment ?? null;
}

/** Refunds in parallel; a failure of one does not affect the others. */
async function refundAll(ctx: Base, due: DueRefund[]): Promise<void> {
  const attempts = due.map((each) =>
    refund(ctx, each).catch((error: unknown) => {
      if (!isAlreadyRefunded(error)) logFailure("refund", error);
    }),
  );
  await Promise.all(attempts);
}

/** The first attempt for a refund that was just committed; the job of each minute repeats what fails. */
export async function refundAtProvider(ctx: Base, event: EventRef): Promise<void> {
  const due = await ctx.db.all(
    dueRow,
    selectPayments(sql`p.tenant_id = ${event.tenant_id} AND p.status = 'refund_due' AND p.attempts = 0 AND p.id =
      (SELECT payload ->> 'id' FROM events WHERE tenant_id = ${event.tenant_id} AND id = ${event.event_id})`),
  );
  await refundAll(ctx, due);
}

// Each may wait some 20 s for a provider that is down.
const REFUNDS_PER_PAGE = 30;

/** Repeats due refunds of all shops, each of which is due later if it fails; a page of a sweep. */
export async function retryDueRefunds(ctx: Base): Promise<string | null> {
  const due = await ctx.db.all(
    dueRow,
    sql`${selectPayments(sql`p.retry_at <= ${ctx.now.toISOString()} AND p.status = 'refund_due'`)}
      ORDER BY p.retry_at LIMIT ${REFUNDS_PER_PAGE}`,
  );
  await refundAll(ctx, due);
  return again(due.length === REFUNDS_PER_PAGE);
}
