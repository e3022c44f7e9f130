import { sql } from "drizzle-orm";
import type { z } from "zod";
import { violates } from "../../platform/d1.ts";
import { type IdempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { closeAlerts } from "../activity/alerts.ts";
import { noOpenShift, writeToOpenShift, type DeskStep } from "../desk/step.ts";
import { idIfOpen } from "../record.ts";
import { CashMove, type NewCashMove } from "./schema.ts";

/** Records cash that is paid into or out of the drawer without a sale. One round trip. @throws Problem no-open-shift */
export const moveCash: DeskStep<
  z.infer<typeof NewCashMove> & { id: string; request: IdempotentRequest | null },
  { replayed: boolean; value: z.infer<typeof CashMove> }
> = async (ctx, open, { request, id, ...input }) => {
  const result = await runOnce(ctx, request, CashMove, async () => {
    if (!open) throw noOpenShift();
    const move = { id, shift_id: open.id, ...input, created_at: ctx.now.toISOString() };
    const write = ctx.db.batch([
      sql`INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, created_at)
        VALUES (${ctx.tenant.id}, ${idIfOpen(ctx.tenant.id, open.id)}, ${move.id}, ${move.kind}, ${move.amount}, ${move.reason}, ${move.created_at})`,
      closeAlerts(ctx.tenant.id, open.id, move.created_at, "idle"),
      ...storeResponse(ctx.now, request, JSON.stringify(move)),
    ]);
    try {
      await writeToOpenShift(write, "cash_moves.shift_id");
    } catch (error) {
      // An earlier attempt of this request has written it, and its response was lost.
      if (!violates(error, "cash_moves.tenant_id")) throw error;
      const [earlier] = await ctx.db.all(
        CashMove,
        sql`SELECT id, shift_id, kind, amount, reason, created_at FROM cash_moves
          WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${open.id} AND id = ${id}`,
      );
      if (earlier) return earlier;
      throw error;
    }
    return move;
  });
  return { value: result, open };
};
