// What buyers reserve with unpaid orders is limited, by customer and by network address, so that nobody holds all of a shop's stock.
// The limits are part of the checkout's batch: of two checkouts at the same time, the second counts the first. A guest counts by
// address only: by e-mail address a refusal would tell what others have ordered, and guests could use up the limit of an account. Staff
// are not limited.
import { sql, type SQL } from "drizzle-orm";
import type { BuyerCtx } from "../platform/context.ts";
import { Problem } from "../platform/problem.ts";
import { networkHash } from "../quota/network-hash.ts";
import { dayOf } from "../values/days.ts";

// An order is pending for a day at most, and a day of the shop begins up to 14 hours before or after that of UTC.
const MAX_HOLD_MS = 2 * 86_400_000;

/** Where a buyer is: of an unknown address only what the customer has reserved counts. */
export type Origin = { address: string | null };

const kindOf = (ctx: BuyerCtx): string => (ctx.actor === null ? "guest" : "account");

const networkOfOrder = (ctx: BuyerCtx, { address }: Origin): string =>
  address === null ? "" : networkHash(ctx.env, "order", address);

/** What `sales.placed_from` stores. */
export const placedFrom = (ctx: BuyerCtx, origin: Origin): string =>
  `${kindOf(ctx)}:${networkOfOrder(ctx, origin)}`;

const within = (sums: SQL, orders: string, units: string, newUnits: number): SQL =>
  sql`(SELECT orders < t.${sql.raw(orders)} AND units + ${newUnits} <= t.${sql.raw(units)} * 1000 FROM (${sums}))`;

/**
 * A scalar query: 'online', or NULL, which rejects the sale (`sales.channel`), if its buyer would reserve too much. `units` are thousandths.
 */
export function limitedChannel(ctx: BuyerCtx, origin: Origin, units: number): SQL {
  if (ctx.actor !== null && ctx.actor.role !== "CUSTOMER") return sql`'online'`;
  const tenantId = ctx.tenant.id;
  const sums = sql`SELECT count(*) AS orders, total(units) AS units FROM sales`;
  const network = networkOfOrder(ctx, origin);
  const since = dayOf(new Date(ctx.now.getTime() - MAX_HOLD_MS), ctx.tenant.timezone);
  const isBelowOfCustomer =
    ctx.actor === null
      ? sql`true`
      : within(
          sql`${sums} INDEXED BY sales_customer WHERE tenant_id = ${tenantId} AND customer_key = ${ctx.actor.id} AND day >= ${since}
            AND status = 'pending' AND placed_from GLOB 'account:*'`,
          "pending_orders_per_customer",
          "pending_units_per_customer",
          units,
        );
  const ofAddress = sql`${sums} INDEXED BY sales_placed_from WHERE tenant_id = ${tenantId}
    AND placed_from IN (${`guest:${network}`}, ${`account:${network}`})`;
  return sql`(SELECT iif(${isBelowOfCustomer}
      AND ${origin.address === null ? sql`true` : within(ofAddress, "pending_orders_per_address", "pending_units_per_address", units)},
      'online', NULL) FROM tenants t WHERE t.id = ${tenantId})`;
}

export const tooManyPendingOrders = (): Problem =>
  new Problem(
    "too-many-pending-orders",
    "The unpaid orders of this customer or address have reached the limit of the shop. Pay or cancel one, order less, or wait until a hold expires.",
  );
