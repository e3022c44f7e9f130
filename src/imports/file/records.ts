// Bytes are split as ISO-8859-1, which is lossless and has one character for each byte; fields that are valid UTF-8 are then decoded
// as UTF-8, and others as Windows-1252. An unclosed quote would absorb the rest of the file, so its line is rejected alone.

/** A record at bytes `start` to `end` of the chunk. `fields` is null if it has a fault. */
export type CsvRecord = { fields: string[] | null; start: number; end: number; fault: Fault | null };

/** `open-quote`: a line with an unclosed quote. `too-long`: a record of more bytes than the limit. */
export type Fault = "open-quote" | "too-long";

/** What is wrong with a record, as its reason. */
export const FAULTS: Record<Fault, string> = {
  "open-quote": "a quote is opened and never closed",
  "too-long": "the row has more than 64 KB",
};

const MAX_RECORD_BYTES = 64 * 1024;
const MAX_RECORD_LINES = 50;
// Each unclosed quote requires another search of the rest of the chunk.
const MAX_OPEN_QUOTES = 50;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const ASCII = /^[\0-\x7f]*$/;

const isLineEnd = (code: number): boolean => code === LINE_FEED || code === CARRIAGE_RETURN;

/** The complete records of a chunk; `isLast` if the file ends with it. The next chunk starts after the last record. */
export function parseRecords(chunk: Buffer, isLast: boolean, delimiter = ","): CsvRecord[] {
  const text = chunk.toString("latin1");
  const decoded = ASCII.test(text) ? (fields: string[]) => fields : (fields: string[]) => fields.map(decode);
  const records: CsvRecord[] = [];
  let openQuotes = 0;
  for (let at = skipBlankLines(text, 0); at < text.length && openQuotes < MAX_OPEN_QUOTES;) {
    const found = readRecord(text, at, isLast, delimiter.charCodeAt(0));
    if (!found) break;
    const { fields, end, fault } = found;
    records.push({ fields: fields && decoded(fields), start: at, end, fault });
    if (fault === "open-quote") openQuotes += 1;
    at = skipBlankLines(text, end);
  }
  return records;
}

type Found = Omit<CsvRecord, "start">;

/** The record that starts here; null if the chunk may not contain all of it. */
function readRecord(text: string, start: number, isLast: boolean, delimiter: number): Found | null {
  const fields: string[] = [];
  let isQuoted = false;
  for (let at = start; ; at += 1) {
    let end = -1;
    if (text.charCodeAt(at) === QUOTE) {
      end = closingQuote(text, at, delimiter);
      if (end === UNCLOSED || (end === NOT_FOUND && isLast)) return firstLine(text, start, "open-quote");
      if (end === NOT_FOUND) return text.length - start > MAX_RECORD_BYTES ? openLine(text, start) : null;
    }
    if (end >= 0) {
      isQuoted = true;
      fields.push(unquoted(text.slice(at + 1, end)));
      end += 1;
    } else {
      end = at;
      for (let code = text.charCodeAt(end); end < text.length; code = text.charCodeAt((end += 1)))
        if (code === delimiter || isLineEnd(code)) break;
      fields.push(text.slice(at, end));
    }
    if (end === text.length && !isLast) return null;
    if (text.charCodeAt(end) !== delimiter) return checked(text, start, end, fields, isQuoted);
    at = end;
  }
}

const unquoted = (text: string): string => (text.includes('"') ? text.replaceAll('""', '"') : text);

/** A record that ends here, unless it has too many lines or bytes. */
function checked(text: string, start: number, at: number, fields: string[], isQuoted: boolean): Found {
  const end = at + (text.startsWith("\r\n", at) ? 2 : at < text.length ? 1 : 0);
  if (isQuoted && hasManyLines(text, start, at)) return firstLine(text, start, "open-quote");
  if (at - start > MAX_RECORD_BYTES) return { fields: null, end, fault: "too-long" };
  return { fields, end, fault: null };
}

function hasManyLines(text: string, start: number, end: number): boolean {
  let lines = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines > MAX_RECORD_LINES;
}

const NOT_FOUND = -1;
const UNCLOSED = -2;
const LITERAL = -3;

/**
 * The quote that closes a field, which a delimiter or line end follows. A quote before other text is a character of the field
 * (`"Duo" mug`), or opens a field on a later line.
 */
function closingQuote(text: string, open: number, delimiter: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    const next = text.charCodeAt(at + 1);
    if (next === QUOTE) continue;
    if (Number.isNaN(next)) return at;
    if (next === delimiter || isLineEnd(next)) return at;
    return /[\r\n]/.test(text.slice(open, at)) ? UNCLOSED : LITERAL;
  }
  return NOT_FOUND;
}

/** A line whose quote is not closed within the limit; null if the line itself is longer, since its end decides. */
function openLine(text: string, start: number): Found | null {
  const found = firstLine(text, start, "open-quote");
  return found.end - start > MAX_RECORD_BYTES ? null : found;
}

function firstLine(text: string, start: number, fault: Fault): Found {
  const rest = /[\r\n]/g;
  rest.lastIndex = start;
  const at = rest.exec(text)?.index ?? text.length;
  const end = at + (text.startsWith("\r\n", at) ? 2 : at < text.length ? 1 : 0);
  return { fields: null, end, fault: at - start > MAX_RECORD_BYTES ? "too-long" : fault };
}

function skipBlankLines(text: string, from: number): number {
  let at = from;
  while (isLineEnd(text.charCodeAt(at))) at += 1;
  return at;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder("windows-1252");

/** Decodes bytes that were read as ISO-8859-1. */
function decode(latin1: string): string {
  if (ASCII.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, "latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    // The decoder throws TypeError for bytes that are not UTF-8.
    return windows1252.decode(bytes);
  }
}

/** The text of a record as in the file, up to 2,000 characters. */
export const recordText = (chunk: Buffer, { start, end }: CsvRecord): string =>
  decode(chunk.toString("latin1", start, Math.min(end, start + MAX_RECORD_BYTES)))
    .replace(/\r?\n$|\r$/, "")
    .slice(0, 2000);

/** Whether all bytes are valid UTF-8. */
export function isUtf8(bytes: Buffer): boolean {
  if (ASCII.test(bytes.toString("latin1"))) return true;
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
