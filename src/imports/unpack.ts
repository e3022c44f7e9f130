// The bytes of an uploaded file, decompressed while they come. A few KB of gzip can be made to become hundreds of MB: what
// grows like that is refused before much work is spent on it.
import { Problem } from "../problem.ts";

// Real files come to a tenth or a fiftieth when they are compressed.
const MAX_GROWTH = 200;
const GROWS_FROM = 16 * 1024 * 1024;

/**
 * The file in the body; gzip is recognised by its own first bytes, so it does not matter which proxy kept the header.
 * `chunks` throws Problem invalid-gzip, too-large.
 */
export async function unpack(
  body: ReadableStream<Uint8Array>,
): Promise<{ isGzip: boolean; chunks: AsyncGenerator<Buffer> }> {
  const reader = body.getReader();
  let start = Buffer.alloc(0);
  let read = await reader.read();
  while (read.value) {
    start = Buffer.concat([start, read.value]);
    if (start.length > 1) break;
    read = await reader.read();
  }
  let taken = start.length;
  const whole = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(start),
    pull: async (controller) => {
      const { done, value } = await reader.read();
      taken += value?.length ?? 0;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  return { isGzip, chunks: isGzip ? inflated(whole, () => taken) : asBuffers(whole) };
}

async function* asBuffers(stream: ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield Buffer.from(chunk);
}

async function* inflated(stream: ReadableStream<Uint8Array>, taken: () => number): AsyncGenerator<Buffer> {
  let given = 0;
  try {
    for await (const chunk of stream.pipeThrough(new DecompressionStream("gzip"))) {
      given += chunk.length;
      if (given > GROWS_FROM && given > taken() * MAX_GROWTH)
        throw new Problem("too-large", `Decompressed, a file may be ${MAX_GROWTH} times as large at most.`);
      yield Buffer.from(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("invalid-gzip", "The gzip data is broken or ends too early: nothing was imported.");
  }
}
