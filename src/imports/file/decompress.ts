// A few KB of gzip can expand to hundreds of MB, so decompression stops early at an extreme ratio. It uses Node's zlib because
// DecompressionStream has no backpressure and would hold the whole file in memory.
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { Problem } from "../../platform/problem.ts";

// Real files compress to between a tenth and a fiftieth.
const MAX_RATIO = 200;
const MIN_BYTES_FOR_RATIO = 16 * 1024 * 1024;
// Small slices keep the counts of compressed and decompressed bytes in step.
const SLICE_BYTES = 8 * 1024;

/**
 * The decompressed body. Gzip is recognised by its first bytes, because a proxy may have removed Content-Encoding; it may be
 * truncated if `isPart`. `chunks` throws Problem invalid-gzip, too-large.
 */
export async function decompress(
  body: ReadableStream<Uint8Array>,
  isPart = false,
): Promise<{ isGzip: boolean; chunks: AsyncIterable<Buffer> }> {
  const reader = body.getReader();
  let start = Buffer.alloc(0);
  while (start.length < 2) {
    const { value } = await reader.read();
    if (!value) break;
    start = Buffer.concat([start, value]);
  }
  const bytes = readAll(start, reader);
  const isGzip = start[0] === 0x1f && (start[1] ?? 0x8b) === 0x8b;
  return { isGzip, chunks: isGzip ? gunzip(bytes, isPart) : bytes };
}

async function* readAll(
  start: Buffer,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Buffer, undefined> {
  try {
    yield start;
    for (let read = await reader.read(); read.value; read = await reader.read())
      yield Buffer.from(read.value);
  } finally {
    await reader.cancel();
  }
}

async function* gunzip(
  compressed: AsyncIterable<Buffer>,
  isPart: boolean,
): AsyncGenerator<Buffer, undefined> {
  let bytesIn = 0;
  let bytesOut = 0;
  async function* slices(): AsyncGenerator<Buffer, undefined> {
    for await (const chunk of compressed)
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        bytesIn += Math.min(SLICE_BYTES, chunk.length - at);
        yield chunk.subarray(at, at + SLICE_BYTES);
      }
  }
  const unzip = createGunzip(isPart ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  // The callback is required but has nothing to do: an error anywhere in the pipeline also fails the iteration below.
  const chunks: AsyncIterable<Buffer> = pipeline(Readable.from(slices()), unzip, () => undefined);
  try {
    for await (const chunk of chunks) {
      bytesOut += chunk.length;
      if (bytesOut > MIN_BYTES_FOR_RATIO && bytesOut > bytesIn * MAX_RATIO)
        throw new Problem(
          "too-large",
          `The decompressed file is more than ${MAX_RATIO} times as large as the gzip data.`,
        );
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("invalid-gzip", "The gzip data is corrupt or truncated. Nothing was imported.");
  }
}
