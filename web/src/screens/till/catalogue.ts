// The catalogue in memory: what a code names, and what a text finds. A code is found as the server finds it, without a request.
import type { Product, ScaleCode } from "@mostrador/sdk";
import { isBarcode, toEan } from "../../../../src/catalog/products/barcode.ts";
import { toIsbn13 } from "../../../../src/catalog/products/isbn.ts";
import { itemsOf, scaleValueOf } from "../../../../src/catalog/products/scale-code.ts";

export type TillProduct = Pick<
  Product,
  | "id"
  | "sku"
  | "title"
  | "author"
  | "category"
  | "price"
  | "unit"
  | "tax_rate_id"
  | "stock"
  | "isbn"
  | "barcodes"
  | "is_active"
  | "updated_at"
>;

export const tillProduct = (product: Product): TillProduct => {
  const { id, sku, title, author, category, price, unit, tax_rate_id } = product;
  const { stock, isbn, barcodes, is_active, updated_at } = product;
  return {
    id,
    sku,
    title,
    author,
    category,
    price,
    unit,
    tax_rate_id,
    stock,
    isbn,
    barcodes,
    is_active,
    updated_at,
  };
};

/** `scale` is what a label of a scale contains: thousandths of the unit, or the price of the packet in minor units. */
export type Found = { product: TillProduct; scale?: { quantity: number } | { price: number } };

const MARKS = /\p{Mn}/gu;

/** Text without case and accents. */
const fold = (text: string): string => text.normalize("NFD").replace(MARKS, "").toLowerCase();

const foldedSku = (sku: string): string => sku.normalize("NFC").toLowerCase();

type Entry = { product: TillProduct; text: string };

export type Catalogue = {
  size: number;
  put: (products: readonly TillProduct[]) => void;
  /** Removes all but these. */
  retain: (ids: ReadonlySet<string>) => string[];
  remove: (id: string) => void;
  byId: (id: string) => TillProduct | undefined;
  findCode: (code: string, scaleCodes: readonly ScaleCode[], currency: string) => Found | null;
  search: (text: string, limit: number) => TillProduct[];
};

export function createCatalogue(): Catalogue {
  const entries = new Map<string, Entry>();
  const byCode = new Map<string, string>();
  const byIsbn = new Map<string, string>();
  const bySku = new Map<string, string>();

  const unlist = (id: string): void => {
    const entry = entries.get(id);
    if (!entry) return;
    const { barcodes, isbn, sku } = entry.product;
    const drop = (map: Map<string, string>, key: string): void => {
      if (map.get(key) === id) map.delete(key);
    };
    for (const code of barcodes) drop(byCode, code);
    if (isbn !== null) drop(byIsbn, isbn);
    drop(bySku, foldedSku(sku));
    entries.delete(id);
  };

  const list = (product: TillProduct): void => {
    unlist(product.id);
    const { id, title, author, sku, isbn, barcodes } = product;
    entries.set(id, { product, text: fold([title, author, sku, isbn, ...barcodes].join(" ")) });
    for (const code of barcodes) byCode.set(code, id);
    const known = isbn === null ? undefined : entries.get(byIsbn.get(isbn) ?? "");
    // As on the server, a visible product comes before a hidden one, and then the newest.
    const isFirst =
      !known ||
      Number(product.is_active) > Number(known.product.is_active) ||
      (product.is_active === known.product.is_active && id > known.product.id);
    if (isbn !== null && isFirst) byIsbn.set(isbn, id);
    bySku.set(foldedSku(sku), id);
  };

  const at = (id: string | undefined): TillProduct | undefined =>
    id === undefined ? undefined : entries.get(id)?.product;

  const findScale = (code: string, scaleCodes: readonly ScaleCode[], currency: string): Found | null => {
    const printed = itemsOf(code);
    const layout = scaleCodes.find(({ prefix }) => prefix === printed?.prefix);
    const item = printed?.items.find(({ item_digits }) => item_digits === layout?.item_digits);
    if (!layout || !item) return null;
    const product =
      at(byCode.get(item.barcode)) ?? at(bySku.get(foldedSku(item.item))) ?? at(bySku.get(item.number));
    if (!product) return null;
    const value = scaleValueOf(
      code,
      { ...layout, value_check_digit: layout.value_check_digit ?? false },
      currency,
    );
    return {
      product,
      scale: "quantity" in value ? { quantity: Math.round(value.quantity * 1000) } : value,
    };
  };

  return {
    get size() {
      return entries.size;
    },
    put: (products) => {
      for (const product of products) list(product);
    },
    retain: (ids) => {
      const gone = [...entries.keys()].filter((id) => !ids.has(id));
      for (const id of gone) unlist(id);
      return gone;
    },
    remove: unlist,
    byId: at,
    findCode: (text, scaleCodes, currency) => {
      const code = text.trim();
      const isbn = toIsbn13(code);
      const ean = isBarcode(toEan(code)) ? toEan(code) : isbn;
      const product =
        at(byCode.get(ean ?? "")) ?? at(byIsbn.get(isbn ?? "")) ?? at(bySku.get(foldedSku(code)));
      return product ? { product } : findScale(code, scaleCodes, currency);
    },
    search: (text, limit) => {
      const words = fold(text).split(/\s+/).filter(Boolean);
      if (words.length === 0) return [];
      const found: TillProduct[] = [];
      const later: TillProduct[] = [];
      for (const { product, text: all } of entries.values()) {
        if (!product.is_active || !words.every((word) => all.includes(word))) continue;
        // Titles that begin with the text come first.
        (all.startsWith(words[0] ?? "") ? found : later).push(product);
        if (found.length === limit) break;
      }
      return [...found, ...later].slice(0, limit);
    },
  };
}
