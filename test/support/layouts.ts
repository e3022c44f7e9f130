// The files of other programs, with the habits that they get on their way: other orders of columns, delimiters and encodings.
import { parseRecords } from "../../src/imports/file/records.ts";
import { API, call } from "./client.ts";
import type { Shop } from "./shops.ts";

const cellText = (cell: string, delimiter: string): string =>
  /["\r\n;,\t|]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** The same file in other forms. The first line is its header. */
export function formsOf(file: string, delimiter = ","): Record<string, Uint8Array> {
  const records = parseRecords(Buffer.from(file), true, delimiter).map(({ fields }) => fields ?? []);
  const width = records[0]?.length ?? 0;
  const padded = records.map((cells) => [...cells, ...Array<string>(width - cells.length).fill("")]);
  const textOf = (rows: string[][], by: string, end: string): string =>
    rows.map((cells) => cells.map((cell) => cellText(cell, by)).join(by) + end).join("");
  const other = delimiter === "," ? ";" : ",";
  const extra = padded.map((cells, at) => [at === 0 ? "Colour of the shelf" : "", ...cells]);
  return {
    "as it is": Buffer.from(file),
    "with a byte order mark and CRLF": Buffer.from(`\ufeff${textOf(padded, delimiter, "\r\n")}`),
    "with its columns reversed": Buffer.from(
      textOf(
        padded.map((cells) => cells.toReversed()),
        delimiter,
        "\n",
      ),
    ),
    "with another delimiter and column": Buffer.from(textOf(extra, other, "\n")),
    "in UTF-16 with tabs": Buffer.from(`\ufeff${textOf(padded, "\t", "\r\n")}`, "utf16le"),
    "with upper-case names": Buffer.from(
      textOf(
        padded.map((cells, at) => (at === 0 ? cells.map((cell) => cell.toUpperCase()) : cells)),
        delimiter,
        "\n",
      ),
    ),
  };
}

/** The dry run of a file. */
export const dryRunOf = (shop: Shop, raw: Uint8Array | string, kind = "sales", query = "") =>
  call("POST", `${API}/imports?kind=${kind}&dry_run=true${query}`, {
    token: shop.admin.token,
    raw: Buffer.from(raw),
    headers: { "content-type": "text/csv" },
  });
