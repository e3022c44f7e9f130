// Writes CSV (RFC 4180). A cell that a spreadsheet would run as a formula is neutralised with an apostrophe, as OWASP advises.
// Spreadsheets in some locales split on `;`, so the text after one of those counts as the start of a cell too.
import { minorDigits } from "./money.ts";
import { timeOf } from "./days.ts";

// Text that already begins with apostrophes gets another one, so that `withoutNeutralising` is exact.
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
// Doubled quotes after a separator would read as an empty quoted string at the start of the next cell.
const FORMULA_AFTER_SEPARATOR = /[;\t\r\n]"*(?='*[=+\-@＝＋－＠])/g;
const NEUTRALISED = /^'+[=+\-@\t\r\n＝＋－＠]/;
const NEUTRALISED_AFTER_SEPARATOR = /([;\t\r\n]"*)'(?='*[=+\-@＝＋－＠])/g;

/** One quoted cell, with formulas neutralised. */
export function csvCell(text: string): string {
  const safe = `${FORMULA.test(text) ? "'" : ""}${text.replace(FORMULA_AFTER_SEPARATOR, "$&'")}`;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The text of a cell that `csvCell` wrote. */
export const withoutNeutralising = (cell: string): string =>
  (NEUTRALISED.test(cell) ? cell.slice(1) : cell).replace(NEUTRALISED_AFTER_SEPARATOR, "$1");

/** How the cells of a shop are written. A comma is never both the delimiter and the decimal separator. */
export type CsvFormat = {
  delimiter: "," | ";" | "\t";
  decimal: "." | ",";
  /** Whether the file begins with a byte order mark, without which Excel does not read it as UTF-8. */
  bom: boolean;
  currency: string;
  timezone: string;
};

/** An amount of minor units as a decimal of major units: 1250 is `12.50` in EUR. */
export function majorUnits(minor: number, digits: number): string {
  if (digits === 0) return String(minor);
  const absolute = String(Math.abs(minor)).padStart(digits + 1, "0");
  return `${minor < 0 ? "-" : ""}${absolute.slice(0, -digits)}.${absolute.slice(-digits)}`;
}

const orEmpty =
  <T>(write: (value: T) => string) =>
  (value: T | null | undefined): string =>
    value === null || value === undefined ? "" : write(value);

/** Writes the cells of one format; null becomes an empty cell. */
export function csvCells({ decimal, currency, timezone }: CsvFormat) {
  const digits = minorDigits(currency);
  const localised = (text: string): string => (decimal === "," ? text.replace(".", ",") : text);
  return {
    /** Text that people or other programs entered. */
    text: orEmpty((text: string) => (text === "" ? "" : csvCell(text))),
    /** An id, day, instant or word of this API. */
    word: orEmpty(String),
    number: orEmpty((value: number) => localised(String(value))),
    /** Thousandths, such as a quantity, or a tax rate whose hundred-thousandths are thousandths of a percent. */
    thousandths: orEmpty((value: number) => localised(String(value / 1000))),
    /** Minor units, in major units. */
    amount: orEmpty((minor: number) => localised(majorUnits(minor, digits))),
    /** A decimal with a point. */
    decimal: orEmpty(localised),
    /** The time of an instant (RFC 3339) on the clock of the shop. */
    time: orEmpty(cached((instant: string) => timeOf(new Date(instant), timezone))),
    currency: (): string => currency,
  };
}

/** Remembers the last result: consecutive rows often belong to one sale. */
function cached(compute: (key: string) => string) {
  let [key, result]: [string | null, string] = [null, ""];
  return (next: string): string => {
    if (next !== key) [key, result] = [next, compute(next)];
    return result;
  };
}

/** The columns of a file by name, each with the cell of a row. */
export type CsvColumns<Row> = Record<string, (row: Row, cell: ReturnType<typeof csvCells>) => string>;

/** The names of the columns as OpenAPI shows them. */
export const columnNames = <Row>(columns: CsvColumns<Row>): string => Object.keys(columns).join(",");

/** How a file is written, line by line. */
export type CsvTable<Row> = { header: string; line: (row: Row) => string; bom: boolean };

export function csvTable<Row>(columns: CsvColumns<Row>, format: CsvFormat): CsvTable<Row> {
  const cells = csvCells(format);
  const writers = Object.values(columns);
  return {
    header: Object.keys(columns).join(format.delimiter),
    line: (row) => writers.map((write) => write(row, cells)).join(format.delimiter),
    bom: format.bom,
  };
}

export const BYTE_ORDER_MARK = "\uFEFF";

/** A whole file of a few rows. */
export function csvText<Row>(columns: CsvColumns<Row>, rows: Row[], format: CsvFormat): string {
  const { header, line, bom } = csvTable(columns, format);
  return `${bom ? BYTE_ORDER_MARK : ""}${[header, ...rows.map(line), ""].join("\r\n")}`;
}
