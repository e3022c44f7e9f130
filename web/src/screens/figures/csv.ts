// Tables that the API has only as JSON, as files for spreadsheets.

export type CsvCell = string | number | null;
export type CsvStyle = { decimal: "comma" | "point"; delimiter: "semicolon" | "comma"; bom: true };

/** A text that a spreadsheet would read as a formula begins with an apostrophe. */
const FORMULA = /^[=+\-@\t\r]/;

function cellText(cell: CsvCell, separator: string, decimal: string): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell).replace(".", decimal);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(rows: readonly (readonly CsvCell[])[], style: CsvStyle): string {
  const separator = style.delimiter === "semicolon" ? ";" : ",";
  const decimal = style.decimal === "comma" ? "," : ".";
  const lines = rows.map((row) => row.map((cell) => cellText(cell, separator, decimal)).join(separator));
  return `\u{FEFF}${lines.join("\r\n")}\r\n`;
}
