// The bytes of an uploaded file, decompressed while they come. A few KB of gzip can be made to become hundreds of MB: what
// grows like that is refused before much work is spent on it. Node's zlib, for DecompressionStream does not wait for its
// reader: it would have all of it in memory.
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Problem } from "../../platform/problem.ts";

// Real files come to a tenth or a fiftieth when they are compressed.
const MAX_GROWTH = 200;
const GROWS_FROM = 16 * 1024 * 1024;
// So that what was taken and what became of it belong together.
const SLICE = 8 * 1024;

/**
 * The file in the body; gzip is recognised by its own first bytes, so it does not matter which proxy kept the header.
 * `chunks` throws Problem invalid-gzip, too-large.
 */
export async function unpack(
  body: ReadableStream<Uint8Array>,
): Promise<{ isGzip: boolean; chunks: AsyncIterable<Buffer> }> {
  const reader = body.getReader();
  let start = Buffer.alloc(0);
  while (start.length < 2) {
    const { value } = await reader.read();
    if (!value) break;
    start = Buffer.concat([start, value]);
  }
  const whole = bytesOf(start, reader);
  const isGzip = start[0] === 0x1f && (start[1] ?? 0x8b) === 0x8b;
  return { isGzip, chunks: isGzip ? inflated(whole) : whole };
}

async function* bytesOf(
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

async function* inflated(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let taken = 0;
  let given = 0;
  async function* slices(): AsyncGenerator<Buffer, undefined> {
    for await (const chunk of packed)
      for (let at = 0; at < chunk.length; at += SLICE) {
        taken += Math.min(SLICE, chunk.length - at);
        yield chunk.subarray(at, at + SLICE);
      }
  }
  // What fails on the way fails the reading of its end.
  const chunks: AsyncIterable<Buffer> = pipeline(Readable.from(slices()), createGunzip(), () => undefined);
  try {
    for await (const chunk of chunks) {
      given += chunk.length;
      if (given > GROWS_FROM && given > taken * MAX_GROWTH)
        throw new Problem("too-large", `Decompressed, a file may be ${MAX_GROWTH} times as large at most.`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("invalid-gzip", "The gzip data is broken or ends too early: nothing was imported.");
  }
}
