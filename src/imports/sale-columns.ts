// The public Online Retail layout, in any order of columns.
import { invalid } from "../http.ts";
import { Problem } from "../problem.ts";

const REQUIRED = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
] as const;

const OPTIONAL = ["Seller"] as const;

export type SaleColumn = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

const fold = (name: string): string => name.trim().toLowerCase();

/** Where each column stands, by the names of a header. */
export const positionsOf = (header: string[]): Map<SaleColumn, number> => {
  const names = header.map(fold);
  return new Map(
    [...REQUIRED, ...OPTIONAL].flatMap((column) => {
      const at = names.indexOf(fold(column));
      return at < 0 ? [] : [[column, at] as const];
    }),
  );
};

const hintOf = (header: string[]): string =>
  header.length === 1 && header[0]?.includes(";")
    ? "The file seems to be separated by semicolons: separate by commas."
    : `The first line must name ${REQUIRED.join(", ")}.`;

/** Checks a header; answers the columns that mean nothing here. @throws Problem missing-columns, invalid */
export function checkHeader(header: string[]): { ignored: string[] } {
  const found = positionsOf(header);
  const missing = REQUIRED.filter((column) => !found.has(column));
  if (missing.length > 0)
    throw new Problem("missing-columns", hintOf(header), {
      errors: missing.map((column) => ({ pointer: "#", detail: `the column ${column} is missing` })),
    });
  const names = header.map(fold);
  const known = [...found.values()];
  const twice = known.filter((at) => names.lastIndexOf(names[at] ?? "") !== at);
  if (twice.length > 0)
    throw invalid(twice.map((at) => ({ pointer: "#", detail: `the column ${header[at]} is there twice` })));
  return { ignored: header.filter((_, at) => !known.includes(at)) };
}
