import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRecords, recordText } from "../../src/imports/file/records.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");

const fieldsOf = (bytes: Buffer) => parseRecords(bytes, true).map((record) => record.fields);

/** Parses a file in chunks of these sizes like the consumer. A chunk without a complete record is extended. */
function inChunks(file: Buffer, sizes: number[]) {
  const found: { fields: string[] | null; start: number; end: number }[] = [];
  let at = 0;
  let length = 0;
  for (let turn = 0; at < file.length; turn += 1) {
    length += sizes[turn % sizes.length] ?? 1;
    const end = Math.min(at + length, file.length);
    const records = parseRecords(file.subarray(at, end), end === file.length);
    for (const record of records)
      found.push({ fields: record.fields, start: at + record.start, end: at + record.end });
    const read = records.at(-1)?.end ?? 0;
    if (read === 0 && end === file.length) break;
    if (read > 0) length = 0;
    at += read;
  }
  return found.map(({ fields }) => fields);
}

describe("the records of a file", () => {
  it("end with CRLF or LF, even mixed, and the last one may end with neither", () => {
    expect(fieldsOf(utf8("a,b\r\nc,d\ne,f"))).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
    ]);
  });

  it("can have quoted fields with commas, line breaks and doubled quotes", () => {
    expect(fieldsOf(utf8('"a,1","b\r\nc\nd","say ""hi"""\nx,"",""""\n'))).toEqual([
      ["a,1", "b\r\nc\nd", 'say "hi"'],
      ["x", "", '"'],
    ]);
  });

  it("can have a quote inside an unquoted field", () => {
    expect(fieldsOf(utf8('1,12" PLATE,x\n2,b,c\n'))).toEqual([
      ["1", '12" PLATE', "x"],
      ["2", "b", "c"],
    ]);
  });

  it("do not include blank lines", () => {
    expect(fieldsOf(utf8("\na\n\r\n\nb\n\n"))).toEqual([["a"], ["b"]]);
    expect(parseRecords(utf8("\n\r\n\n"), true)).toEqual([]);
    expect(parseRecords(utf8(""), true)).toEqual([]);
  });

  it("are decoded field by field, as UTF-8 if valid and else as Windows-1252", () => {
    const file = Buffer.concat([
      utf8("£5,ñandú,漢,"),
      latin1("caf\xe9,\xa3 NOTE"),
      utf8("\nplain,€"),
      latin1(",\xff\n"),
    ]);
    expect(fieldsOf(file)).toEqual([
      ["£5", "ñandú", "漢", "café", "£ NOTE"],
      ["plain", "€", "ÿ"],
    ]);
  });

  it("have their byte offsets in the chunk", () => {
    const file = utf8('a,"é\n"\r\n\nb,c\n');
    const records = parseRecords(file, true);
    expect(records.map(({ start, end }) => file.toString("utf8", start, end).trim())).toEqual([
      'a,"é\n"',
      "b,c",
    ]);
    expect(records.at(-1)?.end).toBe(file.length);
  });

  it("leave an incomplete last one for the next chunk", () => {
    const records = parseRecords(utf8('a,b\n"c\n'), false);
    expect(records.map(({ fields, end }) => ({ fields, end }))).toEqual([{ fields: ["a", "b"], end: 4 }]);
  });
});

describe("the length of a record", () => {
  const LIMIT = 65_536;
  const read = (text: string, isLast = true) =>
    parseRecords(utf8(text), isLast).map(({ fault, end }) => [fault, end]);

  it("is up to 64 KB, without its line end", () => {
    expect(read(`${"x".repeat(LIMIT)}\ny\n`)).toEqual([
      [null, LIMIT + 1],
      [null, LIMIT + 3],
    ]);
    expect(read(`y\n${"x".repeat(LIMIT + 1)}\r\ny`)).toEqual([
      [null, 2],
      ["too-long", LIMIT + 5],
      [null, LIMIT + 6],
    ]);
  });

  it("is not known before its quote is closed or 64 KB have arrived", () => {
    expect(read('a,"b\n'.padEnd(LIMIT, "x"), false)).toEqual([]);
    expect(read('a,"b\n'.padEnd(LIMIT + 1, "x"), false)).toEqual([["open-quote", 5]]);
    expect(read(`a\n${'a,"b\n'.padEnd(LIMIT, "x")}`, false)).toEqual([[null, 2]]);
  });

  it("of a line with an unclosed quote is up to 64 KB", () => {
    expect(read(`"${"x".repeat(LIMIT - 1)}\ny\n`)).toEqual([
      ["open-quote", LIMIT + 1],
      [null, LIMIT + 3],
    ]);
    expect(read(`"${"x".repeat(LIMIT)}\ny\n`)).toEqual([
      ["too-long", LIMIT + 2],
      [null, LIMIT + 4],
    ]);
    const line = `"${"x".repeat(LIMIT - 2)}\n`;
    expect(read(`${line}more`, false)).toEqual([["open-quote", LIMIT]]);
  });

  it("is shown up to 2,000 characters", () => {
    const chunk = utf8(`first\r\n${"ñ".repeat(3000)}\nlast\r`);
    const texts = parseRecords(chunk, true).map((record) => recordText(chunk, record));
    expect(texts).toEqual(["first", "ñ".repeat(2000), "last"]);
  });

  it("with an unclosed quote is searched fifty times in a chunk", () => {
    expect(read('a,"b\n'.repeat(60))).toHaveLength(50);
  });
});

describe("an unclosed quote", () => {
  it("rejects only its line", () => {
    const file = utf8('a,1\nb,"2\nc,3\nd,4\n');
    expect(inChunks(file, [1000])).toEqual([["a", "1"], null, ["c", "3"], ["d", "4"]]);
  });

  it("on the last line rejects only that line", () => {
    expect(inChunks(utf8('a,1\nb,"2'), [1000])).toEqual([["a", "1"], null]);
  });

  it("before more bytes than a record may have rejects only its line", () => {
    const rest = Array.from({ length: 12_000 }, (_, index) => [String(index), "xxxxxxxxxx"]);
    const file = utf8(`a,1\nb,"2\n${rest.map((fields) => fields.join(",")).join("\n")}\n`);
    expect(inChunks(file, [100_000])).toEqual([["a", "1"], null, ...rest]);
  });

  it("is one, too, if it is closed only after more than fifty lines", () => {
    const file = (lines: number) => utf8(`a,"b${"\n".repeat(lines)}c"\nd,1\n`);
    expect(inChunks(file(50), [1000])).toEqual([
      ["a", `b${"\n".repeat(50)}c`],
      ["d", "1"],
    ]);
    expect(inChunks(file(51), [1000]).at(0)).toBeNull();
  });

  it("before lines with quoted fields rejects only its line", () => {
    const line = '3,A,"quoted",1,2026-03-02 10:00,1,,';
    const file = utf8(`1,A,"never,1,2026-03-02 10:00,1,,\n2,A,b,1,2026-03-02 10:00,1,,\n${line}\n${line}\n`);
    const quoted = ["3", "A", "quoted", "1", "2026-03-02 10:00", "1", "", ""];
    expect(inChunks(file, [1000])).toEqual([
      null,
      ["2", "A", "b", "1", "2026-03-02 10:00", "1", "", ""],
      quoted,
      quoted,
    ]);
  });

  it("after many blank lines rejects only its line", () => {
    const file = utf8(`a,1\n${"\n".repeat(80)}b,2\n${"\r\n".repeat(80)}c,"3\n\nd,4\n`);
    expect(inChunks(file, [1000])).toEqual([["a", "1"], ["b", "2"], null, ["d", "4"]]);
  });

  it("with a quoted field many lines later rejects only its line", () => {
    const rest = Array.from({ length: 60 }, (_, index) => [String(index), "x"]);
    const file = utf8(`b,"2\n${rest.map((fields) => fields.join(",")).join("\n")}\nc,"quoted, too"\nd,4\n`);
    expect(inChunks(file, [100_000])).toEqual([null, ...rest, ["c", "quoted, too"], ["d", "4"]]);
  });
});

describe("for any division of the bytes into chunks", () => {
  const field = fc.oneof(
    fc.string({ maxLength: 8 }).map((text) => utf8(text.replaceAll(/["\r\n,]/g, "x"))),
    fc.constantFrom("a,b", 'say "hi"', "two\nlines", "two\r\nlines", '"', "").map(utf8),
    fc.constantFrom("caf\xe9", "\xa3", "\xff\xfe").map(latin1),
  );
  const quoted = (bytes: Buffer): string => `"${bytes.toString("latin1").replaceAll('"', '""')}"`;
  const record = fc.tuple(
    fc.array(field, { minLength: 2, maxLength: 4 }),
    fc.constantFrom("\n", "\r\n", "\n\n"),
  );
  const file = fc
    .array(record, { minLength: 1, maxLength: 8 })
    .map((records) => latin1(records.map(([fields, end]) => fields.map(quoted).join(",") + end).join("")));

  it("the records are the same", () => {
    fc.assert(
      fc.property(
        file,
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        (bytes, sizes) => {
          expect(inChunks(bytes, sizes)).toEqual(fieldsOf(bytes));
        },
      ),
      { numRuns: 150 },
    );
  });
});
