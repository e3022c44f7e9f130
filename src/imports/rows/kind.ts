// A kind of import is its columns, its row reader and its store. The rest (upload, pieces, checkpoint, rejects) is the same
// for all kinds, and knows none of them.
import type { SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { minorDigits } from "../../values/money.ts";
import { positionsOf, type Layout } from "../file/columns.ts";

/** The shop's side of reading: its time zone, and how many decimals its minor unit has. */
export type Reading = { timezone: string; digits: number };

/** Why a row was refused, for a person. */
export class Refused extends Error {}

/** A record of the file under the number that a spreadsheet gives it, blank lines left out: the header is row 1. */
export type Numbered<T> = { row: number; value: T };

type Refusal = { row: number; reason: string };

/** What becomes of the rows that could be read: those that are refused, and the statements that store the others. */
export type Settled = { refused: Refusal[]; statements: SQL[] };

export type Kind = {
  layout: Layout;
  /** Reads the records of a piece and prepares its batch. At most one round trip. */
  take: (
    ctx: Ctx,
    importId: string,
    header: string[],
    records: Numbered<string[]>[],
  ) => Promise<Settled & { accepted: number }>;
};

/** A kind of these columns; `read` throws Refused, `settle` sees all rows of a piece that it did not. */
export const kindOf = <C extends string, Row>(
  layout: Layout<C>,
  read: (fields: string[], columns: Map<C, number>, width: number, reading: Reading) => Row,
  settle: (ctx: Ctx, importId: string, rows: Numbered<Row>[], columns: C[]) => Promise<Settled>,
): Kind => ({
  layout,
  take: async (ctx, importId, header, records) => {
    const columns = positionsOf(layout, header);
    const reading = { timezone: ctx.tenant.timezone, digits: minorDigits(ctx.tenant.currency) };
    const rows: Numbered<Row>[] = [];
    const unread: Refusal[] = [];
    for (const { row, value } of records) {
      try {
        rows.push({ row, value: read(value, columns, header.length, reading) });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        unread.push({ row, reason: error.message });
      }
    }
    const { refused, statements } = await settle(ctx, importId, rows, [...columns.keys()]);
    return {
      accepted: rows.length - refused.length,
      refused: [...unread, ...refused],
      statements,
    };
  },
});
