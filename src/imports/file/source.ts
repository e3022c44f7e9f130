// What an upload contains: text in some encoding, or a spreadsheet, which is in R2 meanwhile because it is read by range.
import { logFailure } from "../../platform/log.ts";
import { objectWriter } from "../../platform/object-writer.ts";
import { invalid } from "../../platform/problem.ts";
import { workbookAsCsv } from "../workbook/workbook.ts";
import type { ByteSource } from "../workbook/zip.ts";
import { tooLargeSheet } from "./advice.ts";
import type { ReadOptions } from "./store.ts";
import { toUtf8 } from "./encoding.ts";

const MAX_WORKBOOK_BYTES = 60 * 1024 * 1024;
const ZIP_START = Buffer.from("PK\u0003\u0004");

/**
 * The upload in UTF-8, and its encoding, which is `xlsx` for a spreadsheet; `key` is the object that holds it meanwhile.
 * @throws Problem unsupported-media-type, too-large, invalid
 */
export async function textOf(
  bucket: R2Bucket,
  key: string,
  chunks: AsyncIterable<Buffer>,
  { charset, sheet, maxBytes }: Pick<ReadOptions, "charset" | "sheet" | "maxBytes">,
): Promise<{ encoding: string; text: AsyncIterable<Buffer> }> {
  const { isZip, all } = await withStart(chunks);
  if (isZip && maxBytes !== undefined)
    throw invalid([
      {
        pointer: "#/query/dry_run",
        detail: "a spreadsheet has no beginning that can be read alone: use `true`",
      },
    ]);
  if (isZip) return { encoding: "xlsx", text: workbookText(bucket, key, all, sheet) };
  if (sheet !== undefined)
    throw invalid([{ pointer: "#/query/sheet", detail: "the file is no spreadsheet, so it has no sheets" }]);
  return toUtf8(all, charset);
}

async function withStart(
  chunks: AsyncIterable<Buffer>,
): Promise<{ isZip: boolean; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < ZIP_START.length) {
    const { value, done } = await iterator.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  async function* all(): AsyncGenerator<Buffer, undefined> {
    try {
      yield start;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { isZip: start.subarray(0, ZIP_START.length).equals(ZIP_START), all: all() };
}

async function* workbookText(
  bucket: R2Bucket,
  key: string,
  chunks: AsyncIterable<Buffer>,
  sheet: string | undefined,
): AsyncGenerator<Buffer, undefined> {
  const object = objectWriter(bucket, key);
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > MAX_WORKBOOK_BYTES) throw tooLargeSheet("A spreadsheet may have 60 MB");
      await object.write(chunk);
    }
    await object.close();
    yield* workbookAsCsv(objectSource(bucket, key, size), sheet);
  } finally {
    await object.abort().catch(() => undefined);
    await bucket.delete(key).catch((failure: unknown) => logFailure("import workbook", failure));
  }
}

function objectSource(bucket: R2Bucket, key: string, size: number): ByteSource {
  const open = async (offset: number, length: number): Promise<R2ObjectBody> => {
    const object = await bucket.get(key, { range: { offset, length } });
    if (!object) throw new Error(`the file ${key} does not exist`);
    return object;
  };
  return {
    size,
    read: async (from, length) =>
      length <= 0 || from >= size
        ? Buffer.alloc(0)
        : Buffer.from(await (await open(from, Math.min(length, size - from))).arrayBuffer()),
    stream: async function* (from, length) {
      if (length <= 0) return;
      const reader = (await open(from, length)).body.getReader();
      try {
        for (let read = await reader.read(); !read.done; read = await reader.read())
          yield Buffer.from(read.value.buffer, read.value.byteOffset, read.value.byteLength);
      } finally {
        await reader.cancel();
      }
    },
  };
}
