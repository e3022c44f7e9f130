// Compressed uploads, as they are decompressed.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decompress } from "../../src/imports/file/decompress.ts";

const MiB = 1024 * 1024;

/** The decompressed bytes of a body that arrives in pieces of this size. */
async function read(bytes: Uint8Array, size = bytes.length, isPart = false) {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
      controller.close();
    },
  });
  const { isGzip, chunks } = await decompress(body, isPart);
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return { isGzip, bytes: Buffer.concat(parts) };
}

describe("a compressed upload", () => {
  it("is decompressed however its bytes arrive", async () => {
    const text = Buffer.from("Ticket;Fecha\n1;2026-04-03\n".repeat(50));
    for (const size of [1, 7, 10_000])
      expect(await read(gzipSync(text), size)).toEqual({ isGzip: true, bytes: text });
    for (const plain of [text, Buffer.from("\u001fx"), Buffer.from("x")])
      expect(await read(plain, 1)).toEqual({ isGzip: false, bytes: plain });
  });

  it("may expand more than two hundred times up to 16 MB", async () => {
    expect((await read(gzipSync(Buffer.alloc(4 * MiB)))).bytes).toHaveLength(4 * MiB);
  });

  it("may be cut off only if it is a part", async () => {
    const bytes = gzipSync(
      Buffer.from(Array.from({ length: 3000 }, (_, at) => String(at * 7919)).join("\n")),
    );
    const cut = bytes.subarray(0, bytes.length / 2);
    expect((await read(cut, 1000, true)).bytes.toString()).toMatch(/^0\n7919\n/);
    await expect(read(cut, 1000)).rejects.toThrow("corrupt or truncated");
  });
});
