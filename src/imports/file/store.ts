// The upload streams to R2, decompressed and in UTF-8, so that the consumer can read it by range and memory holds at most one part of
// it. On its way through, its cells are looked at to decide the formats of its columns.
import { createHash } from "node:crypto";
import type { z } from "zod";
import { logFailure } from "../../platform/log.ts";
import { objectWriter } from "../../platform/object-writer.ts";
import { Problem } from "../../platform/problem.ts";
import { collectEvidence, type FormatChoice } from "../formats/evidence.ts";
import type { CallerMapping } from "../mapping/caller.ts";
import type { Plan } from "../mapping/plan.ts";
import type { ImportKind } from "../schema.ts";
import { decompress } from "./decompress.ts";
import { textOf } from "./source.ts";
import { HEAD_BYTES, readHead, type Head } from "./head.ts";
import { isUtf8, parseRecords } from "./records.ts";

const MAX_BYTES = 200 * 1024 * 1024;
// A compressed file with a wrong header is read up to here, because it may be a decompression bomb.
const MAX_BYTES_AFTER_HEADER_ERROR = 20 * 1024 * 1024;
const EVIDENCE_BYTES = 512 * 1024;
// A longer record is no evidence.
const MAX_CARRIED_BYTES = 1024 * 1024;

/** What the caller says about a file. */
export type ReadOptions = {
  kind: z.infer<typeof ImportKind>;
  /** The encoding of the Content-Type; null if it declares none. */
  charset: string | null;
  mapping: CallerMapping;
  formats: FormatChoice;
  /** The file is stored and read up to here, and may have been sent up to anywhere: its last row may be incomplete. */
  maxBytes?: number | undefined;
  /** The sheet of a spreadsheet; by default the first that is not empty. */
  sheet?: string | undefined;
};

export type StoredFile = {
  plan: Plan;
  ignored: string[];
  sample: string[][];
  /** The offset of the first row. */
  start: number;
  bytes: number;
  hash: string;
};

/**
 * Streams the body to R2. The header is checked as soon as it has arrived, and the formats at the end; `hash` is the SHA-256 of the
 * stored bytes. @throws Problem missing-columns, ambiguous-format, unsupported-media-type, invalid, invalid-gzip, too-large
 */
export async function storeFile(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array>,
  options: ReadOptions,
): Promise<StoredFile> {
  const hash = createHash("sha256");
  const object = objectWriter(bucket, key);
  let start = Buffer.alloc(0);
  let reader: ReturnType<typeof evidenceReader> | null = null;
  let headerError: unknown = null;
  let bytes = 0;
  const { maxBytes = Infinity } = options;
  const { isGzip, chunks } = await decompress(body, maxBytes < Infinity);
  try {
    const { encoding, text } = await textOf(bucket, `${key}.xlsx`, chunks, options);
    for await (const received of text) {
      if (bytes >= maxBytes) break;
      const chunk = received.subarray(0, maxBytes - bytes);
      bytes += chunk.length;
      if (bytes > MAX_BYTES)
        throw new Problem("too-large", "The decompressed file exceeds 200 MB; split it.");
      if (headerError !== null) {
        if (bytes > MAX_BYTES_AFTER_HEADER_ERROR) break;
        continue;
      }
      hash.update(chunk);
      if (reader) reader.add(chunk);
      else {
        start = Buffer.concat([start, chunk]);
        if (start.length >= HEAD_BYTES)
          try {
            reader = evidenceReader(
              start,
              readHead(start.subarray(0, HEAD_BYTES), false, options.kind, options.mapping),
            );
          } catch (error) {
            if (!isGzip) throw error;
            headerError = error;
            continue;
          }
      }
      await object.write(chunk);
    }
    if (headerError !== null) throw headerError;
    reader ??= evidenceReader(start, readHead(start, true, options.kind, options.mapping));
    const { head, isAllUtf8, formats } = reader.finish(options.formats, maxBytes === Infinity);
    await object.close();
    const used = new Set(head.resolved.columns.values());
    return {
      plan: {
        preset: head.resolved.preset,
        encoding: encoding === "utf-8" && !isAllUtf8 ? "windows-1252" : encoding,
        delimiter: head.delimiter,
        header: head.header,
        header_row: head.headerRow,
        columns: Object.fromEntries(head.resolved.columns),
        constants: head.resolved.constants,
        ...formats,
        rules: head.resolved.rules,
      },
      ignored: head.header.filter((_, at) => !used.has(at)),
      sample: head.sample,
      start: head.end,
      bytes,
      hash: hash.digest("base64url"),
    };
  } catch (error) {
    // R2 discards an unfinished upload after a week.
    await object.abort().catch((failure: unknown) => logFailure("import upload", failure));
    throw error;
  }
}

/** Reads the rows of a file while it streams by. */
function evidenceReader(start: Buffer, head: Head) {
  const evidence = collectEvidence(head.resolved.columns, head.header);
  let pending: Buffer[] = [start.subarray(head.end)];
  let length = pending[0]?.length ?? 0;
  let isAllUtf8 = true;
  const read = (isLast: boolean): void => {
    const chunk = Buffer.concat(pending);
    const records = parseRecords(chunk, isLast, head.delimiter);
    for (const { fields } of records) if (fields) evidence.addRow(fields);
    const end = records.at(-1)?.end ?? 0;
    isAllUtf8 &&= isUtf8(chunk.subarray(0, end));
    const rest = chunk.length - end > MAX_CARRIED_BYTES ? Buffer.alloc(0) : Buffer.from(chunk.subarray(end));
    [pending, length] = [[rest], rest.length];
  };
  return {
    add: (chunk: Buffer): void => {
      pending.push(chunk);
      length += chunk.length;
      if (length >= EVIDENCE_BYTES) read(false);
    },
    finish: (chosen: FormatChoice, isWhole: boolean) => {
      read(isWhole);
      const { dates, decimal } = head.resolved;
      const layout = { dates: dates ?? undefined, decimal: decimal ?? undefined };
      return { head, isAllUtf8, formats: evidence.decide(layout, chosen) };
    },
  };
}
