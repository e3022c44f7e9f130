// Alerts of shifts that are idle or overlong. The idle watch opens them; new activity closes an idle alert, and the end of
// the shift closes all.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { encodeCursor, decodeCursor, pageOf } from "../../platform/cursor.ts";
import { Alert, type AlertQuery } from "./schema.ts";

/** The statement that closes the open alerts of a shift (its id, or SQL that yields it): the idle alert, or all. */
export const closeAlerts = (
  tenantId: string,
  shiftId: string | SQL,
  at: string,
  which: "idle" | "all",
): SQL =>
  sql`UPDATE alerts SET closed_at = max(opened_at, ${at}) WHERE tenant_id = ${tenantId} AND shift_id = ${shiftId}
    AND closed_at IS NULL ${which === "idle" ? sql`AND kind = 'idle'` : sql``}`;

const alertKey = z.tuple([z.string(), z.string()]);

/** Alerts that match the filters, newest first. One round trip. */
export async function listAlerts(ctx: Ctx, query: z.infer<typeof AlertQuery>) {
  const last = decodeCursor(alertKey, "alerts", ctx.tenant.id, query.cursor);
  const filters: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`];
  if (query.open !== undefined)
    filters.push(sql.raw(query.open === "true" ? "closed_at IS NULL" : "closed_at IS NOT NULL"));
  if (query.user_id !== undefined) filters.push(sql`user_id = ${query.user_id}`);
  if (query.kind !== undefined) filters.push(sql`kind = ${query.kind}`);
  if (last) filters.push(sql`(opened_at, id) < (${last[0]}, ${last[1]})`);
  const alerts = await ctx.db.all(
    Alert,
    sql`SELECT id, kind, shift_id, user_id, opened_at, closed_at FROM alerts
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY opened_at DESC, id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(alerts, query.limit, (row) => encodeCursor("alerts", ctx.tenant.id, [row.opened_at, row.id]));
}
