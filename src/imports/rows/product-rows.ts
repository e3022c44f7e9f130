// A row is validated by the fields of POST /products; whether quantities have to be whole depends on the unit of the stored product.
// A missing column leaves a field unchanged; an empty cell clears it.
import type { z } from "zod";
import { ProductFields } from "../../catalog/products/schema.ts";
import { withoutNeutralising } from "../../values/csv.ts";
import { parseDecimal } from "../../values/money.ts";
import { cleanCell, isErrorValue, isScientific, withoutFloat } from "../formats/cells.ts";
import { otherCurrencyIn, otherCurrencyInName, readNumber } from "../formats/numbers.ts";
import { productLayout } from "../mapping/fields.ts";
import { isMostrador } from "../mapping/presets/mostrador.ts";
import { labelOf, type Plan } from "../mapping/plan.ts";
import {
  padded,
  parseEach,
  RowError,
  SkippedRow,
  type FileRow,
  type ParsedRows,
  type ShopFormat,
} from "./row-importer.ts";
import { unitOf } from "./units.ts";

export type ProductColumn = (typeof productLayout)["required" | "optional"][number];

/** A product whose tax rate is as written in the file, undefined without the column and null where the cell is empty. */
export type ProductRow = Omit<z.infer<typeof ProductFields>, "tax_rate_id"> & {
  tax_rate?: string | null | undefined;
  is_active?: boolean | undefined;
};

const required = new Set<ProductColumn>(productLayout.required);
const CODES = new Set<ProductColumn>(["sku", "isbn", "barcodes"]);
// What programs call the variant of a product that has no others.
const ONLY_VARIANTS = new Set(["Default Title", "Regular", "Default"]);
const INTEGER = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?\d{1,15}(?:\.\d{0,9})?$/;

/** The columns of products that the file has; its price may be in that of the regular price. */
export const productColumns = ({ columns, constants }: Plan): ProductColumn[] =>
  [...productLayout.required, ...productLayout.optional].filter(
    (column) => column === "price" || columns[column] !== undefined || column in constants,
  );

/** Parses the rows of products; the title of variants is that of the row before with the same handle. */
export function parseProducts(
  records: FileRow<string[]>[],
  plan: Plan,
  format: ShopFormat,
): ParsedRows<ProductRow> {
  const columns = productColumns(plan);
  let handle = "";
  let title = "";
  return parseEach(records, (fields) => {
    const cells = padded(fields, plan.header.length);
    const clean = isMostrador(plan.preset) ? withoutNeutralising : cleanCell;
    const at = (field: string): string => clean(cells[plan.columns[field] ?? -1] ?? "");
    const currency = at("Currency").trim().toUpperCase();
    if (currency !== "" && currency !== format.currency)
      throw new RowError(`the file is in ${currency}, and the shop's currency is ${format.currency}`);
    const [nextHandle, ownTitle] = [at("Handle"), at("title")];
    const options = ["Option", "Option2", "Option3"].map(at).filter((text) => text !== "");
    if (nextHandle !== "" && nextHandle === handle && ownTitle === "") {
      // The row of an image.
      if (at("sku") === "" && at("price") === "")
        throw new SkippedRow("the row has no variant of its product");
    } else title = ownTitle;
    handle = nextHandle;
    if (/^(?:variable|grouped)$/i.test(at("Type")))
      throw new SkippedRow("the row groups its variations, which are products");
    const isOnly = options.length === 0 || ONLY_VARIANTS.has(options.join("/"));
    const named = isOnly ? title : `${title} - ${options.join(" / ")}`;
    return [parseProductRow(cells, plan, columns, named, format)];
  });
}

/** Parses a row; price and cost are in major units with at most the decimals of the currency. @throws RowError */
function parseProductRow(
  fields: string[],
  plan: Plan,
  columns: ProductColumn[],
  title: string,
  format: ShopFormat,
): ProductRow {
  const isExported = isMostrador(plan.preset);
  let taxRate = "";
  let isActive: boolean | undefined;
  const cells: Partial<Record<ProductColumn, unknown>> = {};
  for (const column of columns) {
    const raw = column === "title" ? title : rawCell(fields, plan, column);
    const text = isExported ? exportedText(column, raw) : cleanText(column, raw);
    const label = labelOf(plan, column);
    if (!isExported && CODES.has(column) && isScientific(text))
      throw new RowError(
        `${label} is in scientific notation, which has lost its digits: ${text}. Format the column as text and export the file again`,
      );
    if (!isExported && CODES.has(column) && isErrorValue(text))
      throw new RowError(`${label} is an error of the spreadsheet: ${text}`);
    if (column === "tax_rate") taxRate = text;
    else if (column === "is_active") isActive = parseBoolean(text, label);
    else if (text !== "")
      cells[column] =
        parsers[column]?.(text, { ...format, label, decimal: plan.decimals[column] ?? plan.decimal }) ?? text;
    else if (required.has(column)) throw new RowError(`${label} is empty`);
    else if (column === "barcodes") cells[column] = [];
    // An empty stock keeps the current count instead of ending stock tracking, and an empty unit the current unit.
    else if (column !== "stock" && column !== "unit") cells[column] = null;
  }
  const product = ProductFields.safeParse(cells);
  if (product.success)
    return {
      ...product.data,
      tax_rate: columns.includes("tax_rate") ? taxRate || null : undefined,
      ...(isActive === undefined ? {} : { is_active: isActive }),
    };
  const [issue] = product.error.issues;
  throw new RowError(`${issue?.path.join(".")}: ${issue?.message}`);
}

/** The sale price of a product stands before its regular price, if it has one. */
function rawCell(fields: string[], plan: Plan, column: ProductColumn): string {
  const at = plan.columns[column];
  const own = at === undefined ? (plan.constants[column] ?? "") : (fields[at] ?? "");
  if (column !== "price" || cleanCell(own) !== "") return own;
  return fields[plan.columns["RegularPrice"] ?? -1] ?? "";
}

/** The text of a cell as it was exported. The title was read with its row. */
const exportedText = (column: ProductColumn, raw: string): string =>
  column === "title" ? raw : withoutNeutralising(raw);

/** Removes the invisible characters of copied text, except from a SKU, which they would silently change. */
function cleanText(column: ProductColumn, raw: string): string {
  const text = cleanCell(raw);
  const visible = column === "sku" ? text : text.replace(/\p{Cf}/gu, "");
  const line = (column === "description" ? visible : visible.replace(/[\r\n\t]+/g, " ")).trim();
  return column === "sku" || column === "publication_year" || column === "pages" ? withoutFloat(line) : line;
}

type CellFormat = ShopFormat & { label: string; decimal: "comma" | "point" };

function parseBoolean(text: string, label: string): boolean {
  if (!/^(?:true|false|0|1)$/i.test(text)) throw new RowError(`${label} is neither true nor false: ${text}`);
  return /^(?:true|1)$/i.test(text);
}

function parseInteger(text: string, { label }: CellFormat): number {
  if (!INTEGER.test(text)) throw new RowError(`${label} is not a whole number: ${text}`);
  return Number(text);
}

function parseNumber(text: string, { label, decimal }: CellFormat): number {
  const read = readNumber(text, decimal);
  if (read === null || !DECIMAL.test(read)) throw new RowError(`${label} is not a number: ${text}`);
  return Number(read);
}

function parseAmount(text: string, { label, decimal, digits, currency }: CellFormat): number {
  const read = readNumber(text, decimal);
  const price = read === null ? null : parseDecimal(read);
  if (!price) throw new RowError(`${label} is not a number: ${text}`);
  const named = otherCurrencyIn(text, currency) ?? otherCurrencyInName(label, currency);
  if (named !== null)
    throw new RowError(`${label} is in ${named}, and the shop's currency is ${currency}: ${text}`);
  if (price.digits < 0n) throw new RowError(`${label} is negative: ${text}`);
  const scaled = price.digits * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(price.scale);
  if (scaled % divisor !== 0n)
    throw new RowError(`${label} has more decimals than the currency allows (${digits}): ${text}`);
  return Number(scaled / divisor);
}

const parseBarcodes = (text: string): string[] => text.split(/[\s,;]+/).filter((code) => code !== "");

const parsers: Partial<
  Record<ProductColumn, (text: string, format: CellFormat) => number | string | string[]>
> = {
  price: parseAmount,
  cost: parseAmount,
  barcodes: parseBarcodes,
  // The compatibility form of m² is m2.
  unit: (text) => unitOf(text) ?? text.normalize("NFKC").toLowerCase(),
  stock: parseNumber,
  pages: parseInteger,
  publication_year: parseInteger,
  rating: parseNumber,
  low_stock_threshold: parseNumber,
};
