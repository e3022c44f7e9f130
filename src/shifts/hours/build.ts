// Splits closed shifts into days, a page a minute: SQL knows no time zones. Until then a shift is read itself (worked.ts).
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { daysBetween, splitByDay, workOf } from "./hours.ts";
import { workColumn, workJson } from "./work-columns.ts";

const SHIFTS_PER_PAGE = 300;

const shiftRow = z.object({
  tenant_id: z.string(),
  shift_id: z.string(),
  timezone: z.string(),
  // Also as it is, to see whether it changes.
  stored: z.string(),
  work: workColumn,
});

const positionShape = z.tuple([z.string(), z.string()]);

function daysOf({ work, timezone }: z.infer<typeof shiftRow>, now: Date) {
  const [first, last] = [
    dayOf(new Date(work.start_at), timezone),
    dayOf(new Date(work.end_at ?? now), timezone),
  ];
  return splitByDay(workOf(work, now), daysBetween(first, last, timezone));
}

/** A page of the sweep of closed shifts that are not split yet. Two round trips. */
export async function buildShifts(ctx: Base, after: string, limit = SHIFTS_PER_PAGE): Promise<string | null> {
  const [tenantId, shiftId] = after === "" ? ["", ""] : positionShape.parse(JSON.parse(after));
  const shifts = await ctx.db.all(
    shiftRow,
    sql`SELECT u.tenant_id, u.shift_id, t.timezone, ${workJson} AS stored, ${workJson} AS work
      FROM unbuilt_shifts u CROSS JOIN tenants t ON t.id = u.tenant_id
      CROSS JOIN shifts h ON h.tenant_id = u.tenant_id AND h.id = u.shift_id
      WHERE (u.tenant_id, u.shift_id) > (${tenantId}, ${shiftId}) ORDER BY u.tenant_id, u.shift_id LIMIT ${limit}`,
  );
  if (shifts.length === 0) return null;
  const built = shifts.map((shift) => ({ ...shift, work: undefined, days: daysOf(shift, ctx.now) }));
  const ids = shifts.map(({ tenant_id, shift_id }) => ({ tenant_id, shift_id }));
  await ctx.db.batch([
    // A shift or time zone that has changed since it was read is left to the next minute.
    sql`INSERT INTO shift_days (tenant_id, shift_id, day, user_id, seconds, unpaid_seconds, is_continued)
      SELECT h.tenant_id, h.id, d.value ->> 'day', h.user_id, d.value ->> 'seconds', d.value ->> 'unpaid', d.key > 0
      FROM json_each(${JSON.stringify(built)}) j
      CROSS JOIN unbuilt_shifts u ON u.tenant_id = j.value ->> 'tenant_id' AND u.shift_id = j.value ->> 'shift_id'
      CROSS JOIN tenants t ON t.id = u.tenant_id
      CROSS JOIN shifts h ON h.tenant_id = u.tenant_id AND h.id = u.shift_id
      CROSS JOIN json_each(j.value, '$.days') d
      WHERE t.timezone = j.value ->> 'timezone' AND ${workJson} = j.value ->> 'stored'
      ON CONFLICT DO NOTHING`,
    sql`DELETE FROM unbuilt_shifts WHERE (tenant_id, shift_id) IN (
      SELECT d.tenant_id, d.shift_id FROM json_each(${JSON.stringify(ids)}) j
        CROSS JOIN shift_days d ON d.tenant_id = j.value ->> 'tenant_id' AND d.shift_id = j.value ->> 'shift_id')`,
  ]);
  const last = shifts.at(-1);
  return last && shifts.length === limit ? JSON.stringify([last.tenant_id, last.shift_id]) : null;
}
