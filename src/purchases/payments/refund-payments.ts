// Money that goes back. That it is due is in the batch that made it so; the provider is asked after the commit, under the id
// of what is due, so it may be asked again: after a crash, by the sweep, by staff, by two at once. Only what was given back
// is marked so, by compare and set; a failure is written down, and what failed too often waits for staff.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { ActorCtx, Base, EventRef } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { emit } from "../../events/outbox.ts";
import { newId } from "../../values/ids.ts";
import { logFailure } from "../../platform/log.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { fromPayments, paymentColumns, paymentJson } from "./payments.ts";
import { providerNamed } from "./providers.ts";
import { Payment } from "../schema.ts";

type PaymentBody = z.infer<typeof Payment>;

// Seconds from a failed attempt to the next. Stripe repeats its refusals for a day: the last one is asked anew.
const BACKOFF_S = [60, 10 * 60, 3600, 6 * 3600, 25 * 3600];

const dueRow = Payment.extend({
  tenant_id: z.string(),
  paid_ref: z.string().nullable(),
  part: z.number().nullable(),
});

type Due = z.infer<typeof dueRow>;

const selectPayments = (where: SQL): SQL =>
  sql`SELECT ${paymentColumns}, p.tenant_id, iif(s.kind = 'refund', p.amount, NULL) AS part,
      iif(s.kind = 'refund', (SELECT paid.provider_ref FROM payments paid INDEXED BY payments_sale
        WHERE paid.tenant_id = p.tenant_id AND paid.sale_id = s.refund_of AND paid.provider = p.provider
          AND paid.status = 'received'), p.provider_ref) AS paid_ref
    ${fromPayments} WHERE ${where}`;

// Longer ones are of no use to anybody.
const ERROR_LENGTH = 500;

const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : "it failed").slice(0, ERROR_LENGTH);

/**
 * Gives it back and marks it, with what is `told` of it; where the provider fails, that is written down and its words are
 * answered. One round trip.
 */
async function giveBack(ctx: Base, due: Due, told: SQL[] = []): Promise<string | null> {
  const isThis = sql`tenant_id = ${due.tenant_id} AND id = ${due.id}`;
  try {
    await providerNamed(due.provider).giveBack(ctx.env, due);
  } catch (error) {
    logFailure(`refund by ${due.provider}`, error);
    const words = wordsOf(error);
    const wait = due.retry_at === null ? undefined : BACKOFF_S[due.attempts];
    const retryAt = wait === undefined ? null : new Date(ctx.now.getTime() + wait * 1000).toISOString();
    await ctx.db
      .run(sql`UPDATE payments SET attempts = attempts + 1, last_error = ${words}, retry_at = ${retryAt}
        WHERE ${isThis} AND status = 'refund_due' AND attempts = CAST(${due.attempts} AS INTEGER)`);
    return words;
  }
  await ctx.db.batch([
    sql`UPDATE payments SET status = CASE WHEN status = 'refund_due' THEN 'refunded' END, last_error = NULL, retry_at = NULL
      WHERE ${isThis}`,
    ...told,
    emit(ctx, due.tenant_id, newId(), "payment.refunded", paymentJson(due.tenant_id, due.id)),
  ]);
  return null;
}

/** Whether somebody else gave it back at this moment; the provider did it once. */
const isGivenBack = (error: unknown): boolean => violates(error, "payments.status");

const notDue = (): Problem => new Problem("not-refundable", "Nothing of this payment is due back.");

/** Gives back a payment that is due back; by hand it is staff who do. @throws Problem not-found, not-refundable, unavailable */
export async function refundPayment(ctx: ActorCtx, id: string): Promise<PaymentBody> {
  const one = selectPayments(sql`p.tenant_id = ${ctx.tenant.id} AND p.id = ${id}`);
  const [payment] = await ctx.db.all(dueRow, one);
  if (!payment) throw notFound("payment");
  if (payment.status !== "refund_due") throw notDue();
  const told = audit(ctx, "payment.given_back", id, {
    before: sql`'{"status":"refund_due"}'`,
    after: sql`${JSON.stringify({ status: "refunded", amount: payment.amount })}`,
  });
  const failure = await giveBack(ctx, payment, [told]).catch((error: unknown) => {
    throw isGivenBack(error) ? notDue() : error;
  });
  if (failure !== null) throw new Problem("unavailable", `It could not be given back: ${failure}`);
  return { ...payment, status: "refunded", last_error: null, retry_at: null };
}

/** Together, for each waits for another machine; what fails must not keep the others. */
async function giveAllBack(ctx: Base, due: Due[]): Promise<void> {
  const tries = due.map((each) =>
    giveBack(ctx, each).catch((error: unknown) => {
      if (!isGivenBack(error)) logFailure("refund", error);
    }),
  );
  await Promise.all(tries);
}

/** The first attempt for a refund that was just committed; the sweep repeats what fails. */
export async function refundAtProvider(ctx: Base, event: EventRef): Promise<void> {
  const due = await ctx.db.all(
    dueRow,
    selectPayments(sql`p.tenant_id = ${event.tenant_id} AND p.status = 'refund_due' AND p.attempts = 0 AND p.id =
      (SELECT payload ->> 'id' FROM events WHERE tenant_id = ${event.tenant_id} AND id = ${event.event_id})`),
  );
  await giveAllBack(ctx, due);
}

// Each may wait some 20 s for a provider that is down; what is left waits for the next minute.
const A_SWEEP = 30;

/** Tries again what is due back in all shops; a job of each minute. */
export async function retryDueRefunds(ctx: Base): Promise<void> {
  const due = await ctx.db.all(
    dueRow,
    sql`${selectPayments(sql`p.retry_at <= ${ctx.now.toISOString()} AND p.status = 'refund_due'`)}
      ORDER BY p.retry_at LIMIT ${A_SWEEP}`,
  );
  await giveAllBack(ctx, due);
}
