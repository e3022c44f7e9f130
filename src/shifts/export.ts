import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { csvCell, csvStream } from "../values/csv.ts";
import { newestFirst, shiftFilter } from "./history.ts";
import { hoursOf, totalSeconds, workOf } from "./hours/hours.ts";
import type { Hours } from "./hours/schema.ts";
import { shiftColumn, shiftJson } from "./record.ts";
import type { ShiftQuery } from "./schema.ts";
import { userName } from "./hours/worked.ts";

export const SHIFT_COLUMNS =
  "shift_id,user_id,user,day,start_at,end_at,status,hours,opening_cash,counted_cash,z_number";

export const HOURS_COLUMNS = "user_id,user,day,seconds,hours,unpaid_break_seconds,shifts";

const csvRow = z.object({ name: z.string(), shift: shiftColumn });

/** All shifts that match the filters as CSV, newest first; hours exclude unpaid breaks. */
export const shiftsCsv = (
  ctx: ActorCtx,
  query: z.infer<typeof ShiftQuery>,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<z.infer<typeof csvRow>>(
    SHIFT_COLUMNS,
    (last, limit) => {
      const after = last ? ([last.shift.day, last.shift.start_at, last.shift.id] as const) : null;
      return ctx.db.all(
        csvRow,
        sql`SELECT ${userName} AS name, ${shiftJson} AS shift
          FROM shifts h CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
          WHERE ${shiftFilter(ctx, query, after)} ${newestFirst} LIMIT ${limit}`,
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
        hoursOf(totalSeconds(workOf(shift, ctx.now))),
        shift.opening_cash,
        shift.counted_cash ?? "",
        shift.z_number ?? "",
      ].join(","),
  );

/** Hours as CSV. */
export const hoursCsv = ({ data }: z.infer<typeof Hours>): string =>
  [
    HOURS_COLUMNS,
    ...data.map(({ user_id, name, day, ...row }) =>
      [user_id, csvCell(name), day, row.seconds, row.hours, row.unpaid_break_seconds, row.shifts].join(","),
    ),
    "",
  ].join("\r\n");
