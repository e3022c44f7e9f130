// A table's file: gzipped JSON, a line a row. Its hash is of the lines, so that `zcat FILE | sha256sum` says the same.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** What a file must have: its rows and the SHA-256 of its lines. */
export type Sum = { rows: number; sha256: string };

/** Passes pages on, and knows their sum when they have ended. */
function summing(pages: AsyncIterable<string[]>) {
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
  return { text: text(), sum: (): Sum => ({ rows, sha256: hash.digest("hex") }) };
}

/** The sum of pages that are kept nowhere. */
export async function sumOf(pages: AsyncIterable<string[]>): Promise<Sum> {
  const { text, sum } = summing(pages);
  for await (const _ of text);
  return sum();
}

/** Writes pages to a file; answers their sum. */
export async function writeLines(path: string, pages: AsyncIterable<string[]>): Promise<Sum> {
  const { text, sum } = summing(pages);
  await pipeline(Readable.from(text), createGzip({ level: 4 }), createWriteStream(path));
  return sum();
}

/** The lines of a file, in pages. */
export async function* readLines(path: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  const source = createReadStream(path);
  const plain = source.pipe(createGunzip());
  source.on("error", (error) => plain.destroy(error));
  for await (const chunk of plain) {
    // Not by readline: it would also cut at U+2028, which JSON may hold.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
  }
  if (rest !== "") throw new Error(`${path} ends within a line.`);
}
