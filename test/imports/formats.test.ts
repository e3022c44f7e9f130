// What the text of a cell means: a number, a date, or a value whose style says it.
import { describe, expect, it } from "vitest";
import { possibleDays, readInstant } from "../../src/imports/formats/dates.ts";
import { collectEvidence } from "../../src/imports/formats/evidence.ts";
import { otherCurrencyIn, readNumber, separatorOf } from "../../src/imports/formats/numbers.ts";
import { planOfHeader } from "../../src/imports/mapping/resolve.ts";
import { padded } from "../../src/imports/rows/row-importer.ts";
import { countWholeOrders } from "../../src/imports/rows/sale-orders.ts";
import { Problem } from "../../src/platform/problem.ts";
import { formatOf, numberText, readFormats } from "../../src/imports/workbook/formats.ts";
import { COLUMNS } from "../support/imports.ts";
import { readSharedStrings } from "../../src/imports/workbook/shared-strings.ts";
import { columnOf, sheetAsCsv } from "../../src/imports/workbook/sheet.ts";
import { isRefundOf } from "../../src/imports/rows/sale-rows.ts";
import {
  addedTax,
  findExportedTaxRate,
  findPastTaxRate,
  findTaxRate,
  includedTax,
  rateOf,
} from "../../src/imports/rows/tax-rates.ts";

/** The problem that a file raises. */
function problemOf(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("Nothing was asked.");
}

describe("a number", () => {
  it.each([
    ["1 250", "1250"],
    ["1'250'000.5", "1250000.5"],
    ["1 2 3", null],
    ["12 50", null],
    ["(12.50)", "-12.50"],
    ["(-12.50)", null],
    ["(12.50", null],
    ["12.50)", null],
    ["1,5,0", null],
    ["12.50-", "-12.50"],
    ["--12.50", null],
  ])("has its thousands and its sign where a person writes them: %s", (text, expected) => {
    expect(readNumber(text, "point")).toBe(expected);
  });

  it("has up to 60 characters, with the spaces around it", () => {
    expect(readNumber("5".padStart(60), "comma")).toBe("5");
    expect(readNumber("5".padStart(61), "comma")).toBeNull();
  });

  it("shows its separator, but for three digits after another digit than a leading zero", () => {
    expect(["1.250", "0.250", "1234.567", "1.250.000", "1.250,5", "12,5"].map(separatorOf)).toEqual([
      "either",
      "point",
      "point",
      "comma",
      "comma",
      "comma",
    ]);
  });

  it("without decimals shows no separator, and one that has none shows its last", () => {
    expect(["5 €", "250 €", "12,34,5", ".5,5", ",5.5"].map(separatorOf)).toEqual([
      null,
      null,
      null,
      "comma",
      "point",
    ]);
    expect(readNumber("1,5,0", "comma")).toBeNull();
  });

  it("may begin with its separator of decimals", () => {
    const read = [readNumber(".5", "point"), readNumber("-,5", "comma"), readNumber(",25 €", "point")];
    expect(read.map((number) => number !== null && Number(number))).toEqual([0.5, -0.5, 0.25]);
  });

  it.each([
    ["5 kr", "SEK", "kr"],
    ["kr. 5", "DKK", "kr."],
    ["5 Ft", "HUF", "HUF"],
    ["R$ 5", "BRL", "BRL"],
    ["C$5", "CAD", "C$"],
    ["¥5", "CNY", "¥"],
    ["₹5", "INR", "INR"],
    ["5 zł", "PLN", "PLN"],
    ["Fr. 5", "CHF", "CHF"],
    ["S/ 5", "PEN", "PEN"],
    ["£5", "GBP", "GBP"],
    ["5 Euros", "EUR", null],
    ["USD 5", "USD", "USD"],
  ])("is in its own currency only in a shop of that: %s", (text, currency, other) => {
    expect([otherCurrencyIn(text, currency), otherCurrencyIn(text, "EUR")]).toEqual([null, other]);
  });

  it("names each dollar that its sign may mean", () => {
    expect([otherCurrencyIn("BZ$5", "BZD"), otherCurrencyIn("BZ$5", "EUR")]).toEqual([null, "BZ$"]);
  });

  it("with spaces and brackets names no currency", () => {
    expect(["1 250", "(5)", "5 €", "5 $"].map((text) => otherCurrencyIn(text, "EUR"))).toEqual([
      null,
      null,
      null,
      "$",
    ]);
  });
});

describe("the numbers of a file", () => {
  const formatsOf = (...rows: string[][]) => {
    const evidence = collectEvidence(
      new Map([
        ["UnitPrice", 0],
        ["Quantity", 1],
      ]),
      ["Price", "Qty"],
    );
    for (const row of rows) evidence.addRow(row);
    return evidence.decide({}, {});
  };

  it.each([
    ["point", "12.5", "1.250"],
    ["comma", "12,5", "1,250"],
  ])("have decimals after a %s if a single one shows it", (decimal, clear, open) => {
    for (const rows of [
      [[clear], [open]],
      [[open], [clear]],
      [["", clear], [open]],
    ])
      expect(formatsOf(...rows)).toEqual({ dates: "ymd", decimal, decimals: {} });
  });

  it("have those of their column where columns differ", () => {
    expect(formatsOf(["12,5", "1.5"], ["1,250", "1.250"])).toMatchObject({
      decimal: "point",
      decimals: { UnitPrice: "comma" },
    });
  });

  it("are asked for with up to three different examples, and why", () => {
    const says = problemOf(() =>
      formatsOf(...["1.250", "2.500", "1.250", "3.750", "4.999"].map((cell) => [cell])),
    );
    expect(says.message).toBe(
      "The separator may be of decimals or of thousands: 1.250, 2.500, 3.750. Send the file again with ?decimal=comma or point.",
    );
    expect(says.extra).toEqual({
      parameter: "decimal",
      choices: [
        { parameter: "decimal", value: "comma", description: "a comma before the decimals: 1.250,00" },
        { parameter: "decimal", value: "point", description: "a point before the decimals: 1,250.00" },
      ],
      examples: ["1.250", "2.500", "3.750"],
    });
    const both = problemOf(() => formatsOf(["1.250", "1.5"], ["", "1,5"]));
    expect(both.message).toBe(
      "The file has decimals after a comma and after a point: 1.250. Send the file again with ?decimal=comma or point.",
    );
  });
});

describe("the dates of a file", () => {
  type Evidence = ReturnType<typeof collectEvidence>;

  /** The order that rows show, by their first cell and other columns. */
  function orderOf(rows: string[][], layout: Parameters<Evidence["decide"]>[0] = {}, names = ["Day"]) {
    const evidence = collectEvidence(new Map([["InvoiceDate", 0]]), names);
    for (const row of rows) evidence.addRow(row);
    return evidence.decide(layout, {}).dates;
  }
  const days = (...cells: string[]) => cells.map((cell) => [cell]);
  const choicesFor = (...cells: string[]) => {
    const { choices } = problemOf(() => orderOf(days(...cells))).extra;
    return JSON.stringify(choices).match(/dmy|mdy|ymd/g);
  };

  it.each([
    ["dmy", days("13/04/2026")],
    ["mdy", days("04/13/2026")],
    ["dmy", [["03/04/2026"], [], ["13/04/2026"]]],
    ["dmy", days("04/04/2026")],
    ["dmy", days("99/04/03")],
    ["dmy", []],
  ])("are %s by a single one: %j", (order, rows) => {
    expect(orderOf(rows)).toBe(order);
  });

  it("have the order of their layout only where they show none", () => {
    const layout = { dates: "mdy" as const };
    const orders = [days("03/04/2026"), days("99/04/03"), [], days("13/04/2026")].map((rows) =>
      orderOf(rows, layout),
    );
    expect(orders).toEqual(["mdy", "mdy", "mdy", "dmy"]);
    const shown = collectEvidence(new Map([["InvoiceDate", 0]]), ["Day"]);
    shown.addRow(["13/04/2026"]);
    expect(shown.decide({}, layout).dates).toBe("mdy");
    const evidence = collectEvidence(new Map(), ["Date"]);
    expect([evidence.decide(layout, {}).dates, evidence.decide({}, {}).dates]).toEqual(["mdy", "ymd"]);
  });

  it("are shown by other columns that are called dates, and by no others", () => {
    const beside = (name: string, other: string) => orderOf([["03/04/2026", other]], {}, ["Day", name]);
    expect([beside("Ship date", "13/04/2026"), beside("Created at", "04/13/2026")]).toEqual(["dmy", "mdy"]);
    expect(problemOf(() => beside("Note", "13/04/2026")).slug).toBe("ambiguous-format");
  });

  it("may begin with a year of two digits if they all could, and if their ends change more often", () => {
    expect(choicesFor("12/11/24", "12/10/25")).toEqual(["dmy", "mdy", "ymd"]);
    expect(choicesFor("12/11/24", "", "12/10/25")).toEqual(["dmy", "mdy", "ymd"]);
    expect(choicesFor("01/04/24", "02/04/24", "03/04/24")).toEqual(["dmy", "mdy"]);
    expect(orderOf(days("12/11/24", "12/10/25", "12/31/26"))).toBe("mdy");
  });

  it("are asked for with up to three different examples, and why", () => {
    const open = problemOf(() =>
      orderOf(days("03/04/2026", "04/05/2026", "03/04/2026", "05/06/2026", "06/07/2026")),
    );
    expect(open.message).toBe(
      "No day is above 12, so the dates can be read in two ways: 03/04/2026, 04/05/2026, 05/06/2026. Send the file again with ?dates=dmy or mdy.",
    );
    expect(open.extra["choices"]).toEqual([
      { parameter: "dates", value: "dmy", description: "day, month, year" },
      { parameter: "dates", value: "mdy", description: "month, day, year" },
    ]);
    const both = problemOf(() => orderOf(days("13/04/2026", "04/13/2026")));
    expect(both.message).toBe(
      "Some dates have a day above 12 in the first position and others in the second. Send the file again with ?dates=dmy or mdy or ymd.",
    );
  });
});

describe("a date", () => {
  const read = (text: string, order: "dmy" | "mdy" | "ymd" = "dmy") =>
    readInstant(text, order, "UTC")?.toISOString() ?? null;

  it("of a year with two digits is of 1980 to 2079", () => {
    expect([read("13/05/79"), read("13/05/80")]).toEqual([
      "2079-05-13T12:00:00.000Z",
      "1980-05-13T12:00:00.000Z",
    ]);
  });

  it("is before the year 3000", () => {
    expect([read("31/12/2999"), read("01/01/3000")]).toEqual(["2999-12-31T12:00:00.000Z", null]);
  });

  it.each([
    ["23:59:59", "23:59:59"],
    ["24:00", null],
    ["10:59", "10:59:00"],
    ["10:60", null],
    ["10:00:60", null],
    ["12:30 am", "00:30:00"],
    ["12:30 pm", "12:30:00"],
    ["1:30 p.m.", "13:30:00"],
    ["0:30 am", null],
    ["13:30 pm", null],
  ])("has the time %s of a clock", (time, expected) => {
    expect(read(`2026-04-03 ${time}`)).toBe(expected && `2026-04-03T${expected}.000Z`);
  });

  it("with the name of a month has a known one", () => {
    expect([read("3 abr 2024"), read("3 foo 2024")]).toEqual(["2024-04-03T12:00:00.000Z", null]);
  });

  it.each([
    "3 April 2024",
    "April 3rd, 2024",
    "2024-Apr-03",
    "Wed, 3 Apr 24",
    "miércoles, 3 de abril de 2024",
  ])("has the name of its month wherever a person writes it: %s", (text) => {
    expect(read(text)).toBe("2024-04-03T12:00:00.000Z");
  });

  it.each([
    ["PST", 18],
    ["PDT", 17],
    ["MST", 17],
    ["MDT", 16],
    ["CDT", 15],
    ["EST", 15],
    ["EDT", 14],
    ["GMT", 10],
    ["CET", 9],
    ["cest", 8],
  ])("is at the hour of its zone %s", (zone, hour) => {
    expect(read(`2026-04-03 10:00 ${zone}`)).toBe(`2026-04-03T${String(hour).padStart(2, "0")}:00:00.000Z`);
  });

  it("has both orders where nothing tells them apart", () => {
    expect(possibleDays("03/04/26")).toEqual({ dmy: "2026-04-03", mdy: "2026-03-04" });
    expect(possibleDays("31/04/2026")).toBeNull();
    expect([possibleDays("03.04.2026"), possibleDays("2026/04/03"), possibleDays("soon")]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("has a year first only where it has two digits that are no day", () => {
    expect(["31/12/03", "32/04/03", "99/04/03"].map(possibleDays)).toEqual([
      { dmy: "2003-12-31" },
      { ymd: "2032-04-03" },
      { ymd: "1999-04-03" },
    ]);
  });
});

describe("a tax rate", () => {
  it.each([
    ["21", 21_000],
    ["5,2 %", 5200],
    ["VAT 20%", 20_000],
    ["0.21", 21_000],
    ["0", 0],
    ["0 %", 0],
    ["0.5 %", 500],
    ["1", 1000],
    ["1.0", 1000],
    ["0.999", 99_900],
    ["exempt", 0],
    ["100", 100_000],
    ["100.001", null],
    ["-1", null],
    ["5.123", 5123],
    ["5.1234", null],
    ["0.00001", 1],
    ["0.000001", null],
    ["VAT", null],
  ])("is a percentage of 0 to 100 with three decimals, or a fraction with five: %s", (text, rate) => {
    expect(rateOf(text)).toBe(rate);
  });
});

describe("a tax rate of the shop", () => {
  const rateFor = (id: string, name: string, rate: number, is_active = true) => ({
    id,
    name,
    rate,
    is_active,
  });
  const rates = [
    rateFor("vat", "VAT", 20_000, false),
    rateFor("replaced", "Standard", 20_000, false),
    rateFor("standard", "Standard", 20_000),
    rateFor("low", "Low", 5000),
    rateFor("reduced", "Reduced", 5000),
    rateFor("former", "Former", 7000, false),
  ];
  const orders = [rates, rates.toReversed()];

  it.each(orders.map((order) => [order]))("is found for a product while it is active", (all) => {
    const of = (text: string | null | undefined) => findTaxRate(all, text);
    expect([of("low"), of("20 %"), of(null), of(undefined)]).toEqual([
      { id: "low" },
      { id: "standard" },
      { id: null },
      { id: undefined },
    ]);
    expect([of("5"), of("VAT"), of("7")]).toEqual([
      { reason: "tax_rate 5 is the percentage of several tax rates: use a name" },
      { reason: "tax_rate VAT is not a tax rate of this shop" },
      { reason: "tax_rate 7 is not a tax rate of this shop" },
    ]);
  });

  it.each(orders.map((order) => [order]))(
    "is found for a past sale, too, if it is not active any more",
    (all) => {
      const of = (text: string) => {
        const found = findPastTaxRate(all, text);
        return found && [found.id, found.rate];
      };
      expect(["vat", "standard", "20", "7", "5", "8", "Special"].map(of)).toEqual([
        ["vat", 20_000],
        ["standard", 20_000],
        ["standard", 20_000],
        ["former", 7000],
        [null, 5000],
        [null, 8000],
        null,
      ]);
    },
  );

  it.each(orders.map((order) => [order]))(
    "is found for an exported line by its name and percentage",
    (all) => {
      const of = (name: string | null, rate: number | null) =>
        findExportedTaxRate(all, name, rate)?.id ?? null;
      expect([
        of("vat", 20_000),
        of("Standard", 20_000),
        of("VAT", 5000),
        of("VAT", 7000),
        of("VAT", 9000),
      ]).toEqual(["vat", "standard", null, "former", null]);
      expect(of(null, 7000)).toBeNull();
    },
  );

  it("is in an amount, or added to it, rounded half away from zero", () => {
    expect([1210, -1210, 3, -3].map((amount) => includedTax(amount, 21_000))).toEqual([210, -210, 1, -1]);
    expect([1000, -1000, 50, -50].map((amount) => addedTax(amount, 21_000))).toEqual([210, -210, 11, -11]);
  });
});

describe("a value of a spreadsheet", () => {
  it("is the text of its parts, without what is around them and how they are read aloud", async () => {
    async function* texts(): AsyncGenerator<Buffer> {
      yield Buffer.from(`<sst>
        <si>
          <r> <t>Ta</t> </r>
          <r> <rPr> <b/> </rPr> <t xml:space="preserve">za </t> </r>
          <rPh> <t>taθa</t> </rPh>
        </si>
        <si> <t>B</t> </si>
      </sst>`);
    }
    const strings = await readSharedStrings(texts());
    expect([strings(0), strings(1), strings(2)]).toEqual(["Taza ", "B", ""]);
  });

  it.each<[string, ReturnType<typeof formatOf>]>([
    ["dd/mm/yyyy", "date"],
    ["m/d/yy h:mm", "date"],
    ["mmm", "date"],
    ["yyyy;@", "date"],
    ['[$-C0A]d "de" mmmm', "date"],
    ["h:mm:ss", "time"],
    ["[h]:mm", "time"],
    ["mm:ss", "time"],
    ["h:mm AM/PM", "time"],
    ["0.00%", "percent"],
    ["#,##0.00", null],
    ["General", null],
    ["[Red]0.00", null],
    ['0 "days"', null],
    ["0", null],
    ["@", null],
    ["000", { zeros: 3 }],
  ])("has the format that its code shows: %s", (code, format) => {
    expect(formatOf(code)).toEqual(format);
  });

  it("has the format whose code has up to 255 characters", () => {
    const code = (length: number): string => `"${"x".repeat(length - 4)}"0%`;
    expect([255, 256].map((length) => formatOf(code(length)))).toEqual(["percent", null]);
  });

  it("is a date by the built-in formats of East Asia", async () => {
    async function* styles(): AsyncGenerator<Buffer> {
      const ids = [26, 27, 36, 37, 49, 50, 58, 59];
      yield Buffer.from(
        `<styleSheet><cellXfs>${ids.map((id) => `<xf numFmtId="${id}"/>`).join("")}</cellXfs></styleSheet>`,
      );
    }
    expect(await readFormats(styles())).toEqual([null, "date", "date", null, null, "date", "date", null]);
  });

  it("has the format of its style, by the cells that have one and by codes of the file", async () => {
    async function* styles(): AsyncGenerator<Buffer> {
      yield Buffer.from(`<styleSheet><numFmts><numFmt numFmtId="27" formatCode="0.00"/></numFmts>
        <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
        <cellXfs><xf numFmtId="9"><alignment wrapText="1"/></xf><xf/><xf numFmtId="27"/></cellXfs>
        <dxfs><xf numFmtId="9"/></dxfs></styleSheet>`);
    }
    expect(await readFormats(styles())).toEqual(["percent", null, null]);
  });

  it("counts days from 1 January 1900, with a leap day that there was not", () => {
    const days = ["1", "59", "61"].map((serial) => numberText(serial, "date", false));
    expect(days).toEqual(["1900-01-01", "1900-02-28", "1900-03-01"]);
  });

  it("has zeros before a whole number that is not negative", () => {
    const texts = ["7", "-7", "7.5", "0"].map((text) => numberText(text, { zeros: 3 }, false));
    expect(texts).toEqual(["007", "-7", "7.5", "000"]);
  });

  it.each<[string, Parameters<typeof numberText>[1], boolean, string]>([
    ["12.345", null, false, "12.3450"],
    ["1234567890123456", null, false, "1234567890123460"],
    ["-1234567890123456", null, false, "-1234567890123460"],
    ["", null, false, ""],
    ["7.5", { zeros: 5 }, false, "7.5"],
    ["1e-7", null, false, "0.0000001"],
    ["0.30000000000000004", null, false, "0.3"],
    ["-12", null, false, "-12"],
    ["n/a", null, false, "n/a"],
    ["0.07", "percent", false, "7%"],
    ["0.125", "percent", false, "12.5%"],
    ["60", "date", false, "1900-02-28"],
    ["0", "date", true, "1904-01-01"],
    ["60", "date", true, "1904-03-01"],
    ["46115", "date", false, "2026-04-03"],
    ["46115.000001", "date", false, "2026-04-03 00:00:00"],
    ["46115.99999", "date", false, "2026-04-03 23:59:59"],
    ["2958465", "date", false, "9999-12-31"],
    ["2958466", "date", false, "2958466"],
    ["0.5", "time", false, "12:00:00"],
    ["1", "time", false, "1900-01-01"],
    ["1.5", "time", false, "1900-01-01 12:00:00"],
    ["46115.5", "time", false, "2026-04-03 12:00:00"],
  ])("is a text as its format shows it: %s as %j", (value, format, is1904, text) => {
    expect(numberText(value, format, is1904)).toBe(text);
  });
});

describe("a sheet", () => {
  const linesOf = async (rows: string, strings: string[] = []) => {
    async function* xml(): AsyncGenerator<Buffer> {
      yield Buffer.from(`<worksheet><sheetData>${rows}</sheetData></worksheet>`);
    }
    const context = {
      strings: (at: number) => strings[at] ?? "",
      formats: [null, "percent" as const],
      is1904: false,
    };
    let text = "";
    for await (const chunk of sheetAsCsv(xml(), context)) text += chunk.toString();
    return text.split("\n").slice(0, -1);
  };

  it("has its cells in their columns, by the references of these or one after the other", async () => {
    expect(["A1", "Z9", "AA10", "XFD1", "a1", "Ab1", "7", undefined].map(columnOf)).toEqual([
      0, 25, 26, 16_383, -1, 0, -1, -1,
    ]);
    const rows = `<row><c r="B1"><v>1</v></c><c><v>2</v></c><c r="E1"><v>3</v></c></row>
      <row><c r="A2"/><c r="B2"><v></v></c></row>
      <row><c><v>4</v></c></row>`;
    expect(await linesOf(rows)).toEqual([",1,2,,3", "4"]);
  });

  it("has up to 256 columns", async () => {
    const rows = `<row><c r="A1"><v>1</v></c><c r="IV1"><v>2</v></c><c r="IW1"><v>3</v></c></row>`;
    expect(await linesOf(rows)).toEqual([`1${",".repeat(255)}2`]);
  });

  it("has texts, numbers, dates and truths by the types of its cells", async () => {
    const cell = (type: string, value: string, style = 0) =>
      `<row><c t="${type}" s="${style}"><v>${value}</v></c></row>`;
    const rows = [
      cell("s", "1"),
      cell("n", "0.5", 1),
      cell("n", "0.5", 7),
      cell("b", "1"),
      cell("b", "0"),
      cell("d", "2026-04-03T10:15:00"),
      cell("d", "2026-04-03T00:00:00.000"),
      cell("str", "a_x000D_b"),
      cell("e", "#REF!"),
      `<row><c t="inlineStr"><is><t>say "hi", </t><rPh><t>sei</t></rPh><t>you</t></is></c></row>`,
    ];
    expect(await linesOf(rows.join(""), ["zero", "one"])).toEqual([
      "one",
      "50%",
      "0.5",
      "TRUE",
      "FALSE",
      "2026-04-03 10:15:00",
      "2026-04-03",
      '"a\rb"',
      "#REF!",
      '"say ""hi"", you"',
    ]);
  });
});

it("a date before the first day of its calendar stays a number", () => {
  expect(["-1", "0"].map((serial) => numberText(serial, "date", false))).toEqual(["-1", "1899-12-31"]);
});

it("a row without its last cells has empty ones", () => {
  expect([padded(["a"], 3), padded(["a", "b"], 2), padded(["a", "b", " "], 2)]).toEqual([
    ["a", "", ""],
    ["a", "b"],
    ["a", "b"],
  ]);
  expect(() => padded(["a", "b", "c"], 2)).toThrow("3 fields instead of 2");
});

it("the orders before the last one are complete; rows without a number may belong to it", () => {
  const plan = planOfHeader("sales", COLUMNS.split(","));
  const wholeOf = (...numbers: string[]) =>
    countWholeOrders(
      numbers.map((number) => [number, "A"]),
      plan,
    );
  expect([wholeOf("1", "2", "2"), wholeOf("1", "", "2", ""), wholeOf("1", "1"), wholeOf("1", "2")]).toEqual([
    1, 1, 0, 1,
  ]);
});

it("an exchange whose goods cost the same is a sale", () => {
  const lines = (sums: number[]) => sums.map((subtotal) => ({ subtotal, isRefund: subtotal < 0 }));
  expect([[-500, 500], [-501, 500], [-500], [500]].map((sums) => isRefundOf(lines(sums)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it("a negative amount without a refund is none", () => {
  expect(isRefundOf([{ subtotal: -500, isRefund: false }])).toBe(false);
});
