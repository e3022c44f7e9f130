import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checksumOf, readRowFile, writeRowFile } from "../../../scripts/backup/row-file.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rows-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function* pagesOf(lines: string[], size: number): AsyncGenerator<string[]> {
  for (let start = 0; start < lines.length; start += size) yield lines.slice(start, start + size);
}

describe("the file of a table", () => {
  it("is read as it was written, in several chunks that break within letters of several bytes", async () => {
    // One byte more in each row, so that the breaks fall on every byte of a letter.
    const lines = Array.from({ length: 3000 }, (_, index) =>
      JSON.stringify({ index, text: `${"x".repeat(index % 7)}${"ñ€😀\u2028".repeat(20)}` }),
    );
    const path = join(folder, "letters.gz");
    const written = await writeRowFile(path, pagesOf(lines, 100));
    const read: string[] = [];
    let chunks = 0;
    for await (const page of readRowFile(path)) {
      read.push(...page);
      chunks += 1;
    }
    expect(chunks).toBeGreaterThan(3);
    expect(read.length).toBe(lines.length);
    expect(read.find((line, index) => line !== lines[index])).toBeUndefined();
    expect(await checksumOf(readRowFile(path))).toEqual(written);
    expect(gunzipSync(await readFile(path)).toString()).toBe(`${lines.join("\n")}\n`);
  });
});
