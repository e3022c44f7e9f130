// A counter sale: one read for good messages, and one batch that does it or leaves nothing. The rules that hold against
// a rival in between are in the batch: CHECK (stock >= 0), and prices that are looked up there into NOT NULL columns.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { availableOf, recordTaken, selectAvailable, takeStock } from "../catalog/stock.ts";
import type { ActorCtx } from "../context.ts";
import { dayOf } from "../days.ts";
import { refusedBy, rows } from "../db.ts";
import { emit } from "../events/outbox.ts";
import { keyed, once, remember } from "../idempotency/once.ts";
import { newId } from "../ids.ts";
import { Problem } from "../problem.ts";
import { closeAlerts } from "../shifts/alerts.ts";
import { openShiftId } from "../shifts/record.ts";
import { counter, counterRefused, requireShift, selectCounter, shiftRequired } from "../shifts/required.ts";
import { saleJson, touchDays } from "./record.ts";
import type { NewSale } from "./schema.ts";
import { Sale } from "./schema.ts";

type SaleBody = z.infer<typeof Sale>;
type SaleInput = z.infer<typeof NewSale>;

const payloadRow = z.object({ payload: z.string() });

// What the batch refuses where a rival was faster.
const RULES = ["products_stock_positive", "sales.total", "sales_total_safe", "sale_lines.product_id"];

/**
 * Sells over the counter; the seller is the actor. Two round trips.
 * @throws Problem no-open-shift, unknown-product, unknown-customer, out-of-stock, amount-too-large
 */
export async function sell(
  ctx: ActorCtx,
  input: SaleInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = keyed(ctx.tenant.id, ctx.actor.id, key, input);
  return once(ctx, request, Sale, async () => {
    const items = JSON.stringify(
      input.items.map((item, index) => ({ ...item, line_no: index + 1, move_id: newId() })),
    );
    await refuseEarly(ctx, input, items);
    const id = newId();
    const eventId = newId();
    const tenantId = ctx.tenant.id;
    const at = ctx.now.toISOString();
    const day = dayOf(ctx.now, ctx.tenant.timezone);
    const wanted = sql`FROM json_each(${items}) AS wanted
      LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.id = wanted.value ->> 'product_id' AND p.is_active = 1`;
    try {
      const results = await ctx.db.batch([
        takeStock(ctx, items),
        sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, shift_id, customer_id, country, payment_method,
            total, units, lines, placed_at, day, created_at)
          SELECT ${tenantId}, ${id}, 'sale', ${counter(ctx)}, 'completed', ${ctx.actor.id},
            ${openShiftId(tenantId, ctx.actor.id)}, ${input.customer_id ?? null},
            ${input.country ?? null}, ${input.payment_method}, sum((wanted.value ->> 'quantity') * p.price),
            sum(wanted.value ->> 'quantity'), count(*), ${at}, ${day}, ${at} ${wanted}`,
        sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
          SELECT ${tenantId}, ${id}, wanted.value ->> 'line_no', p.id, p.sku, p.title, wanted.value ->> 'quantity',
            p.price, (wanted.value ->> 'quantity') * p.price ${wanted}`,
        recordTaken(ctx, items, "sale", id),
        closeAlerts(tenantId, openShiftId(tenantId, ctx.actor.id), at, "idle"),
        ...touchDays(tenantId, sql`${JSON.stringify([day])}`),
        emit(ctx, tenantId, eventId, "sale.completed", saleJson(ctx, id)),
        ...remember(
          ctx.now,
          request,
          sql`(SELECT payload FROM events WHERE tenant_id = ${tenantId} AND id = ${eventId})`,
        ),
      ]);
      return saleOf(results, request ? -2 : -1);
    } catch (error) {
      if (counterRefused(error)) throw shiftRequired();
      // A rival changed the stock or a price, or hid a product, after our read: read again, to say which.
      if (RULES.some((rule) => refusedBy(error, rule))) await refuseEarly(ctx, input, items);
      throw error;
    }
  });
}

/** The sale that `emit` returned in the statement at `index` of a batch. */
export function saleOf(results: Record<string, unknown>[][], index: number): SaleBody {
  const [event] = rows(payloadRow, results.at(index));
  return Sale.parse(JSON.parse(event?.payload ?? "null"));
}

/** One round trip that finds what the batch would refuse, and says it well. */
async function refuseEarly(ctx: ActorCtx, input: SaleInput, items: string): Promise<void> {
  const [onShift, products, customers] = await ctx.db.batch([
    selectCounter(ctx),
    selectAvailable(ctx, items),
    ...(input.customer_id === undefined
      ? []
      : [sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${input.customer_id}`]),
  ]);
  requireShift(onShift);
  if (input.customer_id !== undefined && customers?.length === 0)
    throw new Problem("unknown-customer", "There is no such customer in this shop.", {
      errors: [{ pointer: "#/customer_id", detail: "no account of this shop" }],
    });
  const available = availableOf(products);
  const errors = input.items.flatMap((item, index) =>
    available.has(item.product_id)
      ? []
      : [{ pointer: `#/items/${index}/product_id`, detail: "no product of this shop, or hidden" }],
  );
  if (errors.length > 0) throw new Problem("unknown-product", "Some products cannot be sold.", { errors });
  const total = input.items.reduce(
    (sum, item) => sum + BigInt(item.quantity) * BigInt(available.get(item.product_id)?.price ?? 0),
    0n,
  );
  if (total > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Problem("amount-too-large", "The total is beyond 2^53 - 1 minor units.", {
      errors: [{ pointer: "#/items", detail: "the total is too large" }],
    });
  const requested = new Map<string, number>();
  for (const { product_id, quantity } of input.items)
    requested.set(product_id, (requested.get(product_id) ?? 0) + quantity);
  const short = [...requested].flatMap(([product_id, quantity]) => {
    const stock = available.get(product_id)?.stock ?? null;
    return stock !== null && stock < quantity ? [{ product_id, requested: quantity, available: stock }] : [];
  });
  if (short.length > 0)
    throw new Problem("out-of-stock", "There is not enough of some products.", { items: short });
}
