import { sql } from "drizzle-orm";
import { z } from "zod";
import {
  decodeResumeKey,
  encodeResumeKey,
  type ErasureStep,
  idList,
  type PersonalData,
} from "../platform/personal-data.ts";

// A shift may have thousands of activities.
const SHIFTS_PER_BATCH = 10;
const shiftRow = z.object({ id: z.string(), day: z.string(), start_at: z.string() });

const eraseDevices: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const [day, startAt, id] = decodeResumeKey(after);
  const shifts = await ctx.db.all(
    shiftRow,
    sql`SELECT id, day, start_at FROM shifts INDEXED BY shifts_user
      WHERE tenant_id = ${tenant_id} AND user_id = ${user_id} AND (day, start_at, id) > (${day}, ${startAt}, ${id})
      ORDER BY day, start_at, id LIMIT CAST(${SHIFTS_PER_BATCH} AS INTEGER)`,
  );
  const last = shifts.at(-1);
  const ofShifts = sql`WHERE tenant_id = ${tenant_id} AND shift_id IN (SELECT value FROM json_each(${idList(shifts)}))`;
  return {
    statements: [
      sql`UPDATE work_sessions SET device_label = NULL ${ofShifts} AND device_label IS NOT NULL`,
      sql`UPDATE activity SET detail = NULL ${ofShifts} AND detail IS NOT NULL`,
    ],
    after: encodeResumeKey(shifts, SHIFTS_PER_BATCH, () => [last?.day, last?.start_at, last?.id]),
  };
};

export const personalData: PersonalData = {
  erased: { work_sessions: "device_label is removed", activity: "detail is removed" },
  notExported: {
    work_sessions: "the work of staff, which they read at GET /shifts",
    activity: "the work of staff, which they read at GET /shifts/{id}/activity",
  },
  retained: {
    shifts: "working times and cash by id, which the shop must keep; the stored report has no names",
    breaks: "working times by id",
    shift_days: "working times by id",
    unbuilt_shifts: "ids",
    worked_totals: "working times by id",
    shift_audit: "the shift before a change, without devices; the reason is an ADMIN's note about the shift",
    alerts: "ids and times",
    cash_moves: "reasons belong to the shop's cash book",
    platform_lists: "belongs to the shop",
  },
  steps: { shifts: eraseDevices },
};
