// A file is stored as UTF-8. One without a declared charset may also have fields in Windows-1252, which are decoded one by one.
import { unreadable } from "./advice.ts";

const SNIFFED_BYTES = 4096;

const CHARSETS: Record<string, string> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "us-ascii": "utf-8",
  "utf-16": "utf-16le",
  "utf-16le": "utf-16le",
  "utf-16be": "utf-16be",
  "iso-8859-1": "windows-1252",
  latin1: "windows-1252",
  "windows-1252": "windows-1252",
  cp1252: "windows-1252",
  "iso-8859-15": "iso-8859-15",
  "windows-1250": "windows-1250",
};

/** The encoding of a charset parameter; null if it is not supported. */
export const encodingOf = (charset: string): string | null => CHARSETS[charset.toLowerCase()] ?? null;

const CONTAINERS: [RegExp, string][] = [
  [/^PK/, "This is a damaged or empty ZIP archive, not a CSV file"],
  [
    /^\xd0\xcf/,
    "This is a file of an old spreadsheet program (.xls), or a spreadsheet with a password, which cannot be read",
  ],
  [/^%PDF-/, "This is a PDF document, not a CSV file"],
  [/^\s*<(?:!doctype|html|\?xml)/i, "This is a web page or an XML document, not a CSV file"],
];

/** @throws Problem unsupported-media-type */
function refuseContainers(start: Buffer): void {
  const text = start.toString("latin1", 0, 200);
  const [, what] = CONTAINERS.find(([signature]) => signature.test(text)) ?? [];
  if (what) throw unreadable(what);
}

/** The encoding by the byte order mark, or by the NULs of Latin text in UTF-16. */
function detectEncoding(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  let even = 0;
  let odd = 0;
  for (let at = 0; at < start.length; at += 1)
    if (start[at] === 0) {
      if (at % 2 === 0) even += 1;
      else odd += 1;
    }
  if (odd > start.length * 0.3 && even < odd / 10) return "utf-16le";
  if (even > start.length * 0.3 && odd < even / 10) return "utf-16be";
  return "utf-8";
}

/**
 * The file in UTF-8, and the encoding in which it arrived: that of its byte order mark, else the declared one, else the detected.
 * @throws Problem unsupported-media-type
 */
export async function toUtf8(
  chunks: AsyncIterable<Buffer>,
  declared: string | null,
): Promise<{ encoding: string; text: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  let isDone = false;
  while (start.length < SNIFFED_BYTES && !isDone) {
    const { value, done } = await iterator.next();
    if (done) isDone = true;
    else start = Buffer.concat([start, value]);
  }
  refuseContainers(start);
  const detected = detectEncoding(start);
  const hasUtf8Mark = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
  const encoding = detected !== "utf-8" || hasUtf8Mark ? detected : (declared ?? detected);
  async function* all(): AsyncGenerator<Buffer, undefined> {
    try {
      yield start;
      if (isDone) return;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { encoding, text: encoding === "utf-8" ? all() : transcode(all(), encoding) };
}

async function* transcode(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
): AsyncGenerator<Buffer, undefined> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== "") yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== "") yield Buffer.from(rest);
}
