// The shifts of a shop: an EMPLOYEE sees their own, an ADMIN all of them.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { actorId, isUnrestricted, type ActorCtx } from "../platform/context.ts";
import { encodeCursor, decodeCursor, pageOf, dayTimeKey } from "../platform/cursor.ts";
import { shiftJson, shiftRow } from "./record.ts";
import type { ShiftQuery } from "./schema.ts";

/** The condition for the shifts `h` that match the filters, that the actor may see and that follow the key `last`. */
export function shiftFilter(
  ctx: ActorCtx,
  query: z.infer<typeof ShiftQuery>,
  last: Readonly<z.infer<typeof dayTimeKey>> | null,
): SQL {
  const userId = isUnrestricted(ctx) ? query.user_id : actorId(ctx);
  const filters: SQL[] = [sql`h.tenant_id = ${ctx.tenant.id}`];
  if (userId !== undefined) filters.push(sql`h.user_id = ${userId}`);
  if (query.user_id !== undefined) filters.push(sql`h.user_id = ${query.user_id}`);
  if (query.from !== undefined) filters.push(sql`h.day >= ${query.from}`);
  // The index takes one upper bound: the plus sign leaves it to the cursor, so that earlier pages are not read again.
  if (query.to !== undefined) filters.push(sql`${sql.raw(last ? "+" : "")}h.day <= ${query.to}`);
  // A literal, validated by the schema: SQLite does not use a partial index for a parameter.
  if (query.status !== undefined) filters.push(sql.raw(`h.status = '${query.status}'`));
  if (last) filters.push(sql`(h.day, h.start_at, h.id) < (${last[0]}, ${last[1]}, ${last[2]})`);
  return sql.join(filters, sql` AND `);
}

/** The order of lists: newest day first. */
export const newestFirst = sql.raw("ORDER BY h.day DESC, h.start_at DESC, h.id DESC");

/** Shifts that match the filters, newest day first. One round trip. */
export async function listShifts(ctx: ActorCtx, query: z.infer<typeof ShiftQuery>) {
  const last = decodeCursor(dayTimeKey, "shifts", ctx.tenant.id, query.cursor);
  const rows = await ctx.db.all(
    shiftRow,
    sql`SELECT ${shiftJson} AS shift FROM shifts h WHERE ${shiftFilter(ctx, query, last)} ${newestFirst} LIMIT ${query.limit + 1}`,
  );
  const shifts = rows.map((row) => row.shift);
  return pageOf(shifts, query.limit, (row) =>
    encodeCursor("shifts", ctx.tenant.id, [row.day, row.start_at, row.id]),
  );
}
