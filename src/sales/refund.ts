// A refund is a sale of kind 'refund' that refers to the refunded sale. A CHECK on each line keeps refunds within what was
// sold: a concurrent refund of the same line makes the batch fail, and the refund is computed again. The refunds of a line
// add up to its subtotal exactly, however it is split.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { returning, violates } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { invalid, notFound, Problem } from "../platform/problem.ts";
import { idempotentRequest, runOnce, type IdempotentRequest } from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { divideRound } from "../values/money.ts";
import { closeAlerts } from "../shifts/activity/alerts.ts";
import { openShiftId } from "../shifts/record.ts";
import {
  counterChannel,
  violatesShiftPolicy,
  requireShift,
  selectShiftPolicy,
  shiftRequired,
} from "../shifts/desk/shift-policy.ts";
import {
  saleJson,
  markDaysDirty,
  returningSale,
  saleLineColumns,
  saleOf,
  type SaleBody,
  storeSaleResponse,
} from "./record.ts";
import { type NewRefund, Sale, SaleLine } from "./schema.ts";

type RefundInput = z.infer<typeof NewRefund>;
type Line = z.infer<typeof SaleLine>;

const MAX_CONFLICT_RETRIES = 20;

/**
 * Refunds a sale, whole or in part; over the counter it belongs to the shift that makes it, not to the shift that sold.
 * @throws Problem not-found, no-open-shift, not-refundable, invalid, refund-exceeds-sale, conflict
 */
export async function refundSale(
  ctx: ActorCtx,
  saleId: string,
  input: RefundInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { saleId, ...input });
  return runOnce(ctx, request, Sale, async () => {
    for (let attempt = 1; attempt <= MAX_CONFLICT_RETRIES; attempt += 1) {
      const { lines, channel } = await readRefundable(ctx, saleId, input.payment_method);
      try {
        return await record(ctx, saleId, input, channel, allocate(lines, input.items), request);
      } catch (error) {
        if (violatesShiftPolicy(error)) throw shiftRequired();
        if (!violates(error, "sale_lines_refunded")) throw error;
        // Concurrent refunds that collided once should not collide again.
        await scheduler.wait(Math.random() * 10 * attempt);
      }
    }
    throw new Problem("conflict", "The sale is being refunded concurrently: send the request again.");
  });
}

/** A refund is online where the sale was and the money is not paid back in cash. */
type RefundChannel = "counter" | "online";

const refundableRow = z.object({
  kind: z.string(),
  status: z.string(),
  channel: z.string(),
  payment_method: z.string().nullable(),
});

async function readRefundable(
  ctx: ActorCtx,
  saleId: string,
  method: RefundInput["payment_method"],
): Promise<{ lines: Line[]; channel: RefundChannel }> {
  const inTenant = sql`tenant_id = ${ctx.tenant.id}`;
  const shiftPolicy = selectShiftPolicy(ctx);
  const head = returning(
    refundableRow,
    sql`SELECT kind, status, channel, payment_method FROM sales WHERE ${inTenant} AND id = ${saleId}`,
  );
  const lines = returning(
    SaleLine,
    sql`SELECT ${saleLineColumns} FROM sale_lines WHERE ${inTenant} AND sale_id = ${saleId} ORDER BY line_no`,
  );
  const done = await ctx.db.batch([shiftPolicy, head, lines]);
  const [sale] = done.of(head);
  if (!sale) throw notFound("sale");
  const isOnline = sale.channel === "online" && (method ?? sale.payment_method) !== "cash";
  if (!isOnline) requireShift(done.of(shiftPolicy));
  if (sale.kind !== "sale" || sale.status !== "completed")
    throw new Problem(
      "not-refundable",
      `Only completed sales can be refunded; this is a ${sale.status} ${sale.kind}.`,
    );
  // The report of the shift must tell whether the money left the drawer.
  if (sale.payment_method === null && method === undefined)
    throw invalid([{ pointer: "#/payment_method", detail: "is required: the sale has none" }]);
  return { lines: done.of(lines), channel: isOnline ? "online" : "counter" };
}

/** How much of a line of the sale is refunded, and its amount in minor units (above 0). */
type RefundLine = { line: Line; quantity: number; amount: number };

/** Spreads the requested quantities over the lines that still have units to refund, in their order. */
function allocate(lines: Line[], items: RefundInput["items"]): RefundLine[] {
  const allocated = new Map<number, number>();
  const excess: { product_id: string; requested: number; refundable: number }[] = [];
  for (const { product_id, quantity } of items) {
    let missing = quantity;
    for (const line of lines) {
      if (line.product_id !== product_id) continue;
      const before = allocated.get(line.line_no) ?? 0;
      const take = Math.min(missing, Math.max(line.quantity, 0) - line.refunded - before);
      if (take > 0) allocated.set(line.line_no, before + take);
      missing -= Math.max(take, 0);
    }
    if (missing > 0) excess.push({ product_id, requested: quantity, refundable: quantity - missing });
  }
  if (excess.length > 0)
    throw new Problem("refund-exceeds-sale", "Some products have fewer units left to refund.", {
      items: excess,
    });
  return lines.flatMap((line) => {
    const quantity = allocated.get(line.line_no);
    if (quantity === undefined) return [];
    const amount = amountOfFirst(line, line.refunded + quantity) - amountOfFirst(line, line.refunded);
    return [{ line, quantity, amount }];
  });
}

/** The share of a line's subtotal that its first `units` units make up, in minor units. */
const amountOfFirst = (line: Line, units: number): number =>
  Number(divideRound(BigInt(line.subtotal) * BigInt(units), BigInt(line.quantity)));

async function record(
  ctx: ActorCtx,
  saleId: string,
  input: RefundInput,
  channel: RefundChannel,
  refunds: RefundLine[],
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const id = newId();
  const eventId = newId();
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const day = dayOf(ctx.now, ctx.tenant.timezone);
  const total = refunds.reduce((sum, { amount }) => sum + amount, 0);
  const units = refunds.reduce((sum, { quantity }) => sum + quantity, 0);
  const json = JSON.stringify(
    refunds.map(({ line, quantity, amount }, index) => ({
      ...line,
      of_line: line.line_no,
      line_no: index + 1,
      quantity: -quantity,
      subtotal: -amount,
      move_id: newId(),
    })),
  );
  const shiftId = openShiftId(tenantId, ctx.actor.id);
  const refunded = returningSale(emit(ctx, tenantId, eventId, "sale.refunded", saleJson(ctx, id)));
  const done = await ctx.db.batch([
    sql`UPDATE sale_lines SET refunded = CASE WHEN refunded = line.value ->> 'refunded'
        THEN refunded - (line.value ->> 'quantity') ELSE -1 END
      FROM json_each(${json}) AS line
      WHERE tenant_id = ${tenantId} AND sale_id = ${saleId} AND line_no = line.value ->> 'of_line'`,
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, shift_id,
        customer_id, customer_ref,
        country, payment_method, total, units, lines, placed_at, day, created_at)
      SELECT tenant_id, ${id}, 'refund', ${channel === "online" ? channel : counterChannel(ctx)}, 'completed', id,
        ${input.reason}, ${ctx.actor.id}, ${channel === "online" ? null : shiftId}, customer_id,
        customer_ref, country, coalesce(${input.payment_method ?? null}, payment_method), ${-total}, ${-units},
        ${refunds.length}, ${at}, ${day}, ${at} FROM sales WHERE tenant_id = ${tenantId} AND id = ${saleId}`,
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price,
        exact_price, subtotal)
      SELECT ${tenantId}, ${id}, value ->> 'line_no', value ->> 'product_id', value ->> 'sku',
        value ->> 'description', value ->> 'quantity', value ->> 'unit_price', value ->> 'exact_price',
        value ->> 'subtotal' FROM json_each(${json})`,
    ...(input.restock ? [decrementStock(ctx, json), recordSaleMoves(ctx, json, "refund", id)] : []),
    closeAlerts(tenantId, shiftId, at, "idle"),
    ...markDaysDirty(tenantId, sql`${JSON.stringify([day])}`),
    audit(ctx, "sale.refunded", saleId, {
      after: sql`${JSON.stringify({ refund_id: id, total: -total, units: -units })}`,
    }),
    refunded,
    ...storeSaleResponse(ctx, request, eventId),
  ]);
  return saleOf(done, refunded);
}
