// A counter sale: one read for good messages, and one batch that does it or leaves nothing.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { selectAvailability } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { violates, rows } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { idempotentRequest, runOnce, storeResponse } from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { Problem } from "../platform/problem.ts";
import { closeAlerts } from "../shifts/activity/alerts.ts";
import { openShiftId } from "../shifts/record.ts";
import {
  counterChannel,
  violatesShiftPolicy,
  requireShift,
  selectShiftPolicy,
  shiftRequired,
} from "../shifts/desk/shift-policy.ts";
import { saleStatements, assertInStock, assertTotalInRange, SALE_CONSTRAINTS } from "./sale-statements.ts";
import { saleJson, markDaysDirty } from "./record.ts";
import { type NewSale, Sale } from "./schema.ts";

type SaleBody = z.infer<typeof Sale>;
type SaleInput = z.infer<typeof NewSale>;

const payloadRow = z.object({ payload: z.string() });

/**
 * Sells over the counter; the seller is the actor. Two round trips.
 * @throws Problem no-open-shift, unknown-product, unknown-customer, out-of-stock, amount-too-large
 */
export async function sell(
  ctx: ActorCtx,
  input: SaleInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, input);
  return runOnce(ctx, request, Sale, async () => {
    const items = JSON.stringify(
      input.items.map((item, index) => ({ ...item, line_no: index + 1, move_id: newId() })),
    );
    await refuseEarly(ctx, input, items);
    const id = newId();
    const eventId = newId();
    const tenantId = ctx.tenant.id;
    const day = dayOf(ctx.now, ctx.tenant.timezone);
    try {
      const results = await ctx.db.batch([
        ...saleStatements(ctx, items, {
          id,
          channel: counterChannel(ctx),
          status: sql`'completed'`,
          seller_id: ctx.actor.id,
          shift_id: openShiftId(tenantId, ctx.actor.id),
          customer_id: input.customer_id ?? null,
          country: input.country ?? null,
          payment_method: input.payment_method,
          online: null,
        }),
        closeAlerts(tenantId, openShiftId(tenantId, ctx.actor.id), ctx.now.toISOString(), "idle"),
        ...markDaysDirty(tenantId, sql`${JSON.stringify([day])}`),
        emit(ctx, tenantId, eventId, "sale.completed", saleJson(ctx, id)),
        ...storeResponse(
          ctx.now,
          request,
          sql`(SELECT payload FROM events WHERE tenant_id = ${tenantId} AND id = ${eventId})`,
        ),
      ]);
      return saleOf(results, request ? -2 : -1);
    } catch (error) {
      if (violatesShiftPolicy(error)) throw shiftRequired();
      // A rival changed the stock or a price, or hid a product, after our read: read again, to say which.
      if (SALE_CONSTRAINTS.some((rule) => violates(error, rule))) await refuseEarly(ctx, input, items);
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
  const availability = selectAvailability(ctx, items);
  const results = await ctx.db.batch([
    selectShiftPolicy(ctx),
    availability,
    ...(input.customer_id === undefined
      ? []
      : [sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${input.customer_id}`]),
  ]);
  const [onShift, , customers] = results;
  requireShift(onShift);
  if (input.customer_id !== undefined && customers?.length === 0)
    throw new Problem("unknown-customer", "There is no such customer in this shop.", {
      errors: [{ pointer: "#/customer_id", detail: "no account of this shop" }],
    });
  const available = new Map(results.of(availability).map((row) => [row.id, row]));
  const errors = input.items.flatMap((item, index) =>
    available.has(item.product_id)
      ? []
      : [{ pointer: `#/items/${index}/product_id`, detail: "no product of this shop, or hidden" }],
  );
  if (errors.length > 0) throw new Problem("unknown-product", "Some products cannot be sold.", { errors });
  const wanted = input.items.map((item) => ({
    ...item,
    price: available.get(item.product_id)?.price ?? 0,
    stock: available.get(item.product_id)?.stock ?? null,
  }));
  assertTotalInRange(wanted);
  assertInStock(wanted);
}
