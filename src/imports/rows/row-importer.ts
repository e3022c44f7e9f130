// A kind of import is defined by its columns, how it parses a row and how it stores rows. Everything else (upload, chunks,
// checkpoint, rejected rows) is common to all kinds.
import type { SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { dayOf } from "../../values/days.ts";
import { minorDigits } from "../../values/money.ts";
import { columnPositions, type ColumnLayout } from "../file/columns.ts";

/** How the shop's dates and amounts are read: its time zone, its current day, and the decimals of its currency. */
export type ShopFormat = { timezone: string; today: string; digits: number };

/** Rejects a row; the message is shown to the user. */
export class RowError extends Error {}

/** A record of the file with its row number in a spreadsheet without the blank lines; the header is row 1. */
export type FileRow<T> = { row: number; value: T };

export type Rejection = { row: number; reason: string };

/** The rows that were rejected, and the statements that store all others. */
export type PreparedRows = { rejected: Rejection[]; statements: SQL[] };

export type RowImporter = {
  layout: ColumnLayout;
  /** Parses the records of a chunk and prepares the batch that stores them. At most one round trip. */
  prepareChunk: (
    ctx: Ctx,
    importId: string,
    header: string[],
    records: FileRow<string[]>[],
  ) => Promise<PreparedRows & { accepted: number }>;
};

/** An importer for rows of these columns. `parse` throws RowError; `prepare` receives the rows that it parsed. */
export const rowImporter = <C extends string, Row>(
  layout: ColumnLayout<C>,
  parse: (fields: string[], columns: Map<C, number>, width: number, format: ShopFormat) => Row,
  prepare: (ctx: Ctx, importId: string, rows: FileRow<Row>[], columns: C[]) => Promise<PreparedRows>,
): RowImporter => ({
  layout,
  prepareChunk: async (ctx, importId, header, records) => {
    const columns = columnPositions(layout, header);
    const { timezone, currency } = ctx.tenant;
    const format = { timezone, today: dayOf(ctx.now, timezone), digits: minorDigits(currency) };
    const rows: FileRow<Row>[] = [];
    const unparsed: Rejection[] = [];
    for (const { row, value } of records) {
      try {
        rows.push({ row, value: parse(value, columns, header.length, format) });
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        unparsed.push({ row, reason: error.message });
      }
    }
    const { rejected, statements } = await prepare(ctx, importId, rows, [...columns.keys()]);
    return {
      accepted: rows.length - rejected.length,
      rejected: [...unparsed, ...rejected],
      statements,
    };
  },
});
