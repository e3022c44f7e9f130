// The delimiter and the header of a file, by the start of it.
import type { z } from "zod";
import { invalid } from "../../platform/problem.ts";
import type { CallerMapping } from "../mapping/caller.ts";
import { countKnown, resolveColumns, sampleOf, type Resolved } from "../mapping/resolve.ts";
import type { ImportKind } from "../schema.ts";
import { parseRecords, type CsvRecord } from "./records.ts";

/** The bytes of a file in which its header has to be. */
export const HEAD_BYTES = 64 * 1024;

const MAX_COLUMNS = 200;
const MAX_HEADER_ROW = 10;
const DELIMITERS = [",", ";", "\t", "|"];
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const SEPARATOR_LINE = /^"?sep=(.)"?(?:\r\n|\r|\n)/i;

/** The header of a file, the row it is in, and the offset of the row after it. */
export type Head = {
  delimiter: string;
  header: string[];
  headerRow: number;
  /** The first rows below the header. */
  sample: string[][];
  end: number;
  resolved: Resolved;
};

/** @throws Problem invalid, missing-columns */
export function readHead(
  start: Buffer,
  isWhole: boolean,
  kind: z.infer<typeof ImportKind>,
  mapping: CallerMapping,
): Head {
  const mark = start.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const [line = "", separator] = SEPARATOR_LINE.exec(start.toString("latin1", mark, mark + 20)) ?? [];
  const from = mark + line.length;
  const isKnownSeparator = separator !== undefined && DELIMITERS.includes(separator);
  const candidates = (isKnownSeparator ? [separator] : DELIMITERS).map((delimiter) => {
    const records = parseRecords(start.subarray(from), isWhole, delimiter).slice(0, MAX_HEADER_ROW + 3);
    return { delimiter, records, ...findHeader(kind, records, mapping) };
  });
  const best = candidates.reduce((one, other) => (other.score > one.score ? other : one));
  const record = best.records[best.index];
  if (!record?.fields) throw invalid([{ pointer: "#", detail: "the first line names no columns" }]);
  const header = record.fields.map((name) => name.trim());
  if (header.length > MAX_COLUMNS)
    throw invalid([{ pointer: "#", detail: `the first line names more than ${MAX_COLUMNS} columns` }]);
  const samples = best.records.slice(best.index + 1).flatMap(({ fields }) => (fields ? [fields] : []));
  return {
    delimiter: best.delimiter,
    header,
    headerRow: best.index + (line === "" ? 1 : 2),
    sample: sampleOf(samples),
    end: from + record.end,
    resolved: resolveColumns(kind, header, samples, best.delimiter, mapping),
  };
}

/** The row with the most known columns, and a score by which delimiters are compared. */
function findHeader(kind: z.infer<typeof ImportKind>, records: CsvRecord[], mapping: CallerMapping) {
  let [index, known] = [0, 0];
  for (const [at, { fields }] of records.slice(0, MAX_HEADER_ROW).entries()) {
    const found = fields ? countKnown(kind, fields, mapping) : 0;
    if (found > known) [index, known] = [at, found];
  }
  const width = records[index]?.fields?.length ?? 0;
  const rows = records.slice(index + 1, index + 4);
  // Without known names, the delimiter is the one that divides all rows into as many fields.
  const isConsistent = width > 1 && rows.every(({ fields }) => fields === null || fields.length === width);
  return { index, score: known * 1000 + (isConsistent ? width : 0) };
}
