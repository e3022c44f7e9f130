// A record of the file -> a product as POST /products takes it, or the reason why not: the same rules, the same words. A column
// that is absent says nothing; an empty cell says that there is none.
import type { z } from "zod";
import { NewProduct } from "../../catalog/products/schema.ts";
import { parseDecimal } from "../../values/money.ts";
import { Refused, type Reading } from "./kind.ts";

export const productLayout = {
  required: ["sku", "title", "price"],
  optional: [
    "stock",
    "description",
    "category",
    "isbn",
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

export type ProductRow = z.infer<typeof NewProduct>;

const required = new Set<ProductColumn>(productLayout.required);
const WHOLE = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?\d{1,9}(?:\.\d{1,9})?$/;

/** Reads one record; the price is in major units, exactly as many decimals as the currency has or fewer. @throws Refused */
export function readProductRow(
  fields: string[],
  columns: Map<ProductColumn, number>,
  width: number,
  { digits }: Reading,
): ProductRow {
  if (fields.length !== width) throw new Refused(`${fields.length} fields instead of ${width}`);
  const cells: Partial<Record<ProductColumn, unknown>> = {};
  for (const [column, at] of columns) {
    const text = cleaned(column, fields[at] ?? "");
    if (text !== "") cells[column] = readers[column]?.(text, digits) ?? text;
    else if (required.has(column)) throw new Refused(`${column} is empty`);
    // A stock that is counted stays counted.
    else if (column !== "stock") cells[column] = null;
  }
  const product = NewProduct.safeParse(cells);
  if (product.success) return product.data;
  const [issue] = product.error.issues;
  throw new Refused(`${issue?.path.join(".")}: ${issue?.message}`);
}

/** Invisible characters come with copied text, and nobody can find them to mend the row; but they make another SKU. */
function cleaned(column: ProductColumn, text: string): string {
  const visible = column === "sku" ? text : text.replace(/\p{Cf}/gu, "");
  return (column === "description" ? visible : visible.replace(/[\r\n\t]+/g, " ")).trim();
}

const readWhole =
  (column: ProductColumn) =>
  (text: string): number => {
    if (!WHOLE.test(text)) throw new Refused(`${column} is not a whole number: ${text}`);
    return Number(text);
  };

function readRating(text: string): number {
  if (!DECIMAL.test(text)) throw new Refused(`rating is not a number: ${text}`);
  return Number(text);
}

function readPrice(text: string, digits: number): number {
  const price = parseDecimal(text);
  if (!price) throw new Refused(`price is not a number: ${text}`);
  if (price.digits < 0n) throw new Refused(`price is below 0: ${text}`);
  const scaled = price.digits * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(price.scale);
  if (scaled % divisor !== 0n)
    throw new Refused(`price has more decimals than the currency, which has ${digits}: ${text}`);
  return Number(scaled / divisor);
}

const readers: Partial<Record<ProductColumn, (text: string, digits: number) => number>> = {
  price: readPrice,
  stock: readWhole("stock"),
  pages: readWhole("pages"),
  publication_year: readWhole("publication_year"),
  rating: readRating,
  low_stock_threshold: readWhole("low_stock_threshold"),
};
