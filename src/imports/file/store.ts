// The upload streams to R2, decompressed, so that the consumer can read it by range and memory holds at most one part of it.
import { createHash } from "node:crypto";
import { logFailure } from "../../platform/log.ts";
import { objectWriter } from "../../platform/object-writer.ts";
import { invalid, Problem } from "../../platform/problem.ts";
import { checkHeader, type ColumnLayout } from "./columns.ts";
import { decompress } from "./decompress.ts";
import { parseRecords } from "./records.ts";

const MAX_BYTES = 200 * 1024 * 1024;
// A compressed file with a wrong header is read up to here, because it may be a decompression bomb.
const MAX_BYTES_AFTER_HEADER_ERROR = 20 * 1024 * 1024;
const HEADER_BYTES = 64 * 1024;
const MAX_COLUMNS = 200;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The columns of the first line, those that the import ignores, and the offset at which the line ends. */
type Header = { columns: string[]; ignored: string[]; end: number };

/** @throws Problem invalid, missing-columns */
async function parseHeader(start: Buffer, layout: ColumnLayout): Promise<Header> {
  const offset = start.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const [record] = await parseRecords(start.subarray(offset), true);
  if (!record?.fields) throw invalid([{ pointer: "#", detail: "the first line names no columns" }]);
  const columns = record.fields.map((name) => name.trim());
  if (columns.length > MAX_COLUMNS)
    throw invalid([{ pointer: "#", detail: `the first line names more than ${MAX_COLUMNS} columns` }]);
  return { columns, ignored: checkHeader(layout, columns).ignored, end: offset + record.end };
}

const hasFirstLine = (start: Buffer): boolean =>
  start.length === HEADER_BYTES || start.toString("latin1").trimStart().includes("\n");

/**
 * Streams the body to R2 and returns its header, length and SHA-256, all of the decompressed file. The header is checked as soon as
 * it has arrived. @throws Problem missing-columns, invalid, invalid-gzip, too-large
 */
export async function storeFile(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array>,
  layout: ColumnLayout,
): Promise<{ header: Header; bytes: number; hash: string }> {
  const hash = createHash("sha256");
  const object = objectWriter(bucket, key);
  let start = Buffer.alloc(0);
  let header: Header | null = null;
  let headerError: unknown = null;
  let bytes = 0;
  const { isGzip, chunks } = await decompress(body);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES)
        throw new Problem("too-large", "The decompressed file exceeds 200 MB; split it.");
      if (headerError !== null) {
        if (bytes > MAX_BYTES_AFTER_HEADER_ERROR) break;
        continue;
      }
      hash.update(chunk);
      if (start.length < HEADER_BYTES)
        start = Buffer.concat([start, chunk.subarray(0, HEADER_BYTES - start.length)]);
      if (!header && hasFirstLine(start))
        try {
          header = await parseHeader(start, layout);
        } catch (error) {
          if (!isGzip) throw error;
          headerError = error;
          continue;
        }
      await object.write(chunk);
    }
    if (headerError !== null) throw headerError;
    header ??= await parseHeader(start, layout);
    await object.close();
  } catch (error) {
    // R2 discards an unfinished upload after a week.
    await object.abort().catch((failure: unknown) => logFailure("import upload", failure));
    throw error;
  }
  return { header, bytes, hash: hash.digest("base64url") };
}
