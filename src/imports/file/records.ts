// A piece of a CSV file -> its complete records. csv-parse splits bytes as ISO-8859-1, which loses nothing and is the same
// for both encodings; a field that is valid UTF-8 is then read as such. A quote that is never closed would swallow the
// rest of the file: a record that long is cut back to its first line, which is then refused alone.
import { parse } from "csv-parse";

/** One record: its fields, or null where its first line opens a quote that is never closed; bytes `start` to `end` of the piece. */
export type CsvRecord = { fields: string[] | null; start: number; end: number };

const MAX_RECORD_BYTES = 64 * 1024;
const MAX_RECORD_LINES = 50;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
// Of several lines a record is only where each of its quotes closes before a comma or the end. Otherwise one line opened a
// quote that another closed, and the lines between would be lost in a field.
const WELL_FORMED =
  /^(?:"(?:[^"]|"")*"|[^",\r\n][^,\r\n]*|)(?:,(?:"(?:[^"]|"")*"|[^",\r\n][^,\r\n]*|))*\r?\n?$/;

// Each costs another look at the rest of the piece.
const MAX_OPEN_QUOTES = 50;

/** The complete records of `piece`; `last` says that the file ends with it. What follows the last record is to be read again. */
export async function recordsOf(piece: Buffer, last: boolean): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  let from = 0;
  for (let openQuotes = 0; openQuotes < MAX_OPEN_QUOTES && from < piece.length; openQuotes += 1) {
    const found = await upToOpenQuote(piece.subarray(from), last);
    for (const { fields, start, end } of found)
      records.push({ fields, start: from + start, end: from + end });
    const tail = found.at(-1);
    if (!tail || tail.fields !== null) break;
    from += tail.end;
  }
  return records;
}

/** The records up to the first line that opens a quote and never closes it, that line included. */
async function upToOpenQuote(piece: Buffer, last: boolean): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  let end = 0;
  const parser = parse({
    encoding: "latin1",
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (fields: string[], { bytes }: { bytes: number }) => {
      records.push({ fields: fields.map(decode), start: afterBlankLines(piece, end), end: bytes });
      end = bytes;
      return null;
    },
  });
  const failed = await new Promise<Error | null>((resolve) => {
    parser.on("error", resolve);
    parser.on("end", () => resolve(null));
    parser.resume();
    // Without end() the parser keeps an incomplete last record to itself.
    parser.write(piece, (error) => {
      if (error) resolve(error);
      else if (last) parser.end();
      else resolve(null);
    });
  });
  if (failed && !("code" in failed && failed.code === "CSV_QUOTE_NOT_CLOSED")) throw failed;
  const runaway = records.findIndex((record) => isRunaway(piece, record));
  if (runaway >= 0) return [...records.slice(0, runaway), firstLine(piece, records[runaway]?.start ?? 0)];
  const rest = afterBlankLines(piece, end);
  const isTooLong = records.length === 0 && (last || piece.length - end > MAX_RECORD_BYTES);
  if (rest < piece.length && (failed || isTooLong)) records.push(firstLine(piece, rest));
  return records;
}

function isRunaway(piece: Buffer, { start, end }: CsvRecord): boolean {
  if (end - start > MAX_RECORD_BYTES) return true;
  let lines = 0;
  for (let at = piece.indexOf(LINE_FEED, start); at >= 0 && at < end; at = piece.indexOf(LINE_FEED, at + 1))
    lines += 1;
  return lines > MAX_RECORD_LINES || (lines > 1 && !WELL_FORMED.test(piece.toString("latin1", start, end)));
}

/** Where the next record begins. */
function afterBlankLines(piece: Buffer, from: number): number {
  let at = from;
  while (piece[at] === LINE_FEED || piece[at] === CARRIAGE_RETURN) at += 1;
  return at;
}

function firstLine(piece: Buffer, start: number): CsvRecord {
  const feed = piece.indexOf(LINE_FEED, start);
  return { fields: null, start, end: feed < 0 ? piece.length : feed + 1 };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of bytes that were read as ISO-8859-1: UTF-8 where they are valid UTF-8. */
function decode(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII is the same in both encodings
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1;
  try {
    return utf8.decode(Buffer.from(latin1, "latin1"));
  } catch {
    // TypeError is how a fatal decoder says that the bytes are not UTF-8.
    return latin1;
  }
}

/** The text of a record as it stands in the file, for a person to mend: 2,000 characters at most. */
export const textOf = (piece: Buffer, { start, end }: CsvRecord): string =>
  decode(piece.toString("latin1", start, end))
    .replace(/\r?\n$/, "")
    .slice(0, 2000);
