// The rows of a sheet as records of a CSV file.
import { numberText, type CellFormat } from "./formats.ts";
import type { SharedStrings } from "./shared-strings.ts";
import { parseXml } from "./xml.ts";

/** Cells of further columns are ignored; a header of so many is refused. */
const MAX_COLUMNS = 256;
const OUTPUT_BYTES = 256 * 1024;

export type SheetContext = { strings: SharedStrings; formats: CellFormat[]; is1904: boolean };

/** The number of a column from 0 by the reference of a cell: `C7` is 2; -1 without a reference. */
export function columnOf(reference: string | undefined): number {
  let column = 0;
  for (const char of reference ?? "") {
    const code = char.charCodeAt(0);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return column - 1;
}

const cellOf = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// How XML that cannot have a character writes it.
const unescaped = (text: string): string =>
  text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** The rows with a value as CSV in UTF-8; nothing for an empty sheet. @throws Problem unsupported-media-type */
export async function* sheetAsCsv(
  chunks: AsyncIterable<Buffer>,
  { strings, formats, is1904 }: SheetContext,
): AsyncGenerator<Buffer, undefined> {
  let output: string[] = [];
  let outputLength = 0;
  let row: string[] = [];
  let column = -1;
  let [type, style, value] = ["n", 0, ""];
  let isValue = false;
  let phonetic = 0;
  const textOf = (): string => {
    if (type === "s") return unescaped(strings(Number(value)));
    if (type === "n") return numberText(value, formats[style] ?? null, is1904);
    if (type === "b") return value === "1" ? "TRUE" : value === "0" ? "FALSE" : value;
    if (type === "d") return value.replace("T", " ").replace(/ 00:00:00(?:\.0+)?$/, "");
    return unescaped(value);
  };
  const rows = parseXml(chunks, {
    open: (name, attributes) => {
      if (name === "c") {
        const at = columnOf(attributes["r"]);
        column = at >= 0 ? at : column + 1;
        type = attributes["t"] ?? "n";
        style = Number(attributes["s"] ?? 0);
        value = "";
      } else if (name === "row") {
        row = [];
        column = -1;
      } else if (name === "v" || name === "t") isValue = phonetic === 0;
      else if (name === "rPh") phonetic += 1;
    },
    text: (text) => {
      if (isValue) value += text;
    },
    close: (name) => {
      if (name === "v" || name === "t") isValue = false;
      else if (name === "rPh") phonetic -= 1;
      else if (name === "c") {
        if (value !== "" && column < MAX_COLUMNS) {
          while (row.length < column) row.push("");
          row[column] = cellOf(textOf());
        }
      } else if (name === "row" && row.some((cell) => cell !== "")) {
        const line = `${row.join(",")}\n`;
        output.push(line);
        outputLength += line.length;
      }
    },
  });
  for await (const _ of rows) {
    if (outputLength < OUTPUT_BYTES) continue;
    yield Buffer.from(output.join(""));
    [output, outputLength] = [[], 0];
  }
  if (outputLength > 0) yield Buffer.from(output.join(""));
}
