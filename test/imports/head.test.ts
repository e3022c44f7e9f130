// The beginning of a file: its encoding, its delimiter and its header.
import { describe, expect, it } from "vitest";
import { encodingOf, toUtf8 } from "../../src/imports/file/encoding.ts";
import { readHead } from "../../src/imports/file/head.ts";
import { NO_MAPPING } from "../../src/imports/mapping/caller.ts";

const TEXT = "Ticket;Fecha;Artículo\n1;2026-04-03;Añil\n";
const LATIN = "Ticket;Fecha\n1;2026-04-03\n";

const swapped = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

describe("the encoding of a file", () => {
  async function read(chunks: Uint8Array[], declared: string | null = null) {
    async function* all(): AsyncGenerator<Buffer> {
      for (const chunk of chunks) yield Buffer.from(chunk);
    }
    const { encoding, text } = await toUtf8(all(), declared);
    const parts: Buffer[] = [];
    for await (const part of text) parts.push(part);
    return { encoding, text: Buffer.concat(parts).toString() };
  }

  it.each<[string, Buffer, string | null, string]>([
    ["its mark, of UTF-16", Buffer.from(`\ufeff${TEXT}`, "utf16le"), null, "utf-16le"],
    ["its mark, of UTF-16 with the high byte first", swapped(`\ufeff${TEXT}`), "utf-8", "utf-16be"],
    ["the NULs of Latin text", Buffer.from(LATIN, "utf16le"), null, "utf-16le"],
    ["the NULs of Latin text with the high byte first", swapped(LATIN), "windows-1252", "utf-16be"],
    ["what is declared", Buffer.from(TEXT, "latin1"), "windows-1252", "windows-1252"],
    ["UTF-8 otherwise", Buffer.from(TEXT), null, "utf-8"],
  ])("is shown by %s", async (_, bytes, declared, encoding) => {
    const found = await read([bytes], declared);
    expect(found.encoding).toBe(encoding);
    expect([TEXT, LATIN]).toContain(found.text);
    // However the bytes arrive.
    const single = Array.from({ length: bytes.length }, (_byte, at) => bytes.subarray(at, at + 1));
    expect(await read(single, declared)).toEqual(found);
  });

  it.each(["aþ", "aÿ", "ÿa", "þa", "a»¿", "ïa¿", "ï»a"])(
    "is not shown by a part of a mark: %s",
    async (start) => {
      const text = `${start}${TEXT}`;
      expect(await read([Buffer.from(text, "latin1")], "windows-1252")).toEqual({
        encoding: "windows-1252",
        text,
      });
    },
  );

  it("has one of the names of charsets that are known, in any case", () => {
    const names = ["UTF-8", "utf8", "US-ASCII", "utf-16", "UTF-16BE", "ISO-8859-1", "latin1", "cp1252"];
    expect([...names, "iso-8859-15", "windows-1250", "koi8-r"].map(encodingOf)).toEqual([
      "utf-8",
      "utf-8",
      "utf-8",
      "utf-16le",
      "utf-16be",
      "windows-1252",
      "windows-1252",
      "windows-1252",
      "iso-8859-15",
      "windows-1250",
      null,
    ]);
  });

  it.each([
    ["a NUL at an odd place", `${LATIN}\0`],
    ["a NUL at an even place", `${LATIN}x\0`],
    ["nothing but NULs", "\0".repeat(40)],
    ["NULs at three odd places of ten", "a\0b\0c\0defg"],
    ["NULs at three even places of ten", "\0a\0b\0cdefg"],
    ["a NUL at an even place for ten at odd ones", `\0\0${"x\0".repeat(9)}`],
    ["a NUL at an odd place for ten at even ones", `\0\0${"\0x".repeat(9)}`],
  ])("is not UTF-16 by %s", async (_, text) => {
    expect(await read([Buffer.from(text)])).toEqual({ encoding: "utf-8", text });
  });

  it("is kept where its characters are divided between chunks, or cut at the end", async () => {
    const long = Buffer.from(`\ufeff${TEXT.repeat(100)}`, "utf16le");
    const chunks = [long.subarray(0, 4097), long.subarray(4097, 4100), long.subarray(4100, -1)];
    const { text } = await read(chunks);
    expect(text).toBe(`${TEXT.repeat(100).slice(0, -1)}\ufffd`);
  });
});

describe("the header of a file", () => {
  const head = (text: string | Buffer) => readHead(Buffer.from(text), true, "sales", NO_MAPPING);
  const NAMES = ["Ticket", "Fecha", "Producto", "Cantidad", "Precio"];
  const fileWith = (by: string) => `${NAMES.join(by)}\n1${by}2026-04-03${by}A${by}1${by}5\n`;

  it.each([",", ";", "\t", "|"])("is divided by %j", (delimiter) => {
    expect(head(fileWith(delimiter))).toMatchObject({ delimiter, header: NAMES, headerRow: 1 });
  });

  it("is divided by what makes its names known, not by what makes the most fields", () => {
    const note = "a, b, c, d, e, f, g, h, i";
    const found = head(`Ticket;Fecha;Codigo;Cantidad;Precio;${note}\n1;2026-04-03;A;1;5;${note}\n`);
    expect([found.delimiter, found.header.length]).toEqual([";", 6]);
  });

  it("is divided by commas where nothing divides all rows alike", () => {
    const refused = () => head("uno,dos\nx\na,b,c\n");
    expect(refused).toThrow(
      expect.objectContaining({ extra: expect.objectContaining({ columns: ["uno", "dos"] }) }),
    );
  });

  it.each([
    ["sep=;\r\n", ";", 2],
    ["\ufeffsep=,\n", ",", 2],
    ['"sep=|"\n', "|", 2],
    ["SEP=\t\n", "\t", 2],
    ["sep=x\n", ";", 2],
    ["\ufeff", ",", 1],
  ])("stands below the line that names its delimiter: %j", (line, delimiter, headerRow) => {
    const file = Buffer.from(line + fileWith(delimiter));
    const found = head(file);
    expect(found).toMatchObject({
      delimiter,
      header: NAMES,
      headerRow,
      sample: [["1", "2026-04-03", "A", "1", "5"]],
    });
    expect(file.toString("utf8", found.end)).toMatch(/^1[;,|\t]2026/);
  });

  it("is one of the first ten rows", () => {
    const below = (rows: number) => `${"A note,,\n".repeat(rows)}${fileWith(",")}`;
    expect(head(below(9))).toMatchObject({ header: NAMES, headerRow: 10 });
    expect(() => head(below(10))).toThrow("No column was found");
  });

  it("has up to 200 columns", () => {
    const wide = (columns: number) =>
      `${[...NAMES, ...Array.from({ length: columns - NAMES.length }, (_, at) => `Note ${at}`)].join(",")}\n`;
    expect(head(wide(200)).header).toHaveLength(200);
    expect(() => head(wide(201))).toThrow("more than 200 columns");
  });

  it("is the first of two that are as good, above three rows of the sample", () => {
    const rows = ["1", "2", "3", "4"].map((number) => `${number},2026-04-03,A,1,5\n`);
    const found = head(`${NAMES.join(",")}\n${NAMES.join(",")}\n${rows.join("")}`);
    expect(found.headerRow).toBe(1);
    expect(found.sample.map(([number]) => number)).toEqual(["Ticket", "1", "2"]);
  });
});
