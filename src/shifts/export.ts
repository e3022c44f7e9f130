// Shifts and hours as CSV.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { csvCell, csvStream } from "../values/csv.ts";
import { asked, newestFirst } from "./history.ts";
import { hoursOf, worked, workOf } from "./hours/hours.ts";
import type { Hours } from "./hours/schema.ts";
import { shiftJson } from "./record.ts";
import type { ShiftQuery } from "./schema.ts";
import { nameOf, storedShift } from "./hours/worked.ts";

export const SHIFT_COLUMNS =
  "shift_id,user_id,user,day,start_at,end_at,status,hours,opening_cash,counted_cash,z_number";

export const HOURS_COLUMNS = "user_id,user,day,seconds,hours,unpaid_break_seconds,shifts";

const row = z.object({ name: z.string(), shift: storedShift });

/** All shifts of the filters as CSV, newest first, hours without unpaid breaks. */
export const shiftsCsv = (
  ctx: ActorCtx,
  query: z.infer<typeof ShiftQuery>,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<z.infer<typeof row>>(
    SHIFT_COLUMNS,
    (last, limit) => {
      const after = last ? ([last.shift.day, last.shift.start_at, last.shift.id] as const) : null;
      return ctx.db.all(
        row,
        sql`SELECT ${nameOf} AS name, ${shiftJson} AS shift
          FROM shifts h CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
          WHERE ${asked(ctx, query, after)} ${newestFirst} LIMIT ${limit}`,
      );
    },
    ({ name, shift }) =>
      [
        shift.id,
        shift.user_id,
        csvCell(name),
        shift.day,
        shift.start_at,
        shift.end_at ?? "",
        shift.status,
        hoursOf(worked(workOf(shift, ctx.now))),
        shift.opening_cash,
        shift.counted_cash ?? "",
        shift.z_number ?? "",
      ].join(","),
  );

/** Hours as CSV. */
export const hoursCsv = ({ data }: z.infer<typeof Hours>): string =>
  [
    HOURS_COLUMNS,
    ...data.map(({ user_id, name, day, ...of }) =>
      [user_id, csvCell(name), day, of.seconds, of.hours, of.unpaid_break_seconds, of.shifts].join(","),
    ),
    "",
  ].join("\r\n");
