// Who changed somebody's shift: when, why, and how it was before and after. Triggers keep the rows as they were written.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../audit/log.ts";
import type { ActorCtx, Ctx } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { notFound } from "../platform/problem.ts";
import { shiftJson } from "./record.ts";
import { ShiftAudit } from "./schema.ts";

type Entry = z.infer<typeof ShiftAudit>;

// A row is never changed, so what somebody has called his device has no place in it.
const withoutDevices = (shift: SQL): SQL => sql`json_set(${shift}, '$.sessions', (SELECT
    json_group_array(json_set(value, '$.device_label', NULL)) FROM json_each(${shift}, '$.sessions')))`;

/**
 * The statements that record a change, for the end of its batch; `before` is JSON of the shift as it was. The log of the
 * shop is told of it from that very row.
 */
export function recordChange(
  ctx: ActorCtx,
  shiftId: string,
  action: Entry["action"],
  reason: string,
  before: string,
): SQL[] {
  const id = newId();
  const [was, becomes] = [withoutDevices(sql`${before}`), withoutDevices(sql.raw("becomes"))];
  return [
    sql`INSERT INTO shift_audit (tenant_id, shift_id, id, actor_id, action, reason, before, after, created_at)
      SELECT tenant_id, id, ${id}, ${ctx.actor.id}, ${action}, ${reason}, ${was}, ${becomes}, ${ctx.now.toISOString()}
      FROM (SELECT h.tenant_id, h.id, ${shiftJson} AS becomes FROM shifts h
        WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId})`,
    auditDifference(
      ctx,
      action === "close" ? "shift.closed" : "shift.corrected",
      shiftId,
      sql`SELECT before AS was, after AS becomes FROM shift_audit
        WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${shiftId} AND id = ${id}`,
    ),
  ];
}

const json = z.string().transform((text): unknown => JSON.parse(text));

const auditRow = z.object({ before: json, after: json }).loose().pipe(ShiftAudit);

/** The changes of a shift, in their order. One round trip. @throws Problem not-found */
export async function listShiftAudit(ctx: Ctx, shiftId: string): Promise<{ data: Entry[] }> {
  const [found, entries] = await ctx.db.batch([
    sql`SELECT id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
    sql`SELECT id, shift_id, actor_id, action, reason, before, after, created_at FROM shift_audit
      WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${shiftId} ORDER BY id`,
  ]);
  if (!found?.length) throw notFound("shift");
  return { data: rows(auditRow, entries) };
}
