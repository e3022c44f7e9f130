// A kind of import is defined by how it parses rows and how it stores them. Everything else (upload, formats, chunks, checkpoint,
// rejected rows) is common to all kinds.
import type { Ctx } from "../../platform/context.ts";
import type { Statement } from "../../platform/d1.ts";
import { dayOf } from "../../values/days.ts";
import { minorDigits } from "../../values/money.ts";
import type { Plan } from "../mapping/plan.ts";

/** How the shop's dates and amounts are read: its time zone, its current day, its currency and the decimals of that. */
export type ShopFormat = { timezone: string; today: string; digits: number; currency: string };

/** Rejects a row; the message is shown to the user. */
export class RowError extends Error {}

/** Skips a row that is well-formed but is no sale or product, such as a cancelled order; the message is the reason. */
export class SkippedRow extends Error {}

/** A record of the file with its row number in a spreadsheet without the blank lines; the first line is row 1. */
export type FileRow<T> = { row: number; value: T };

/** Why a row is rejected or skipped. `kind` is the reason without the values of this row. */
export type Rejection = { row: number; reason: string; kind?: string };

/** A record that could not be parsed, with the number of the invoice to which it belongs, if that is legible. */
export type RefusedRecord = Rejection & { group: string | null };

/** The rows that were rejected, those that the shop has already, and the statements that store all others. */
export type PreparedRows<Row> = {
  rejected: Rejection[];
  known?: number[];
  statements: Statement[];
  /** The rows as they are stored, where that depends on the shop. */
  resolved?: FileRow<Row>[];
};

export type ParsedRows<Row> = {
  /** A record may become several rows with its number. */
  rows: FileRow<Row>[];
  rejected: Rejection[];
  skipped: Rejection[];
};

/** What a chunk contains. `accepted` and `known` count records. */
export type PreparedChunk<Row = unknown> = Omit<PreparedRows<Row>, "known" | "resolved"> & {
  accepted: number;
  known: number;
  skipped: Rejection[];
  rows: FileRow<Row>[];
};

export type RowImporter<Row = unknown> = {
  /** Parses the records of a chunk and prepares the batch that stores them. At most one round trip. */
  prepareChunk: (
    ctx: Ctx,
    importId: string,
    plan: Plan,
    records: FileRow<string[]>[],
  ) => Promise<PreparedChunk<Row>>;
  /** Parses the records of a chunk again. */
  parseChunk: (ctx: Ctx, plan: Plan, records: FileRow<string[]>[]) => ParsedRows<Row>;
};

/** How amounts and dates are read in this shop now. */
export const shopFormat = ({
  tenant: { timezone, currency },
  now,
}: Pick<Ctx, "tenant" | "now">): ShopFormat => ({
  timezone,
  today: dayOf(now, timezone),
  digits: minorDigits(currency),
  currency,
});

/** An importer for rows of this kind; `prepare` receives the rows that `parse` could read. */
export const rowImporter = <Row, C extends string>(
  parse: (records: FileRow<string[]>[], plan: Plan, format: ShopFormat) => ParsedRows<Row>,
  prepare: (
    ctx: Ctx,
    importId: string,
    rows: FileRow<Row>[],
    columns: C[],
    refused: RefusedRecord[],
  ) => Promise<PreparedRows<Row>>,
  columnsOf: (plan: Plan) => C[],
  /** `above` is that of the record before. */
  groupOf: (fields: string[], plan: Plan, above: string | null) => string | null = () => null,
): RowImporter<Row> => ({
  parseChunk: (ctx, plan, records) => parse(records.filter(hasText), plan, shopFormat(ctx)),
  prepareChunk: async (ctx, importId, plan, records) => {
    const parsed = parse(records.filter(hasText), plan, shopFormat(ctx));
    const groups = new Map<number, string | null>();
    if (parsed.rejected.length > 0) {
      let above: string | null = null;
      for (const { row, value } of records) groups.set(row, (above = groupOf(value, plan, above)));
    }
    const refusedRecords = parsed.rejected.map((rejection) => ({
      ...rejection,
      group: groups.get(rejection.row) ?? null,
    }));
    const prepared = await prepare(ctx, importId, parsed.rows, columnsOf(plan), refusedRecords);
    const rejected = uniqueRows([...parsed.rejected, ...prepared.rejected]);
    const refused = new Set(rejected.map(({ row }) => row));
    const known = new Set(prepared.known?.filter((row) => !refused.has(row)));
    const rows = (prepared.resolved ?? parsed.rows).filter(({ row }) => !refused.has(row) && !known.has(row));
    return {
      rows,
      accepted: new Set(rows.map(({ row }) => row)).size,
      known: known.size,
      rejected,
      skipped: [
        ...records
          .filter((record) => !hasText(record))
          .map(({ row }) => ({ row, reason: "the row is empty" })),
        ...parsed.skipped,
      ],
      statements: prepared.statements,
    };
  },
});

const hasText = ({ value }: FileRow<string[]>): boolean => value.some((cell) => cell.trim() !== "");

/** The first rejection of each row. */
function uniqueRows(rejections: Rejection[]): Rejection[] {
  const seen = new Set<number>();
  return rejections.filter(({ row }) => !seen.has(row) && seen.add(row));
}

/** Parses records one by one. */
export function parseEach<Row>(
  records: FileRow<string[]>[],
  parse: (fields: string[]) => Row[],
): ParsedRows<Row> {
  const parsed: ParsedRows<Row> = { rows: [], rejected: [], skipped: [] };
  for (const { row, value } of records) {
    try {
      for (const each of parse(value)) parsed.rows.push({ row, value: each });
    } catch (error) {
      if (error instanceof RowError) parsed.rejected.push({ row, reason: error.message });
      else if (error instanceof SkippedRow) parsed.skipped.push({ row, reason: error.message });
      else throw error;
    }
  }
  return parsed;
}

/** The fields of a record, with missing ones at the end as empty. @throws RowError */
export function padded(fields: string[], width: number): string[] {
  if (fields.length === width) return fields;
  if (fields.length < width) return [...fields, ...Array<string>(width - fields.length).fill("")];
  if (fields.slice(width).every((cell) => cell.trim() === "")) return fields.slice(0, width);
  throw new RowError(`${fields.length} fields instead of ${width}`);
}
