// Changes of a shift by an ADMIN: who, when, why, and the shift before and after. Triggers make the table append-only.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../audit/log.ts";
import type { UserCtx, Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { notFound } from "../platform/problem.ts";
import { shiftJson } from "./record.ts";
import { ShiftAudit } from "./schema.ts";

type Entry = z.infer<typeof ShiftAudit>;

// An append-only row cannot be erased later, so it must not hold device labels, which are personal data.
const withoutDevices = (shift: SQL): SQL => sql`json_set(${shift}, '$.sessions', (SELECT
    json_group_array(json_set(value, '$.device_label', NULL)) FROM json_each(${shift}, '$.sessions')))`;

/** The statements that record a change, for the end of its batch; `before` is the JSON of the shift before it. */
export function recordChange(
  ctx: UserCtx,
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

const idRow = z.object({ id: z.string() });

const auditRow = z.object({ before: json, after: json }).loose().pipe(ShiftAudit);

/** The changes of a shift, oldest first. One round trip. @throws Problem not-found */
export async function listShiftAudit(ctx: Ctx, shiftId: string): Promise<{ data: Entry[] }> {
  const shift = returning(
    idRow,
    sql`SELECT id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
  );
  const entries = returning(
    auditRow,
    sql`SELECT id, shift_id, actor_id, action, reason, before, after, created_at FROM shift_audit
      WHERE tenant_id = ${ctx.tenant.id} AND shift_id = ${shiftId} ORDER BY id`,
  );
  const done = await ctx.db.batch([shift, entries]);
  if (done.of(shift).length === 0) throw notFound("shift");
  return { data: done.of(entries) };
}
