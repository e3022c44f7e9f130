// A row is validated by the fields of POST /products; whether quantities have to be whole depends on the unit of the stored product. A missing column leaves a field unchanged; an empty cell
// clears it.
import type { z } from "zod";
import { ProductFields } from "../../catalog/products/schema.ts";
import { parseDecimal } from "../../values/money.ts";
import { RowError, type ShopFormat } from "./row-importer.ts";

export const productLayout = {
  required: ["sku", "title", "price"],
  optional: [
    "unit",
    "tax_rate",
    "stock",
    "description",
    "category",
    "isbn",
    "barcodes",
    "author",
    "publisher",
    "language",
    "pages",
    "publication_year",
    "cover_image_url",
    "rating",
    "series",
    "low_stock_threshold",
  ],
} as const;

export type ProductColumn = (typeof productLayout)["required" | "optional"][number];

/** A product whose tax rate is as written in the file, undefined without the column and null where the cell is empty. */
export type ProductRow = Omit<z.infer<typeof ProductFields>, "tax_rate_id"> & {
  tax_rate?: string | null | undefined;
};

const required = new Set<ProductColumn>(productLayout.required);
const INTEGER = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?\d{1,15}(?:\.\d{1,9})?$/;

/** Parses a row; the price is in major units with at most the decimals of the currency. @throws RowError */
export function parseProductRow(
  fields: string[],
  columns: Map<ProductColumn, number>,
  width: number,
  { digits }: ShopFormat,
): ProductRow {
  if (fields.length !== width) throw new RowError(`${fields.length} fields instead of ${width}`);
  let taxRate = "";
  const cells: Partial<Record<ProductColumn, unknown>> = {};
  for (const [column, at] of columns) {
    const text = cleanText(column, fields[at] ?? "");
    if (column === "tax_rate") taxRate = text;
    else if (text !== "") cells[column] = parsers[column]?.(text, digits) ?? text;
    else if (required.has(column)) throw new RowError(`${column} is empty`);
    else if (column === "barcodes") cells[column] = [];
    // An empty stock keeps the current count instead of ending stock tracking, and an empty unit the current unit.
    else if (column !== "stock" && column !== "unit") cells[column] = null;
  }
  const product = ProductFields.safeParse(cells);
  if (product.success)
    return {
      ...product.data,
      tax_rate: columns.has("tax_rate") ? taxRate || null : undefined,
    };
  const [issue] = product.error.issues;
  throw new RowError(`${issue?.path.join(".")}: ${issue?.message}`);
}

/** Removes the invisible characters of copied text, except from a SKU, which they would silently change. */
function cleanText(column: ProductColumn, text: string): string {
  const visible = column === "sku" ? text : text.replace(/\p{Cf}/gu, "");
  return (column === "description" ? visible : visible.replace(/[\r\n\t]+/g, " ")).trim();
}

const parseInteger =
  (column: ProductColumn) =>
  (text: string): number => {
    if (!INTEGER.test(text)) throw new RowError(`${column} is not a whole number: ${text}`);
    return Number(text);
  };

const parseNumber =
  (column: ProductColumn) =>
  (text: string): number => {
    if (!DECIMAL.test(text)) throw new RowError(`${column} is not a number: ${text}`);
    return Number(text);
  };

function parsePrice(text: string, digits: number): number {
  const price = parseDecimal(text);
  if (!price) throw new RowError(`price is not a number: ${text}`);
  if (price.digits < 0n) throw new RowError(`price is negative: ${text}`);
  const scaled = price.digits * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(price.scale);
  if (scaled % divisor !== 0n)
    throw new RowError(`price has more decimals than the currency allows (${digits}): ${text}`);
  return Number(scaled / divisor);
}

const parseBarcodes = (text: string): string[] => text.split(/[\s,;]+/).filter((code) => code !== "");

const parsers: Partial<Record<ProductColumn, (text: string, digits: number) => number | string | string[]>> =
  {
    price: parsePrice,
    barcodes: parseBarcodes,
    // The compatibility form of m² is m2.
    unit: (text) => text.normalize("NFKC").toLowerCase(),
    stock: parseNumber("stock"),
    pages: parseInteger("pages"),
    publication_year: parseInteger("publication_year"),
    rating: parseNumber("rating"),
    low_stock_threshold: parseNumber("low_stock_threshold"),
  };
