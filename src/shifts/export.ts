import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { csvStream } from "../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable, csvText } from "../values/csv.ts";
import { newestFirst, shiftFilter } from "./history.ts";
import { hoursOf, totalSeconds, workOf } from "./hours/hours.ts";
import type { Hours } from "./hours/schema.ts";
import { shiftColumn, shiftJson } from "./record.ts";
import type { ShiftQuery } from "./schema.ts";
import { userName } from "./hours/worked.ts";

const shiftRow = z.object({ name: z.string(), shift: shiftColumn });

// D1 reads some seven rows for a shift with its sessions and breaks.
const SHIFTS_PER_PAGE = 600;

type ShiftRow = z.infer<typeof shiftRow> & { hours: number };

/** The columns of shifts as CSV; hours exclude unpaid breaks. */
export const shiftColumns: CsvColumns<ShiftRow> = {
  shift_id: ({ shift }, { word }) => word(shift.id),
  user_id: ({ shift }, { word }) => word(shift.user_id),
  user: ({ name }, { text }) => text(name),
  day: ({ shift }, { word }) => word(shift.day),
  start_at: ({ shift }, { word }) => word(shift.start_at),
  end_at: ({ shift }, { word }) => word(shift.end_at),
  status: ({ shift }, { word }) => word(shift.status),
  hours: ({ hours }, { number }) => number(hours),
  opening_cash: ({ shift }, { amount }) => amount(shift.opening_cash),
  counted_cash: ({ shift }, { amount }) => amount(shift.counted_cash),
  z_number: ({ shift }, { number }) => number(shift.z_number),
  currency: (_, { currency }) => currency(),
};

/** All shifts that match the filters as CSV, newest first. */
export const shiftsCsv = (
  ctx: ActorCtx,
  query: z.infer<typeof ShiftQuery>,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<ShiftRow>(
    csvTable(shiftColumns, format),
    async (last, limit) => {
      const after = last ? ([last.shift.day, last.shift.start_at, last.shift.id] as const) : null;
      const rows = await ctx.db.all(
        shiftRow,
        sql`SELECT ${userName} AS name, ${shiftJson} AS shift
        FROM shifts h CROSS JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
        WHERE ${shiftFilter(ctx, query, after)} ${newestFirst} LIMIT ${limit}`,
      );
      return rows.map((row) => ({ ...row, hours: hoursOf(totalSeconds(workOf(row.shift, ctx.now))) }));
    },
    { maxRows: SHIFTS_PER_PAGE },
  );

/** The columns of worked hours as CSV. */
export const hoursColumns: CsvColumns<z.infer<typeof Hours>["data"][number]> = {
  user_id: ({ user_id }, { word }) => word(user_id),
  user: ({ name }, { text }) => text(name),
  day: ({ day }, { word }) => word(day),
  seconds: ({ seconds }, { number }) => number(seconds),
  hours: ({ hours }, { number }) => number(hours),
  unpaid_break_seconds: (row, { number }) => number(row.unpaid_break_seconds),
  shifts: ({ shifts }, { number }) => number(shifts),
};

/** Hours as CSV. */
export const hoursCsv = ({ data }: z.infer<typeof Hours>, format: CsvFormat): string =>
  csvText(hoursColumns, data, format);
