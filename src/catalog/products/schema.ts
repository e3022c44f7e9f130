import { z } from "@hono/zod-openapi";
import { customFault, failsAs } from "../../values/faults.ts";
import { Id } from "../../values/ids.ts";
import { MAX_AMOUNT } from "../../values/money.ts";
import {
  isWholeEnough,
  Quantity,
  thousandthsBetween,
  Unit,
  UNITS,
  WHOLE_MESSAGE,
} from "../../values/quantities.ts";
import { isStorable, label, LanguageTag, STORABLE_MESSAGE } from "../../values/text.ts";
import { isBarcode, toEan } from "./barcode.ts";
import { toIsbn13 } from "./isbn.ts";

const money = z
  .int()
  .min(0)
  .max(MAX_AMOUNT)
  .openapi({ description: "minor units of the shop's currency", example: 1295 });

const Isbn = z
  .string()
  .max(40)
  .transform((text, at) => {
    const isbn = toIsbn13(text);
    if (isbn !== null) return isbn;
    at.addIssue(customFault("must be an ISBN-10 or ISBN-13 with a correct check digit", "not_an_isbn"));
    return z.NEVER;
  })
  .openapi({
    type: "string",
    description: "ISBN-10 or ISBN-13, with or without hyphens and spaces; stored as ISBN-13",
    example: "978-84-376-0494-7",
  });

/** Codes with a check digit, without repetitions; a UPC-A, or a GTIN-14 that begins with 0, becomes its EAN-13. */
const Barcodes = z
  .array(
    z
      .string()
      .max(40)
      .overwrite(toEan)
      .refine(
        isBarcode,
        failsAs("must have 8, 12, 13 or 14 digits and a correct check digit", "not_a_barcode"),
      )
      .openapi({ example: "4006381333931" }),
  )
  .max(100)
  .overwrite((codes) => [...new Set(codes)])
  .openapi({
    description:
      "EAN-8, UPC-A, EAN-13 or GTIN-14 with a correct check digit, each unique in the shop; a UPC-A, or a GTIN-14 that begins with 0, is stored as its EAN-13",
  });

export const BarcodesBody = z.strictObject({ barcodes: Barcodes }).openapi("ProductBarcodes");

// Years BC are negative: the Epic of Gilgamesh is -1750.
const publicationYear = z
  .int()
  .min(-3000)
  .refine((year) => year <= new Date().getUTCFullYear() + 1, "must not be after next year")
  .openapi({ description: "from -3000 to next year", example: 1967 });

/** Parsed to thousandths. */
const stockQuantity = thousandthsBetween(0, 1_000_000_000);

const STOCK = "in the unit of the product, with at most three decimals; null if the stock is not tracked";
const THRESHOLD = "when the stock falls to this quantity a product.low_stock event is sent; null: never";

const fields = {
  sku: label(64, "9788437604947"),
  title: label(1000, "Cien años de soledad"),
  price: money,
  cost: money.nullable().openapi({
    description: "what a unit costs the shop, in minor units; null if it is not known",
    example: 780,
  }),
  unit: Unit.openapi({
    description: "what the price and the stock count; pieces are whole",
    example: "piece",
  }),
  tax_rate_id: Id.nullable().openapi({ description: "null: the default tax rate of the shop" }),
  stock: stockQuantity.nullable().openapi({ description: STOCK, example: 12 }),
  description: z
    .string()
    .max(20_000)
    .refine(isStorable, failsAs(STORABLE_MESSAGE, "invalid_characters"))
    .nullable()
    .openapi({ example: "The Buendía family, over seven generations." }),
  category: label(100, "Novel").nullable(),
  isbn: Isbn.nullable(),
  barcodes: Barcodes,
  author: label(1000, "Gabriel García Márquez").nullable(),
  publisher: label(200, "Cátedra").nullable(),
  language: LanguageTag.nullable(),
  pages: z.int().min(1).max(100_000).nullable().openapi({ example: 550 }),
  publication_year: publicationYear.nullable(),
  cover_image_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(isStorable, failsAs(STORABLE_MESSAGE, "invalid_characters"))
    .nullable()
    .openapi({ example: "https://example.com/cover.jpg" }),
  rating: z.number().min(0).max(5).nullable().openapi({ example: 4.6 }),
  series: label(300, "Harry Potter")
    .nullable()
    .openapi({ description: "the series that the product belongs to" }),
  low_stock_threshold: stockQuantity.nullable().openapi({ description: THRESHOLD, example: 3 }),
};

/** The fields of a new product, whose unit may be known elsewhere: an import keeps that of a known product. */
export const ProductFields = z.strictObject({
  sku: fields.sku,
  title: fields.title,
  price: fields.price,
  cost: fields.cost.optional(),
  unit: fields.unit.optional(),
  tax_rate_id: fields.tax_rate_id.optional(),
  stock: fields.stock.optional(),
  description: fields.description.optional(),
  category: fields.category.optional(),
  isbn: fields.isbn.optional(),
  barcodes: fields.barcodes.optional(),
  author: fields.author.optional(),
  publisher: fields.publisher.optional(),
  language: fields.language.optional(),
  pages: fields.pages.optional(),
  publication_year: fields.publication_year.optional(),
  cover_image_url: fields.cover_image_url.optional(),
  rating: fields.rating.optional(),
  series: fields.series.optional(),
  low_stock_threshold: fields.low_stock_threshold.optional(),
});

const isWhole = (unit: string | undefined, thousandths: number | null | undefined): boolean =>
  isWholeEnough(unit ?? UNITS[0], thousandths ?? 0);

export const NewProduct = ProductFields.refine(({ unit, stock }) => isWhole(unit, stock), {
  path: ["stock"],
  ...failsAs(WHOLE_MESSAGE, "not_an_integer"),
})
  .refine(({ unit, low_stock_threshold }) => isWhole(unit, low_stock_threshold), {
    path: ["low_stock_threshold"],
    ...failsAs(WHOLE_MESSAGE, "not_an_integer"),
  })
  .openapi("NewProduct");

// The stock is changed by a move that has a reason.
export const ProductPatch = ProductFields.omit({ stock: true })
  .partial()
  .extend({
    is_active: z
      .boolean()
      .optional()
      .openapi({ description: "false hides the product, true shows it again" }),
  })
  .openapi("ProductPatch");

// Looser than requests: imports store names as they are written, and moves can add up to more than a count may be.
export const Product = z
  .object({
    id: Id,
    ...fields,
    sku: z.string().openapi({ example: "9788437604947" }),
    title: z.string().openapi({ example: "Cien años de soledad" }),
    cost: fields.cost.optional().openapi({
      description: "what a unit costs the shop, in minor units; present for EMPLOYEE and ADMIN only",
      example: 780,
    }),
    stock: Quantity.nullable().openapi({ description: STOCK, example: 12 }),
    low_stock_threshold: Quantity.nullable().openapi({ description: THRESHOLD, example: 3 }),
    isbn: z.string().nullable().openapi({ description: "ISBN-13", example: "9788437604947" }),
    barcodes: z
      .array(z.string().openapi({ example: "4006381333931" }))
      .openapi({ description: "unique in the shop" }),
    language: z.string().nullable().openapi({ example: "es" }),
    publication_year: z.int().nullable().openapi({ example: 1967 }),
    currency: z.string().openapi({ example: "EUR" }),
    is_active: z.boolean(),
    version: z.int().openapi({ description: "increases with every change; the ETag is derived from it" }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Product");

export const LookupQuery = z.strictObject({
  tenant: z.string().max(100).optional(),
  code: z.string().min(1).max(100).openapi({
    description:
      "a barcode, an ISBN-10 or ISBN-13 with or without hyphens, a SKU, or a code that a scale printed",
    example: "4006381333931",
  }),
});

export const LookedUpProduct = Product.extend({
  matched: z
    .enum(["barcode", "isbn", "sku", "scale"])
    .openapi({ description: "The kind of code that matched" }),
  scale: z
    .union([z.object({ quantity: Quantity }), z.object({ price: money })])
    .optional()
    .openapi({
      description:
        "What a code of the shop's scales contains: the quantity, or the price of what is in the packet",
    }),
}).openapi("LookedUpProduct");
