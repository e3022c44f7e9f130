// Orders that end unpaid are counted by network, so that nobody fills the shop's tables, or somebody's mailbox, with orders that they
// cancel. Guests and accounts are counted apart. The counts are outside D1: they are approximate, and a counter that fails limits nobody.
import type { Base } from "../platform/context.ts";
import { Problem } from "../platform/problem.ts";
import { callCounter } from "../quota/fail-open.ts";

const UNPAID_PER_DAY = 200;
const DAY_MS = 86_400_000;

// What follows the colon of `sales.placed_from` is empty where the address is unknown.
const hasNetwork = (placedFrom: string): boolean => !placedFrom.endsWith(":");

const counter = (ctx: Base, tenantId: string, placedFrom: string) =>
  ctx.env.LOGIN_GATE.get(ctx.env.LOGIN_GATE.idFromName(`unpaid:${tenantId}:${placedFrom}`));

/** Counts an order that has ended unpaid, after the response. `placedFrom` is that of the sale; null for an order of staff. */
export function countUnpaid(ctx: Base, tenantId: string, placedFrom: string | null): void {
  if (placedFrom === null || !hasNetwork(placedFrom)) return;
  ctx.waitUntil(
    callCounter("unpaid orders", () => counter(ctx, tenantId, placedFrom).count(UNPAID_PER_DAY, DAY_MS)),
  );
}

/** @throws Problem too-many-pending-orders, with the time to wait */
export async function assertFewUnpaid(ctx: Base, tenantId: string, placedFrom: string): Promise<void> {
  if (!hasNetwork(placedFrom)) return;
  const wait = await callCounter("unpaid orders", () =>
    counter(ctx, tenantId, placedFrom).waitFor(UNPAID_PER_DAY),
  );
  if (wait)
    throw new Problem(
      "too-many-pending-orders",
      `${UNPAID_PER_DAY} orders from this address have ended unpaid within a day. Try again in ${wait} s, or ask the shop to take the order.`,
      {},
      { "retry-after": String(wait) },
    );
}
