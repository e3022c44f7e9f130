// Who is on shift now.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { actorId, type ActorCtx, type Ctx, seesColleagues } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { type Plan, planOf } from "../../platform/plan.ts";
import { shiftColumn, shiftJson } from "../record.ts";
import { totalSeconds, workOf } from "./hours.ts";
import type { ActiveShifts } from "./schema.ts";
import { userName } from "./worked.ts";

// Without the hint the planner reads all shifts of the shop by their primary key.
const openShifts = sql.raw("shifts h INDEXED BY shifts_open");

/** A query: `user_id` and `on_break` of everyone who has an open shift. */
export const onShift = (ctx: Ctx): SQL => sql`SELECT h.user_id AS user_id, EXISTS (SELECT 1 FROM breaks b
    WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id AND b.end_at IS NULL) AS on_break
  FROM ${openShifts} WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN'`;

const activeRow = z.object({
  name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  shift: shiftColumn,
});

/** Who is on shift now, longest first; the actor only, if they do not see colleagues. */
export function activeShifts(ctx: ActorCtx): Plan<z.infer<typeof ActiveShifts>> {
  const isVisible = seesColleagues(ctx) ? sql`` : sql`AND h.user_id = ${actorId(ctx)}`;
  const shifts = returning(
    activeRow,
    sql`SELECT ${userName} AS name, u.role, ${shiftJson} AS shift
      FROM ${openShifts} CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
      WHERE h.tenant_id = ${ctx.tenant.id} AND h.status = 'OPEN' ${isVisible} ORDER BY h.start_at, h.id`,
  );
  return planOf(shifts, (rows) => ({
    data: rows.map(({ name, role, shift }) => ({
      user_id: shift.user_id,
      name,
      role,
      shift_id: shift.id,
      start_at: shift.start_at,
      on_break: shift.breaks.some((each) => each.end_at === null),
      devices: shift.sessions.filter((each) => each.end_at === null).map((each) => each.device_label),
      seconds: totalSeconds(workOf(shift, ctx.now)),
    })),
  }));
}
