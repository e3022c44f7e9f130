import { sql } from "drizzle-orm";
import { z } from "zod";
import { actorId, isUnrestricted, type ActorCtx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { returning } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { type CashMoveList, ListedCashMove } from "./schema.ts";

const shiftRow = z.object({ user_id: z.string() });

/**
 * The cash movements of a shift of the actor, or, for an ADMIN, of any shift, the latest first. One round trip.
 * @throws Problem not-found, forbidden, invalid-cursor
 */
export async function listCashMoves(
  ctx: ActorCtx,
  shiftId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<z.infer<typeof CashMoveList>> {
  const tenantId = ctx.tenant.id;
  const list = `cash moves of ${shiftId}`;
  const [last] = decodeCursor(singleKey, list, tenantId, cursor) ?? [];
  const shift = returning(
    shiftRow,
    sql`SELECT user_id FROM shifts WHERE tenant_id = ${tenantId} AND id = ${shiftId}`,
  );
  const moves = returning(
    ListedCashMove,
    sql`SELECT m.id, m.shift_id, h.user_id, m.kind, m.amount, m.reason, m.approved_by, m.created_at
      FROM shifts h CROSS JOIN cash_moves m ON m.tenant_id = h.tenant_id AND m.shift_id = h.id
      WHERE h.tenant_id = ${tenantId} AND h.id = ${shiftId}
        ${last === undefined ? sql.empty() : sql`AND m.id < ${last}`}
      ORDER BY m.id DESC LIMIT ${limit + 1}`,
  );
  const done = await ctx.db.batch([shift, moves]);
  const [found] = done.of(shift);
  if (!found) throw notFound("shift");
  if (!isUnrestricted(ctx) && found.user_id !== actorId(ctx))
    throw new Problem("forbidden", "The shift belongs to another user.");
  return pageOf(done.of(moves), limit, ({ id }) => encodeCursor(list, tenantId, [id]));
}
