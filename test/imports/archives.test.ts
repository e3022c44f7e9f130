// The limits of what an upload may expand to. Each is read just below and just above.
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readSharedStrings } from "../../src/imports/workbook/shared-strings.ts";
import { sheetAsCsv } from "../../src/imports/workbook/sheet.ts";
import { readDirectory, readEntry, type ByteSource } from "../../src/imports/workbook/zip.ts";
import { slugOf } from "../attack/refused.ts";
import { failureOf } from "../support/d1.ts";
import { COLUMNS, uploadFile } from "../support/imports.ts";
import { newShop } from "../support/shops.ts";
import { zipOf, type Part } from "../support/workbooks.ts";

const KB = 1024;
const MB = 1024 * KB;

/** An archive in memory. */
function sourceOf(bytes: Buffer): ByteSource {
  const read = (from: number, length: number): Buffer => bytes.subarray(from, from + length);
  return {
    size: bytes.length,
    read: async (from, length) => read(from, length),
    stream: async function* (from, length) {
      yield read(from, length);
    },
  };
}

/** The size of the only part of an archive. */
async function sizeOf(part: Part, maxBytes: number): Promise<number> {
  const source = sourceOf(zipOf([part]));
  const [entry] = (await readDirectory(source)).values();
  if (!entry) throw new Error("The archive is empty.");
  let size = 0;
  for await (const chunk of readEntry(source, entry, maxBytes)) size += chunk.length;
  return size;
}

const tooLarge = { slug: "too-large" };

/** Bytes that cannot be compressed. */
const noise = (kilobytes: number): Buffer =>
  Buffer.concat(Array.from({ length: kilobytes }, () => randomBytes(KB)));

// Two slices of the compressed bytes and the beginning of a third expand to 17 MB: more than 200 times as much.
const bomb = (): Buffer => Buffer.concat([noise(50), Buffer.alloc(17 * MB)]);

describe("a part of a spreadsheet", () => {
  it("has as many bytes as it may have", async () => {
    expect(await sizeOf({ name: "a", data: "0123456789", stored: true }, 10)).toBe(10);
    expect(await failureOf(sizeOf({ name: "a", data: "0123456789", stored: true }, 9))).toMatchObject(
      tooLarge,
    );
  });

  it("of more than 16 MB has at most 200 times its compressed bytes", async () => {
    expect(await failureOf(sizeOf({ name: "a", data: bomb() }, 100 * MB))).toMatchObject(tooLarge);
    const below = Buffer.concat([noise(80), Buffer.alloc(17 * MB)]);
    expect(await sizeOf({ name: "a", data: below }, 100 * MB)).toBe(below.length);
  });

  it("of up to 16 MB may have a thousand times its compressed bytes", async () => {
    expect(await sizeOf({ name: "a", data: Buffer.alloc(15 * MB) }, 100 * MB)).toBe(15 * MB);
  });

  it("is compressed in the way of spreadsheets", async () => {
    const bytes = zipOf([{ name: "a", data: "text" }]);
    // The directory says Deflate64 of the same bytes.
    bytes.writeUInt16LE(9, bytes.indexOf("PK\u0001\u0002") + 10);
    const source = sourceOf(bytes);
    const [entry] = (await readDirectory(source)).values();
    const read = async () => {
      for await (const chunk of readEntry(source, entry ?? expect.fail(), MB)) expect(chunk).toHaveLength(4);
    };
    expect(await failureOf(read())).toMatchObject({ slug: "unsupported-media-type" });
  });
});

it("the directory of a spreadsheet has at most 2 MB", async () => {
  const archive = (parts: number): Buffer =>
    zipOf(
      Array.from({ length: parts }, (_, at) => ({
        name: `${at} ${"x".repeat(60_000)}`,
        data: "",
        stored: true,
      })),
    );
  expect((await readDirectory(sourceOf(archive(34)))).size).toBe(34);
  expect(await failureOf(readDirectory(sourceOf(archive(35))))).toMatchObject({
    slug: "unsupported-media-type",
  });
});

it("the texts of a spreadsheet have up to 32 MB", async () => {
  const text = "x".repeat(512 * KB);
  async function* texts(count: number): AsyncGenerator<Buffer> {
    yield Buffer.from("<sst>");
    for (let at = 0; at < count; at += 1) yield Buffer.from(`<si><t>${text}</t></si>`);
    yield Buffer.from("</sst>");
  }
  const strings = await readSharedStrings(texts(64));
  expect([strings(0), strings(63), strings(64)].map(({ length }) => length)).toEqual([512 * KB, 512 * KB, 0]);
  expect(await failureOf(readSharedStrings(texts(65)))).toMatchObject(tooLarge);
});

it("a text of a spreadsheet has up to 1 MB, however many parts it has", async () => {
  async function* text(parts: number, length: number): AsyncGenerator<Buffer> {
    yield Buffer.from("<sst><si>");
    for (let at = 0; at < parts; at += 1) yield Buffer.from(`<r><t>${"x".repeat(length)}</t></r>`);
    yield Buffer.from("</si></sst>");
  }
  expect((await readSharedStrings(text(2, 512 * KB)))(0)).toHaveLength(MB);
  expect(await failureOf(readSharedStrings(text(3, 512 * KB)))).toMatchObject(tooLarge);
});

it("an archive may be empty, and its last entry may have no name", async () => {
  const sizeWith = async (...parts: Part[]) => (await readDirectory(sourceOf(zipOf(parts)))).size;
  expect([await sizeWith(), await sizeWith({ name: "", data: "" })]).toEqual([0, 1]);
});

it("an archive may have fields of other programs before its files and in its directory, and a comment at its end", async () => {
  const archive = zipOf([
    { name: "a", data: "first", extra: [28, 36], stored: true },
    { name: "b", data: "the second", extra: [0, 4] },
    { name: "c", data: "last", extra: [9, 0] },
  ]);
  const comment = Buffer.from("PK, made by a till");
  archive.writeUInt16LE(comment.length, archive.length - 2);
  const source = sourceOf(Buffer.concat([archive, comment]));
  const texts: Record<string, string> = {};
  for (const [name, entry] of await readDirectory(source)) {
    const chunks: Buffer[] = [];
    for await (const chunk of readEntry(source, entry, KB)) chunks.push(chunk);
    texts[name] = Buffer.concat(chunks).toString();
  }
  expect(texts).toEqual({ a: "first", b: "the second", c: "last" });
});

it("each of thousands of texts of a spreadsheet is found by its number", async () => {
  async function* texts(): AsyncGenerator<Buffer> {
    yield Buffer.from("<sst>");
    for (let at = 0; at < 3000; at += 1) yield Buffer.from(`<si><t>text ${at}</t></si>`);
    yield Buffer.from("</sst>");
  }
  const strings = await readSharedStrings(texts());
  for (const at of [0, 1023, 1024, 2047, 2048, 2999]) expect(strings(at)).toBe(`text ${at}`);
  expect(strings(3000)).toBe("");
});

it("the texts of a spreadsheet are at most two million", async () => {
  const MILLION = 1_000_000;
  let read = 0;
  async function* texts(): AsyncGenerator<Buffer> {
    yield Buffer.from("<sst>");
    const some = Buffer.from("<si/>".repeat(MILLION / 10));
    for (; read < 2 * MILLION; read += MILLION / 10) yield some;
    read += 1;
    yield Buffer.from("<si/>");
    read += 1;
    yield Buffer.from("</sst>");
  }
  expect(await failureOf(readSharedStrings(texts()))).toMatchObject(tooLarge);
  expect(read).toBe(2 * MILLION + 1);
});

it("a row of a spreadsheet has the cells of its first 256 columns", async () => {
  async function* sheet(): AsyncGenerator<Buffer> {
    yield Buffer.from('<sheetData><row><c r="IV1"><v>1</v></c><c r="IW1"><v>2</v></c></row></sheetData>');
  }
  const lines = [];
  for await (const chunk of sheetAsCsv(sheet(), { strings: () => "", formats: [], is1904: false }))
    lines.push(chunk.toString());
  expect(lines).toEqual([`${",".repeat(255)}1\n`]);
});

describe("a compressed file", () => {
  it("of more than 16 MB has at most 200 times its compressed bytes", async () => {
    const { admin } = await newShop();
    const answer = await uploadFile(admin.token, new Uint8Array(gzipSync(bomb())));
    expect([answer.status, slugOf(answer)]).toEqual([413, "too-large"]);
  });

  it("without a header is refused for its end if that is missing, and else for the header", async () => {
    const { admin } = await newShop();
    const whole = gzipSync("colour,size\n".repeat(10_000));
    const refusalOf = async (raw: Uint8Array) => slugOf(await uploadFile(admin.token, new Uint8Array(raw)));
    expect(await refusalOf(whole)).toBe("missing-columns");
    expect(await refusalOf(whole.subarray(0, -20))).toBe("invalid-gzip");
  });

  it("without a header is not read beyond 20 MB", async () => {
    const { admin } = await newShop();
    const text = `colour,size\n${noise(150).toString("hex")}\n`.padEnd(21 * MB, "colour,size\n");
    // Its checksum is wrong, which only its end shows.
    const compressed = gzipSync(text);
    expect(compressed.length).toBeGreaterThan(105 * KB);
    const damaged = Buffer.concat([compressed.subarray(0, -8), randomBytes(8)]);
    expect(slugOf(await uploadFile(admin.token, new Uint8Array(damaged)))).toBe("missing-columns");
  });
});

it("a file of exactly the bytes in which its header has to be is read", async () => {
  const { admin } = await newShop();
  const row = "1,A,x,1,2026-03-02 10:00:00,1.00,,\n";
  const file = `${COLUMNS}\n${row}`.padEnd(64 * KB, "\n");
  expect((await uploadFile(admin.token, file)).status).toBe(202);
});
