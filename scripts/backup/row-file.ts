// A table's file: gzipped JSON, one row per line. The checksum is of the lines, so that `zcat FILE | sha256sum` prints the same.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** The number of rows in a file, and the SHA-256 of its lines. */
export type Checksum = { rows: number; sha256: string };

/** Passes pages through; their checksum is known at the end. */
function withChecksum(pages: AsyncIterable<string[]>) {
  const hash = createHash("sha256");
  let rows = 0;
  async function* text(): AsyncGenerator<string> {
    for await (const page of pages) {
      const chunk = page.map((line) => `${line}\n`).join("");
      hash.update(chunk);
      rows += page.length;
      yield chunk;
    }
  }
  return { text: text(), sum: (): Checksum => ({ rows, sha256: hash.digest("hex") }) };
}

/** The checksum of pages that are not stored. */
export async function checksumOf(pages: AsyncIterable<string[]>): Promise<Checksum> {
  const { text, sum } = withChecksum(pages);
  for await (const _ of text);
  return sum();
}

/** Writes pages to a file and returns their checksum. */
export async function writeRowFile(path: string, pages: AsyncIterable<string[]>): Promise<Checksum> {
  const { text, sum } = withChecksum(pages);
  await pipeline(Readable.from(text), createGzip({ level: 4 }), createWriteStream(path));
  return sum();
}

/** The lines of a file, in pages. */
export async function* readRowFile(path: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  const source = createReadStream(path);
  const plain = source.pipe(createGunzip());
  source.on("error", (error) => plain.destroy(error));
  for await (const chunk of plain) {
    // readline would also split at U+2028, which JSON may contain.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
  }
  if (rest !== "") throw new Error(`${path} ends within a line.`);
}
