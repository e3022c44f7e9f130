import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRecords } from "../../src/imports/file/records.ts";
import {
  csvCell,
  type CsvColumns,
  type CsvFormat,
  csvText,
  majorUnits,
  withoutNeutralising,
} from "../../src/values/csv.ts";

describe("a cell of an exported CSV", () => {
  it("is quoted, with quotes doubled and line breaks unchanged", () => {
    expect(csvCell("plain")).toBe('"plain"');
    expect(csvCell('say "hi", twice\nor more')).toBe('"say ""hi"", twice\nor more"');
    expect(csvCell("")).toBe('""');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "＝1"])(
    "that begins like a formula (%j) gets an apostrophe",
    (text) => {
      expect(csvCell(text)).toBe(`"'${text}"`);
    },
  );

  it.each([
    ["Ana;=1+1;x", "Ana;'=1+1;x"],
    ["a\t-1", "a\t'-1"],
    ["a\r\n+1", "a\r\n'+1"],
    ["a;@SUM(A1);＝1", "a;'@SUM(A1);'＝1"],
    ["\t=1", "'\t'=1"],
    ["a;\t=1", "a;\t'=1"],
    ['a;"=1', 'a;""\'=1'],
    ['a;""=1', 'a;""""\'=1'],
  ])(
    "that contains a formula after another separator (%j) gets an apostrophe before the formula",
    (text, safe) => {
      expect(csvCell(text)).toBe(`"${safe}"`);
    },
  );

  it.each(["1=1", "a;b", "a\r\nb", "a; =1", " =1", "a-b", "'a", "''"])(
    "with %j, which no spreadsheet runs, is unchanged",
    (text) => {
      expect(csvCell(text)).toBe(`"${text}"`);
    },
  );

  it.each([
    ["'=1", "''=1"],
    ["''+1", "'''+1"],
    ["a;'=1", "a;''=1"],
  ])("that already has an apostrophe before a formula (%j) gets another one", (text, safe) => {
    expect(csvCell(text)).toBe(`"${safe}"`);
  });

  it("is read back exactly, whatever it contains", () => {
    const text = fc.string({ unit: fc.constantFrom(...`a1'";=+-@＝\t\r\n,`.split("")), maxLength: 12 });
    fc.assert(
      fc.property(text, (value) => {
        const [record] = parseRecords(Buffer.from(csvCell(value)), true, ",");
        expect(record?.fields?.map(withoutNeutralising)).toEqual([value]);
      }),
      { numRuns: 2000 },
    );
  });

  it("cannot be closed by a quote before a formula", () => {
    expect(csvCell('","=1')).toBe('""",""=1"');
  });
});

describe("an amount of minor units", () => {
  it.each([
    [1250, 2, "12.50"],
    [-5, 2, "-0.05"],
    [0, 2, "0.00"],
    [0, 0, "0"],
    [-1250, 0, "-1250"],
    [1250, 3, "1.250"],
    [Number.MAX_SAFE_INTEGER, 3, "9007199254740.991"],
    [12_345, 4, "1.2345"],
  ])("%d with %d decimals is %s", (minor, digits, text) => {
    expect(majorUnits(minor, digits)).toBe(text);
  });
});

describe("a file", () => {
  type Row = { name: string | null; total: number; quantity: number; at: string };
  const columns: CsvColumns<Row> = {
    name: ({ name }, { text }) => text(name),
    total: ({ total }, { amount }) => amount(total),
    quantity: ({ quantity }, { thousandths }) => thousandths(quantity),
    time: ({ at }, { time }) => time(at),
    currency: (_, { currency }) => currency(),
  };
  const rows: Row[] = [
    { name: "Ana; Sol", total: -1250, quantity: 335, at: "2026-10-25T00:30:00.000Z" },
    { name: null, total: 100_000, quantity: 2000, at: "2026-10-25T01:30:00.000Z" },
  ];
  const format: CsvFormat = {
    delimiter: ",",
    decimal: ".",
    bom: false,
    currency: "EUR",
    timezone: "Europe/Madrid",
  };

  it("has decimals of the currency, and times of the shop", () => {
    expect(csvText(columns, rows, format)).toBe(
      'name,total,quantity,time,currency\r\n"Ana; Sol",-12.50,0.335,02:30:00,EUR\r\n,1000.00,2,02:30:00,EUR\r\n',
    );
    expect(csvText(columns, rows.slice(1), { ...format, currency: "JPY" })).toContain(",100000,2,");
  });

  it("has the time of each of its rows, of which some are of one instant", () => {
    const { time } = columns;
    if (!time) throw new Error("there is no such column");
    const at = ["07:00", "07:00", "09:30", "07:00"].map((hour) => `2026-07-01T${hour}:00.000Z`);
    const lines = at.map((each) => ({ name: null, total: 0, quantity: 0, at: each }));
    expect(csvText({ time }, lines, format)).toBe("time\r\n09:00:00\r\n09:00:00\r\n11:30:00\r\n09:00:00\r\n");
  });

  it("has an empty cell for what is null or missing", () => {
    const missing: CsvColumns<{ text?: string; time: string | null }> = {
      text: ({ text: value }, { text }) => text(value),
      time: ({ time: value }, { time }) => time(value),
    };
    expect(csvText(missing, [{ time: null }], format)).toBe("text,time\r\n,\r\n");
  });

  it("has decimal commas in every kind of number, and none in words", () => {
    const numbers: CsvColumns<{ rating: number; rate: string; word: string }> = {
      rating: ({ rating }, { number }) => number(rating),
      rate: ({ rate }, { decimal }) => decimal(rate),
      word: ({ word }, { word: write }) => write(word),
      none: (_, { text }) => text(""),
    };
    const row = { rating: -4.5, rate: "0.25", word: "2026.1" };
    expect(csvText(numbers, [row], { ...format, delimiter: "\t", decimal: "," })).toBe(
      "rating\trate\tword\tnone\r\n-4,5\t0,25\t2026.1\t\r\n",
    );
    expect(csvText(numbers, [row], format)).toBe("rating,rate,word,none\r\n-4.5,0.25,2026.1,\r\n");
  });

  it("has decimal commas, semicolons and a byte order mark on request", () => {
    expect(csvText(columns, rows, { ...format, delimiter: ";", decimal: ",", bom: true })).toBe(
      '\uFEFFname;total;quantity;time;currency\r\n"Ana; Sol";-12,50;0,335;02:30:00;EUR\r\n;1000,00;2;02:30:00;EUR\r\n',
    );
  });
});
