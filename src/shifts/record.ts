// A shift as clients see it, and the SQL that several operations on shifts share.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { Shift } from "./schema.ts";

export type ShiftBody = z.infer<typeof Shift>;

/** A scalar query: the JSON of the shift `h`, in the shape of `Shift`. */
export const shiftJson =
  sql.raw(`json_object('id', h.id, 'user_id', h.user_id, 'status', h.status, 'start_at', h.start_at,
  'end_at', h.end_at, 'day', h.day, 'opening_cash', h.opening_cash, 'counted_cash', h.counted_cash,
  'z_number', h.z_number, 'needs_review', json(iif(h.needs_review, 'true', 'false')), 'proposed_end_at', h.proposed_end_at,
  'sessions', json((SELECT json_group_array(json_object('id', w.id, 'device_label', w.device_label,
      'start_at', w.start_at, 'end_at', w.end_at) ORDER BY w.id)
    FROM work_sessions w WHERE w.tenant_id = h.tenant_id AND w.shift_id = h.id)),
  'breaks', json((SELECT json_group_array(json_object('id', b.id, 'paid', json(iif(b.is_paid, 'true', 'false')),
      'start_at', b.start_at, 'end_at', b.end_at) ORDER BY b.id)
    FROM breaks b WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id)))`);

export const parseShift = (text: string): ShiftBody => Shift.parse(JSON.parse(text));

/** A column that holds `shiftJson`. */
export const shiftColumn = z.string().transform(parseShift);

export const shiftRow = z.object({ shift: shiftColumn });

/** The open shift of a user in D1, or null. One round trip. */
export async function findOpenShift(ctx: Base, tenantId: string, userId: string): Promise<ShiftBody | null> {
  const [row] = await ctx.db.all(
    shiftRow,
    sql`SELECT ${shiftJson} AS shift FROM shifts h
      WHERE h.tenant_id = ${tenantId} AND h.user_id = ${userId} AND h.status = 'OPEN'`,
  );
  return row?.shift ?? null;
}

/** What a break or session (SQL of its times) becomes in a shift from `start` to `end`: an open one ends, and none exceeds the shift. */
export const clamped = (startAt: SQL, endAt: SQL, start: SQL, end: SQL): { start_at: SQL; end_at: SQL } => ({
  start_at: sql`max(min(${startAt}, ${end}), ${start})`,
  end_at: sql`max(min(coalesce(${endAt}, ${end}), ${end}), ${start})`,
});

/** The statements that end the open breaks and sessions of a closed shift, and clamp all of them to its times. */
export function clampToShift(tenantId: string, shiftId: string): SQL[] {
  const times = clamped(sql`x.start_at`, sql`x.end_at`, sql`h.start_at`, sql`h.end_at`);
  return ["breaks", "work_sessions"].map(
    (
      table,
    ) => sql`UPDATE ${sql.raw(table)} AS x SET start_at = ${times.start_at}, end_at = ${times.end_at} FROM shifts h
      WHERE x.tenant_id = ${tenantId} AND x.shift_id = ${shiftId} AND h.tenant_id = x.tenant_id AND h.id = x.shift_id
        AND (x.end_at IS NULL OR x.end_at > h.end_at OR x.start_at < h.start_at)`,
  );
}

/** A scalar query: the id of the shift while it is open, else NULL, so that a NOT NULL rejects a row of a closed shift. */
export const idIfOpen = (tenantId: string, shiftId: string): SQL =>
  sql`(SELECT id FROM shifts WHERE tenant_id = ${tenantId} AND id = ${shiftId} AND status = 'OPEN')`;

/** A scalar query: the id of the open shift of a user, or NULL. */
export const openShiftId = (tenantId: string, userId: string | null): SQL =>
  sql`(SELECT id FROM shifts WHERE tenant_id = ${tenantId} AND user_id = ${userId} AND status = 'OPEN')`;
