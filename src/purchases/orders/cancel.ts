import type { ActorCtx } from "../../platform/context.ts";
import { planOf } from "../../platform/plan.ts";
import { cancelOnce } from "../cancel.ts";
import { getOrder, type OrderBody, orderOf, type OrderRow, selectOrder } from "./order.ts";

/**
 * Cancels a pending order; one that is already cancelled is returned. One round trip.
 * @throws Problem not-found, not-cancellable, idempotency-mismatch, conflict
 */
export async function cancelOrder(
  ctx: ActorCtx,
  id: string,
  reason: string | undefined,
  key: string | undefined,
): Promise<{ replayed: boolean; value: OrderBody }> {
  const cancelled: OrderRow[] = [];
  const read = planOf(selectOrder(ctx, id), (rows) => void cancelled.push(...rows));
  const { replayed } = await cancelOnce(ctx, id, reason ?? null, key, read);
  const [order] = cancelled;
  return { replayed, value: order ? await orderOf(ctx, order) : await getOrder(ctx, id) };
}
