import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";
import { writeParquet } from "../../../src/lake/build/parquet.ts";

it("a field that a row lacks is null, whatever its kind", async () => {
  const parts: Uint8Array[] = [];
  const kinds = ["text", "int", "long", "real", "flag", "day", "instant"] as const;
  const columns = kinds.map((kind) => ({ name: kind, kind, codec: "UNCOMPRESSED" as const }));
  const full = {
    text: "a",
    int: 1,
    long: 2,
    real: 0.5,
    flag: 1,
    day: "2026-03-02",
    instant: "2026-03-02T10:00:00Z",
  };
  const rows = await writeParquet(columns, [[full, {}]], async (bytes) => void parts.push(bytes));
  expect(rows).toBe(2);
  const file = new Uint8Array(Buffer.concat(parts)).buffer;
  expect(await parquetReadObjects({ file })).toEqual([
    {
      text: "a",
      int: 1,
      long: 2n,
      real: 0.5,
      flag: true,
      day: new Date("2026-03-02"),
      instant: new Date("2026-03-02T10:00:00Z"),
    },
    Object.fromEntries(kinds.map((kind) => [kind, null])),
  ]);
});

const sha = (of: string): string => createHash("sha256").update(of).digest("hex");

it.each([
  ["a day with ten thousand sales", Array.from({ length: 10_000 }, (_, nth) => sha(`${nth}`).slice(0, 36))],
  ["a text that cannot be compressed", [Array.from({ length: 4_000 }, (_, nth) => sha(`${nth}`)).join("")]],
  // With its length of four bytes.
  [
    "a text of exactly one block",
    [
      Array.from({ length: 2_048 }, (_, nth) => sha(`${nth}`))
        .join("")
        .slice(4),
    ],
  ],
])("%s is written and read, though the runtime compresses to 40 KB only", async (_, texts) => {
  const parts: Uint8Array[] = [];
  const columns = [{ name: "text", kind: "text" as const, encoding: "PLAIN" as const }];
  const rows = texts.map((text) => ({ text }));
  await writeParquet(columns, [rows], async (bytes) => void parts.push(bytes));
  const file = new Uint8Array(Buffer.concat(parts)).buffer;
  const ZSTD = (frame: Uint8Array): Uint8Array => {
    const page = new Uint8Array(zstdDecompressSync(frame));
    // Other readers refuse what follows the last block: each has a header of three bytes, and the frame one of nine.
    if (frame.length > page.length)
      expect(frame.length).toBe(9 + page.length + 3 * Math.ceil(page.length / (128 * 1024)));
    return page;
  };
  expect(await parquetReadObjects({ file, compressors: { ZSTD } })).toEqual(rows);
});

it("the rows of a file are in groups of ten thousand, each of which is written before the next is read", async () => {
  const parts: Uint8Array[] = [];
  const columns = [{ name: "int", kind: "int" as const }];
  async function* pages() {
    yield Array.from({ length: 10_000 }, (_, int) => ({ int }));
    expect(parts).toHaveLength(1);
    yield [{ int: 10_000 }];
  }
  await writeParquet(columns, pages(), async (bytes) => void parts.push(bytes));
  const { row_groups } = parquetMetadata(new Uint8Array(Buffer.concat(parts)).buffer);
  expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([10_000, 1]);
  const full: Uint8Array[] = [];
  const rows = Array.from({ length: 10_000 }, (_, int) => ({ int }));
  await writeParquet(columns, [rows], async (bytes) => void full.push(bytes));
  expect(parquetMetadata(new Uint8Array(Buffer.concat(full)).buffer).row_groups).toHaveLength(1);
});
