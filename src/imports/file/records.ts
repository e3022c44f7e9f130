// csv-parse splits the bytes as ISO-8859-1, which is lossless and works for both encodings; fields that are valid UTF-8 are then
// decoded as UTF-8. An unclosed quote would absorb the rest of the file, so a record that long is reduced to its first line, which
// is rejected alone.
import { parse } from "csv-parse";

/** A record at bytes `start` to `end` of the chunk. `fields` is null for a line with an unclosed quote. */
export type CsvRecord = { fields: string[] | null; start: number; end: number };

const MAX_RECORD_BYTES = 64 * 1024;
const MAX_RECORD_LINES = 50;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
// A record of several lines must close each quote before a comma or the end. Otherwise one line opened a quote that another
// closed, and the lines between would be lost in a field.
const WELL_FORMED =
  /^(?:"(?:[^"]|"")*"|[^",\r\n][^,\r\n]*|)(?:,(?:"(?:[^"]|"")*"|[^",\r\n][^,\r\n]*|))*\r?\n?$/;

// Each unclosed quote requires another pass over the rest of the chunk.
const MAX_OPEN_QUOTES = 50;

/** The complete records of a chunk; `isLast` if the file ends with it. The next chunk starts after the last record. */
export async function parseRecords(chunk: Buffer, isLast: boolean): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  let from = 0;
  for (let openQuotes = 0; openQuotes < MAX_OPEN_QUOTES && from < chunk.length; openQuotes += 1) {
    const found = await parseUpToOpenQuote(chunk.subarray(from), isLast);
    for (const { fields, start, end } of found)
      records.push({ fields, start: from + start, end: from + end });
    const tail = found.at(-1);
    if (!tail || tail.fields !== null) break;
    from += tail.end;
  }
  return records;
}

/** The records up to and including the first line with an unclosed quote. */
async function parseUpToOpenQuote(chunk: Buffer, isLast: boolean): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  let end = 0;
  const parser = parse({
    encoding: "latin1",
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (fields: string[], { bytes }: { bytes: number }) => {
      records.push({ fields: fields.map(decode), start: skipBlankLines(chunk, end), end: bytes });
      end = bytes;
      return null;
    },
  });
  const failure = await new Promise<Error | null>((resolve) => {
    parser.on("error", resolve);
    parser.on("end", () => resolve(null));
    parser.resume();
    // Without end() the parser holds back an incomplete last record.
    parser.write(chunk, (error) => {
      if (error) resolve(error);
      else if (isLast) parser.end();
      else resolve(null);
    });
  });
  if (failure && !("code" in failure && failure.code === "CSV_QUOTE_NOT_CLOSED")) throw failure;
  const runaway = records.findIndex((record) => isRunaway(chunk, record));
  if (runaway >= 0) return [...records.slice(0, runaway), firstLine(chunk, records[runaway]?.start ?? 0)];
  const rest = skipBlankLines(chunk, end);
  const isTooLong = records.length === 0 && (isLast || chunk.length - end > MAX_RECORD_BYTES);
  if (rest < chunk.length && (failure || isTooLong)) records.push(firstLine(chunk, rest));
  return records;
}

function isRunaway(chunk: Buffer, { start, end }: CsvRecord): boolean {
  if (end - start > MAX_RECORD_BYTES) return true;
  let lines = 0;
  for (let at = chunk.indexOf(LINE_FEED, start); at >= 0 && at < end; at = chunk.indexOf(LINE_FEED, at + 1))
    lines += 1;
  return lines > MAX_RECORD_LINES || (lines > 1 && !WELL_FORMED.test(chunk.toString("latin1", start, end)));
}

function skipBlankLines(chunk: Buffer, from: number): number {
  let at = from;
  while (chunk[at] === LINE_FEED || chunk[at] === CARRIAGE_RETURN) at += 1;
  return at;
}

function firstLine(chunk: Buffer, start: number): CsvRecord {
  const lineEnd = chunk.indexOf(LINE_FEED, start);
  return { fields: null, start, end: lineEnd < 0 ? chunk.length : lineEnd + 1 };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes bytes that were read as ISO-8859-1 as UTF-8 if they are valid UTF-8. */
function decode(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is the same in both encodings
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1;
  try {
    return utf8.decode(Buffer.from(latin1, "latin1"));
  } catch {
    // The decoder throws TypeError for bytes that are not UTF-8.
    return latin1;
  }
}

/** The text of a record as in the file, up to 2,000 characters. */
export const recordText = (chunk: Buffer, { start, end }: CsvRecord): string =>
  decode(chunk.toString("latin1", start, end))
    .replace(/\r?\n$/, "")
    .slice(0, 2000);
