// Changes of a shift by an ADMIN: who, when, why, and the shift before and after. Triggers make the table append-only.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../audit/log.ts";
import type { UserCtx, Ctx } from "../platform/context.ts";
import { requireThat, returning } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { notFound } from "../platform/problem.ts";
import { clamped, shiftJson } from "./record.ts";
import { ShiftAudit } from "./schema.ts";

type Entry = z.infer<typeof ShiftAudit>;

// An append-only row cannot be erased later, so it must not hold device labels, which are personal data.
const withoutDevices = (shift: SQL): SQL => sql`json_set(${shift}, '$.sessions', (SELECT
    json_group_array(json_set(value, '$.device_label', NULL)) FROM json_each(${shift}, '$.sessions')))`;

/** The JSON of the breaks or sessions of a shift (JSON) between these times. */
const clampedIn = (shift: SQL, list: "$.breaks" | "$.sessions", start: SQL, end: SQL): SQL => {
  const times = clamped(sql`value ->> 'start_at'`, sql`value ->> 'end_at'`, start, end);
  return sql`(SELECT json_group_array(json_set(value, '$.start_at', ${times.start_at}, '$.end_at', ${times.end_at}))
    FROM json_each(${shift}, ${list}))`;
};

/** What a change makes of the shift `h`: SQL over its columns. Breaks and sessions follow its times. */
type ShiftChange = Partial<Record<"status" | "day" | "counted_cash" | "z_number", SQL>> & {
  start_at: SQL;
  end_at: SQL;
  needs_review: SQL;
};

/**
 * The statements that record a change, for before it in its batch: afterwards nothing knows the shift as it was. What an ADMIN changes needs no
 * proposed end any more. They reject the batch where a later id has been recorded: an entry is listed after those that it builds on.
 */
export function recordChange(
  ctx: UserCtx,
  shiftId: string,
  action: Entry["action"],
  reason: string,
  { needs_review, ...changed }: ShiftChange,
): SQL[] {
  const id = newId();
  const fields = Object.entries(changed).map(([name, value]) => sql`${`$.${name}`}, ${value}`);
  const becomes = sql`json_set(${shiftJson}, ${sql.join(fields, sql`, `)}, '$.proposed_end_at', NULL,
    '$.needs_review', json(iif(${needs_review}, 'true', 'false')),
    '$.breaks', ${clampedIn(shiftJson, "$.breaks", changed.start_at, changed.end_at)},
    '$.sessions', ${clampedIn(shiftJson, "$.sessions", changed.start_at, changed.end_at)})`;
  const [before, after] = [withoutDevices(sql.raw("was")), withoutDevices(sql.raw("becomes"))];
  const ofShift = sql`tenant_id = ${ctx.tenant.id} AND shift_id = ${shiftId}`;
  return [
    requireThat(
      "shift_audit_order",
      sql`NOT EXISTS (SELECT 1 FROM shift_audit WHERE ${ofShift} AND id >= ${id})`,
    ),
    sql`INSERT INTO shift_audit (tenant_id, shift_id, id, actor_id, action, reason, before, after, created_at)
      SELECT tenant_id, id, ${id}, ${ctx.actor.id}, ${action}, ${reason}, ${before}, ${after}, ${ctx.now.toISOString()}
      FROM (SELECT h.tenant_id, h.id, ${shiftJson} AS was, ${becomes} AS becomes FROM shifts h
        WHERE h.tenant_id = ${ctx.tenant.id} AND h.id = ${shiftId})`,
    auditDifference(
      ctx,
      action === "close" ? "shift.closed" : "shift.corrected",
      shiftId,
      sql`SELECT before AS was, after AS becomes FROM shift_audit WHERE ${ofShift} AND id = ${id}`,
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
