// A refund is a sale of kind 'refund' that refers to the refunded sale. A CHECK on each line keeps refunds within what was
// sold: a concurrent refund of the same line makes the batch fail, and the refund is computed again.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { assertMethods, customMethodsColumn } from "../auth/shops/payment-methods.ts";
import { actorId, userIdOf, type ActorCtx } from "../platform/context.ts";
import { returning, violates, violatesForeignKey } from "../platform/d1.ts";
import { type Fault, invalid, notFound, Problem } from "../platform/problem.ts";
import {
  type IdempotentRequest,
  idempotentRequest,
  type Replayable,
  runOnce,
  selectStored,
  stopIfStored,
} from "../idempotency/run-once.ts";
import { isWholeEnough, itemsInUnits } from "../values/quantities.ts";
import { openShiftId } from "../shifts/record.ts";
import {
  counterChannel,
  violatesShiftPolicy,
  requireShift,
  selectShiftPolicy,
  shiftRequired,
} from "../shifts/desk/shift-policy.ts";
import { hasOtherUnit, readRefundable, type RefundableSale } from "./refundable.ts";
import { recordRefund } from "./record-refund.ts";
import { allocateRefund, defaultPayments } from "./refund-amounts.ts";
import { type NewRefund, Refund } from "./schema.ts";
import type { RefundBody } from "./refund-statements.ts";
import { settle, settleBy, type Settlement } from "./settlement.ts";

type RefundInput = z.infer<typeof NewRefund>;

const MAX_CONFLICT_RETRIES = 20;

/**
 * Refunds a sale, whole or in part; over the counter it belongs to the shift that makes it, not to the shift that sold.
 * @throws Problem not-found, no-open-shift, not-refundable, invalid, refund-exceeds-sale, payments-mismatch, conflict
 */
export async function refundSale(
  ctx: ActorCtx,
  saleId: string,
  input: RefundInput,
  key: string | undefined,
): Promise<Replayable<RefundBody>> {
  const content = { saleId, ...input, items: itemsInUnits(input.items) };
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, content);
  return runOnce(ctx, request, Refund, async () => {
    for (let attempt = 1; attempt <= MAX_CONFLICT_RETRIES; attempt += 1) {
      const { sale, isOnline, coin } = await readToRefund(ctx, saleId, input, request);
      const lines = allocateRefund(sale.lines, input.items);
      if (input.restock && lines.some(({ line }) => hasOtherUnit(line))) throw notRestockable();
      const total = lines.reduce((sum, { subtotal }) => sum + subtotal, 0);
      const shiftId = isOnline ? sql`NULL` : openShiftId(ctx.tenant.id, userIdOf(ctx));
      try {
        return await recordRefund(ctx, saleId, request, {
          lines,
          ...settleRefund(input, sale, total, coin),
          payment_state: sale.payment_state,
          is_order: sale.channel === "online",
          reason: input.reason,
          restock: input.restock,
          channel: isOnline ? sql`'online'` : counterChannel(ctx),
          shift_id: shiftId,
        });
      } catch (error) {
        if (violatesShiftPolicy(error)) throw shiftRequired();
        // The undo of an import may have deleted the sale since it was read.
        if (violatesForeignKey(error)) continue;
        if (!violates(error, "sale_lines_refunded")) throw error;
        // Concurrent refunds that collided once should not collide again.
        await scheduler.wait(Math.random() * 10 * attempt);
      }
    }
    throw new Problem("conflict", "The sale is being refunded concurrently: send the request again.");
  });
}

const notRestockable = (): Problem =>
  invalid([
    {
      pointer: "#/restock",
      detail: "a product is now counted in another unit: refund it without restock, then count its stock",
    },
  ]);

const shopRow = z.object({ cash_rounding: z.number(), payment_methods: customMethodsColumn });

/** Reads the sale and checks that it can be refunded like this. A refund is online where the sale was and no cash is paid back. */
async function readToRefund(
  ctx: ActorCtx,
  saleId: string,
  input: RefundInput,
  request: IdempotentRequest | null,
) {
  const shiftPolicy = selectShiftPolicy(ctx);
  const shop = returning(
    shopRow,
    sql`SELECT cash_rounding, payment_methods FROM tenants WHERE id = ${ctx.tenant.id}`,
  );
  const stored = selectStored(request);
  const { sale, done } = await readRefundable(ctx, saleId, [shiftPolicy, shop, ...stored]);
  stopIfStored(done, stored);
  if (!sale) throw notFound("sale");
  const methods = methodsOf(input) ?? sale.payments.map(({ method }) => method);
  const isOnline = sale.channel === "online" && !methods.includes("cash");
  if (!isOnline) requireShift(done.of(shiftPolicy));
  if (sale.kind !== "sale" || sale.status !== "completed")
    throw new Problem(
      "not-refundable",
      `Only completed sales can be refunded; this is a ${sale.status} ${sale.kind}.`,
    );
  const [terms] = done.of(shop);
  if (!terms) throw new Error("the shop does not exist");
  assertInput(input, sale, terms.payment_methods);
  return { sale, isOnline, coin: terms.cash_rounding };
}

const methodsOf = ({ payment_method, payments }: RefundInput): string[] | undefined =>
  payment_method === undefined ? payments?.map(({ method }) => method) : [payment_method];

type CustomMethods = z.infer<typeof customMethodsColumn>;

function assertInput(input: RefundInput, sale: RefundableSale, custom: CustomMethods): void {
  assertMethods(input, custom);
  const faults: Fault[] = [];
  // The report of the shift must tell whether the money left the drawer.
  if (sale.payments.length === 0 && methodsOf(input) === undefined)
    faults.push({ pointer: "#/payment_method", detail: "is required: the sale has none" });
  if (sale.channel === "online" && (input.payments?.length ?? 1) > 1)
    faults.push({ pointer: "#/payments", detail: "an online sale is paid back by one method" });
  for (const [index, { product_id, quantity }] of input.items.entries()) {
    const unit = sale.lines.find((line) => line.product_id === product_id)?.unit ?? "piece";
    if (!isWholeEnough(unit, quantity))
      faults.push({
        pointer: `#/items/${index}/quantity`,
        detail: "must be whole: it was sold by the piece",
      });
  }
  if (faults.length > 0) throw invalid(faults);
}

/** How the total of a refund is paid back, as positive amounts. @throws Problem payments-mismatch */
function settleRefund(
  { payment_method, payments }: RefundInput,
  sale: RefundableSale,
  total: number,
  coin: number,
): Settlement {
  const back = { due: sale.cash_due, paid: sale.cash_paid };
  if (payment_method !== undefined) return settleBy(payment_method, total, coin, back);
  if (payments) return settle(payments, total, coin, back);
  const byDefault = defaultPayments(sale.payments, total);
  const [only] = byDefault;
  return byDefault.length === 1 && only
    ? settleBy(only.method, total, coin, back)
    : settle(byDefault, total, coin, back);
}
