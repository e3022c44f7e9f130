import type { ImportKind } from "@mostrador/sdk";
import { fieldWords } from "./words.ts";

export type FieldKey = keyof typeof fieldWords;

export const FIELDS: Record<ImportKind, readonly FieldKey[]> = {
  sales: [
    "InvoiceNo",
    "InvoiceDate",
    "StockCode",
    "Barcode",
    "Description",
    "Quantity",
    "UnitPrice",
    "Amount",
    "Time",
    "Discount",
    "TaxRate",
    "Unit",
    "CustomerID",
    "CustomerEmail",
    "CustomerName",
    "Country",
    "Seller",
    "PaymentMethod",
    "Status",
  ],
  products: [
    "sku",
    "title",
    "price",
    "cost",
    "stock",
    "author",
    "category",
    "barcodes",
    "isbn",
    "tax_rate",
    "unit",
    "description",
    "publisher",
    "series",
    "language",
    "pages",
    "publication_year",
    "low_stock_threshold",
    "is_active",
  ],
};

/** Groups of fields of which each import needs at least one. */
const REQUIRED: Record<ImportKind, readonly FieldKey[][]> = {
  sales: [
    ["InvoiceNo"],
    ["StockCode", "Barcode", "Description"],
    ["Quantity"],
    ["InvoiceDate"],
    ["UnitPrice", "Amount"],
  ],
  products: [["sku"], ["title"], ["price"]],
};

/** Whether an import still lacks this field, none of its alternatives being mapped. */
export const isMissing = (
  kind: ImportKind,
  field: string,
  columns: Readonly<Record<string, string | null>>,
): boolean =>
  REQUIRED[kind].some(
    (group) => group.some((one) => one === field) && !group.some((one) => (columns[one] ?? null) !== null),
  );

export const isFieldKey = (field: string): field is FieldKey => Object.hasOwn(fieldWords, field);
