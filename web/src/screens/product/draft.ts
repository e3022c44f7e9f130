// What a person types about a product, as texts, and the request that it becomes.
import { majorUnits, parseMoney, parseQuantity, type Product, type ProductPatch } from "@mostrador/sdk";
import { defined } from "../../defined.ts";
import { UNITS } from "./units.ts";

const FIELDS = [
  "title",
  "author",
  "sku",
  "isbn",
  "category",
  "price",
  "cost",
  "unit",
  "tax_rate_id",
  "barcodes",
  "low_stock_threshold",
  "publisher",
  "series",
  "language",
  "pages",
  "publication_year",
  "description",
  "is_active",
] as const;

export type FieldName = (typeof FIELDS)[number];
export type Draft = Record<FieldName, string>;

export const EMPTY: Draft = {
  title: "",
  author: "",
  sku: "",
  isbn: "",
  category: "",
  price: "",
  cost: "",
  unit: "piece",
  tax_rate_id: "",
  barcodes: "",
  low_stock_threshold: "",
  publisher: "",
  series: "",
  language: "",
  pages: "",
  publication_year: "",
  description: "",
  is_active: "yes",
};

/** A number as it is typed in a language: 12,5 in Spanish. */
const typed = (number: string, locale: string): string =>
  /[.,]/.exec((1.5).toLocaleString(locale))?.[0] === "," ? number.replace(".", ",") : number;

const textOf = (value: string | number | null): string => (value === null ? "" : String(value));

export function draftOf(product: Product, locale: string): Draft {
  const money = (minor: number | null | undefined): string =>
    minor === null || minor === undefined ? "" : typed(majorUnits(minor, product.currency), locale);
  return {
    title: product.title,
    author: textOf(product.author),
    sku: product.sku,
    isbn: textOf(product.isbn),
    category: textOf(product.category),
    price: money(product.price),
    cost: money(product.cost),
    unit: product.unit,
    tax_rate_id: textOf(product.tax_rate_id),
    barcodes: product.barcodes.join("\n"),
    low_stock_threshold: typed(textOf(product.low_stock_threshold), locale),
    publisher: textOf(product.publisher),
    series: textOf(product.series),
    language: textOf(product.language),
    pages: textOf(product.pages),
    publication_year: textOf(product.publication_year),
    description: textOf(product.description),
    is_active: product.is_active ? "yes" : "no",
  };
}

/** The fields whose texts differ. */
export const changedFields = (draft: Draft, base: Draft): FieldName[] =>
  FIELDS.filter((field) => draft[field].trim() !== base[field].trim());

const wholeNumber = (text: string): number | null => (/^-?\d{1,9}$/.test(text) ? Number(text) : null);

/** The fields that are no amount, quantity or number. */
export function unreadable(draft: Draft, currency: string): FieldName[] {
  const isRead: Partial<Record<FieldName, boolean>> = {
    price: parseMoney(draft.price, currency) !== null,
    cost: draft.cost.trim() === "" || parseMoney(draft.cost, currency) !== null,
    low_stock_threshold:
      draft.low_stock_threshold.trim() === "" || parseQuantity(draft.low_stock_threshold) !== null,
    pages: draft.pages.trim() === "" || wholeNumber(draft.pages.trim()) !== null,
    publication_year:
      draft.publication_year.trim() === "" || wholeNumber(draft.publication_year.trim()) !== null,
  };
  return FIELDS.filter((field) => isRead[field] === false);
}

const barcodesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((code) => code !== "");

/** The request that sets some fields to what was typed. */
export function patchOf(draft: Draft, fields: readonly FieldName[], currency: string): ProductPatch {
  const text = (field: FieldName): string | undefined =>
    fields.includes(field) ? draft[field].trim() : undefined;
  const optional = <T>(field: FieldName, read: (value: string) => T | null): T | null | undefined => {
    const value = text(field);
    return value === undefined ? undefined : value === "" ? null : read(value);
  };
  const optionalText = (field: FieldName) => optional(field, (value) => value);
  const active = text("is_active");
  const price = text("price");
  return defined({
    title: text("title"),
    author: optionalText("author"),
    sku: text("sku"),
    isbn: text("isbn"),
    category: optionalText("category"),
    price: price === undefined ? undefined : (parseMoney(price, currency) ?? undefined),
    cost: optional("cost", (value) => parseMoney(value, currency)),
    unit: UNITS.find((unit) => unit === text("unit")),
    tax_rate_id: optionalText("tax_rate_id"),
    barcodes: fields.includes("barcodes") ? barcodesIn(draft.barcodes) : undefined,
    low_stock_threshold: optional("low_stock_threshold", parseQuantity),
    publisher: optionalText("publisher"),
    series: optionalText("series"),
    language: text("language"),
    pages: optional("pages", wholeNumber),
    publication_year: optional("publication_year", wholeNumber),
    description: optionalText("description"),
    is_active: active === undefined ? undefined : active === "yes",
  });
}
