// A counter sale: one read for precise problems, then one batch that commits the whole sale or nothing.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { selectAvailability } from "../catalog/stock/stock.ts";
import type { ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { returning, violates } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { idempotentRequest, runOnce } from "../idempotency/run-once.ts";
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
import {
  saleStatements,
  assertInStock,
  assertTotalInRange,
  rejectChangedCurrency,
  SALE_CONSTRAINTS,
} from "./sale-statements.ts";
import {
  saleJson,
  markDaysDirty,
  returningSale,
  saleOf,
  type SaleBody,
  storeSaleResponse,
} from "./record.ts";
import { type NewSale, Sale } from "./schema.ts";

type SaleInput = z.infer<typeof NewSale>;

const idRow = z.object({ id: z.string() });

/**
 * Sells over the counter; the seller is the actor. Two round trips.
 * @throws Problem no-open-shift, unknown-product, unknown-customer, out-of-stock, amount-too-large, conflict
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
    await assertSellable(ctx, input, items);
    const id = newId();
    const eventId = newId();
    const tenantId = ctx.tenant.id;
    const day = dayOf(ctx.now, ctx.tenant.timezone);
    const completed = returningSale(emit(ctx, tenantId, eventId, "sale.completed", saleJson(ctx, id)));
    try {
      const done = await ctx.db.batch([
        ...saleStatements(ctx, items, {
          id,
          channel: counterChannel(ctx),
          status: statusFor(ctx, input.customer_id),
          seller_id: ctx.actor.id,
          shift_id: openShiftId(tenantId, ctx.actor.id),
          customer_id: input.customer_id ?? null,
          country: input.country ?? null,
          payment_method: input.payment_method,
          online: null,
        }),
        closeAlerts(tenantId, openShiftId(tenantId, ctx.actor.id), ctx.now.toISOString(), "idle"),
        ...markDaysDirty(tenantId, sql`${JSON.stringify([day])}`),
        completed,
        ...storeSaleResponse(ctx, request, eventId),
      ]);
      return saleOf(done, completed);
    } catch (error) {
      if (violatesShiftPolicy(error)) throw shiftRequired();
      rejectChangedCurrency(error);
      // A concurrent change of a product or erasure of the customer: read again to name it.
      if ([...SALE_CONSTRAINTS, "sales.status"].some((constraint) => violates(error, constraint)))
        await assertSellable(ctx, input, items);
      throw error;
    }
  });
}

/** A scalar query for `sales.status`: 'completed', or NULL where the customer is no account of the shop or was erased. */
const statusFor = (ctx: ActorCtx, customerId: string | undefined): SQL =>
  customerId === undefined
    ? sql`'completed'`
    : sql`(SELECT 'completed' FROM users
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${customerId} AND erased_at IS NULL)`;

/** Finds what the batch would reject and throws the problem that names it. One round trip. */
async function assertSellable(ctx: ActorCtx, input: SaleInput, items: string): Promise<void> {
  const shiftPolicy = selectShiftPolicy(ctx);
  const availability = selectAvailability(ctx, items);
  const customer =
    input.customer_id === undefined
      ? null
      : returning(
          idRow,
          sql`SELECT id FROM users
            WHERE tenant_id = ${ctx.tenant.id} AND id = ${input.customer_id} AND erased_at IS NULL`,
        );
  const done = await ctx.db.batch([shiftPolicy, availability, ...(customer ? [customer] : [])]);
  requireShift(done.of(shiftPolicy));
  if (customer && done.of(customer).length === 0)
    throw new Problem("unknown-customer", "This shop has no such customer.", {
      errors: [{ pointer: "#/customer_id", detail: "not an account of this shop, or erased" }],
    });
  const available = new Map(done.of(availability).map((product) => [product.id, product]));
  const errors = input.items.flatMap((item, index) =>
    available.has(item.product_id)
      ? []
      : [{ pointer: `#/items/${index}/product_id`, detail: "not a product of this shop, or hidden" }],
  );
  if (errors.length > 0) throw new Problem("unknown-product", "Some products cannot be sold.", { errors });
  const lines = input.items.map((item) => ({
    ...item,
    price: available.get(item.product_id)?.price ?? 0,
    stock: available.get(item.product_id)?.stock ?? null,
  }));
  assertTotalInRange(lines);
  assertInStock(lines);
}
