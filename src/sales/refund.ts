// A refund is a sale of kind 'refund' that refers to the sale it takes back. Never more than was sold: each line counts
// what was refunded of it under a CHECK, and a rival's refund in between makes the batch fail and the refund be computed
// anew. The refunds of a line add up to its subtotal exactly, however it is split.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { recordSaleMoves, decrementStock } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { violates, rows } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { invalid, notFound, Problem } from "../platform/problem.ts";
import {
  idempotentRequest,
  runOnce,
  storeResponse,
  type IdempotentRequest,
} from "../idempotency/run-once.ts";
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
import { saleJson, markDaysDirty } from "./record.ts";
import { type NewRefund, Sale, SaleLine } from "./schema.ts";
import { saleOf } from "./sell.ts";

type RefundInput = z.infer<typeof NewRefund>;
type Line = z.infer<typeof SaleLine>;

const MAX_CONFLICT_RETRIES = 20;

/**
 * Refunds lines of a sale, whole or in part; over the counter it is of the shift that makes it, whatever shift sold.
 * @throws Problem not-found, no-open-shift, not-refundable, invalid, refund-exceeds-sale, conflict
 */
export async function refundSale(
  ctx: ActorCtx,
  saleId: string,
  input: RefundInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof Sale> }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { saleId, ...input });
  return runOnce(ctx, request, Sale, async () => {
    for (let rivals = 0; rivals < MAX_CONFLICT_RETRIES; rivals += 1) {
      const { lines, over } = await readRefundable(ctx, saleId, input.payment_method);
      try {
        return await record(ctx, saleId, input, over, allocate(lines, input.items), request);
      } catch (error) {
        if (violatesShiftPolicy(error)) throw shiftRequired();
        if (!violates(error, "sale_lines_refunded")) throw error;
        // Rivals that came together should not meet again.
        await scheduler.wait(Math.random() * 10 * (rivals + 1));
      }
    }
    throw new Problem("conflict", "Others refund the same sale right now: send the request again.");
  });
}

/** Where a refund is made: over the counter, or online, which is what was sold there and is not given back in cash. */
type Over = "counter" | "online";

const refundable = z.object({
  kind: z.string(),
  status: z.string(),
  channel: z.string(),
  payment_method: z.string().nullable(),
});

async function readRefundable(
  ctx: ActorCtx,
  saleId: string,
  method: RefundInput["payment_method"],
): Promise<{ lines: Line[]; over: Over }> {
  const where = sql`tenant_id = ${ctx.tenant.id}`;
  const [onShift, head, lines] = await ctx.db.batch([
    selectShiftPolicy(ctx),
    sql`SELECT kind, status, channel, payment_method FROM sales WHERE ${where} AND id = ${saleId}`,
    sql`SELECT line_no, product_id, sku, description, quantity, unit_price, exact_price, subtotal, refunded
      FROM sale_lines WHERE ${where} AND sale_id = ${saleId} ORDER BY line_no`,
  ]);
  const [sale] = rows(refundable, head);
  if (!sale) throw notFound("sale");
  const over = sale.channel === "online" && (method ?? sale.payment_method) !== "cash" ? "online" : "counter";
  if (over === "counter") requireShift(onShift);
  if (sale.kind !== "sale" || sale.status !== "completed")
    throw new Problem("not-refundable", `This is a ${sale.status} ${sale.kind}.`);
  // Else nobody would know whether the money came out of the drawer.
  if (sale.payment_method === null && method === undefined)
    throw invalid([{ pointer: "#/payment_method", detail: "is required: the sale has none" }]);
  return { lines: rows(SaleLine, lines), over };
}

/** A line of a refund: how much of which line of the sale, and the amount that is given back (minor units, above 0). */
type Part = { line: Line; quantity: number; amount: number };

/** Spreads the wanted quantities over the lines that still have something to refund, in their order. */
function allocate(lines: Line[], items: RefundInput["items"]): Part[] {
  const taken = new Map<number, number>();
  const short: { product_id: string; requested: number; refundable: number }[] = [];
  for (const { product_id, quantity } of items) {
    let missing = quantity;
    for (const line of lines) {
      if (line.product_id !== product_id) continue;
      const before = taken.get(line.line_no) ?? 0;
      const take = Math.min(missing, Math.max(line.quantity, 0) - line.refunded - before);
      if (take > 0) taken.set(line.line_no, before + take);
      missing -= Math.max(take, 0);
    }
    if (missing > 0) short.push({ product_id, requested: quantity, refundable: quantity - missing });
  }
  if (short.length > 0)
    throw new Problem("refund-exceeds-sale", "Less is left to refund of some products.", { items: short });
  return lines.flatMap((line) => {
    const quantity = taken.get(line.line_no);
    if (quantity === undefined) return [];
    return [{ line, quantity, amount: share(line, line.refunded + quantity) - share(line, line.refunded) }];
  });
}

/** The part of a line's subtotal that its first `units` units make up. */
const share = (line: Line, units: number): number =>
  Number(divideRound(BigInt(line.subtotal) * BigInt(units), BigInt(line.quantity)));

async function record(
  ctx: ActorCtx,
  saleId: string,
  input: RefundInput,
  over: Over,
  parts: Part[],
  request: IdempotentRequest | null,
) {
  const id = newId();
  const eventId = newId();
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const day = dayOf(ctx.now, ctx.tenant.timezone);
  const total = parts.reduce((sum, part) => sum + part.amount, 0);
  const units = parts.reduce((sum, part) => sum + part.quantity, 0);
  const json = JSON.stringify(
    parts.map(({ line, quantity, amount }, index) => ({
      ...line,
      of_line: line.line_no,
      line_no: index + 1,
      quantity: -quantity,
      subtotal: -amount,
      move_id: newId(),
    })),
  );
  const results = await ctx.db.batch([
    sql`UPDATE sale_lines SET refunded = CASE WHEN refunded = part.value ->> 'refunded'
        THEN refunded - (part.value ->> 'quantity') ELSE -1 END
      FROM json_each(${json}) AS part
      WHERE tenant_id = ${tenantId} AND sale_id = ${saleId} AND line_no = part.value ->> 'of_line'`,
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, shift_id,
        customer_id, customer_ref,
        country, payment_method, total, units, lines, placed_at, day, created_at)
      SELECT tenant_id, ${id}, 'refund', ${over === "online" ? over : counterChannel(ctx)}, 'completed', id, ${input.reason},
        ${ctx.actor.id}, ${over === "online" ? null : openShiftId(tenantId, ctx.actor.id)}, customer_id,
        customer_ref, country, coalesce(${input.payment_method ?? null}, payment_method), ${-total}, ${-units},
        ${parts.length}, ${at}, ${day}, ${at} FROM sales WHERE tenant_id = ${tenantId} AND id = ${saleId}`,
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price,
        exact_price, subtotal)
      SELECT ${tenantId}, ${id}, value ->> 'line_no', value ->> 'product_id', value ->> 'sku',
        value ->> 'description', value ->> 'quantity', value ->> 'unit_price', value ->> 'exact_price',
        value ->> 'subtotal' FROM json_each(${json})`,
    ...(input.restock ? [decrementStock(ctx, json), recordSaleMoves(ctx, json, "refund", id)] : []),
    closeAlerts(tenantId, openShiftId(tenantId, ctx.actor.id), at, "idle"),
    ...markDaysDirty(tenantId, sql`${JSON.stringify([day])}`),
    audit(ctx, "sale.refunded", saleId, {
      after: sql`${JSON.stringify({ refund_id: id, total: -total, units: -units })}`,
    }),
    emit(ctx, tenantId, eventId, "sale.refunded", saleJson(ctx, id)),
    ...storeResponse(
      ctx.now,
      request,
      sql`(SELECT payload FROM events WHERE tenant_id = ${tenantId} AND id = ${eventId})`,
    ),
  ]);
  return saleOf(results, request ? -2 : -1);
}
