// What the text of a cell means: a number, a date, or a value whose style says it.
import { describe, expect, it } from "vitest";
import { possibleDays, readInstant } from "../../src/imports/formats/dates.ts";
import { otherCurrencyIn, readNumber, separatorOf } from "../../src/imports/formats/numbers.ts";
import { planOfHeader } from "../../src/imports/mapping/resolve.ts";
import { padded } from "../../src/imports/rows/row-importer.ts";
import { countWholeOrders } from "../../src/imports/rows/sale-orders.ts";
import { formatOf, numberText, readFormats } from "../../src/imports/workbook/formats.ts";
import { COLUMNS } from "../support/imports.ts";
import { readSharedStrings } from "../../src/imports/workbook/shared-strings.ts";
import { isRefundOf } from "../../src/imports/rows/sale-rows.ts";
import { rateOf } from "../../src/imports/rows/tax-rates.ts";

describe("a number", () => {
  it.each([
    ["1 250", "1250"],
    ["1'250'000.5", "1250000.5"],
    ["1 2 3", null],
    ["12 50", null],
    ["(12.50)", "-12.50"],
    ["(-12.50)", null],
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

  it("with spaces and brackets names no currency", () => {
    expect(["1 250", "(5)", "5 €", "5 $"].map((text) => otherCurrencyIn(text, "EUR"))).toEqual([
      null,
      null,
      null,
      "$",
    ]);
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

  it("has both orders where nothing tells them apart", () => {
    expect(possibleDays("03/04/26")).toEqual({ dmy: "2026-04-03", mdy: "2026-03-04" });
    expect(possibleDays("31/04/2026")).toBeNull();
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

  it("counts days from 1 January 1900, with a leap day that there was not", () => {
    const days = ["1", "59", "61"].map((serial) => numberText(serial, "date", false));
    expect(days).toEqual(["1900-01-01", "1900-02-28", "1900-03-01"]);
  });

  it("has zeros before a whole number that is not negative", () => {
    const texts = ["7", "-7", "7.5"].map((text) => numberText(text, { zeros: 3 }, false));
    expect(texts).toEqual(["007", "-7", "7.5"]);
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
