import { z } from "@hono/zod-openapi";
import { Id } from "../ids.ts";
import { MAX_AMOUNT } from "../money.ts";
import { label, LanguageTag } from "../text.ts";

const money = z
  .int()
  .min(0)
  .max(MAX_AMOUNT)
  .openapi({ description: "minor units of the shop's currency", example: 1295 });

const fields = {
  sku: label(64, "9788437604947"),
  title: label(500, "Cien años de soledad"),
  price: money,
  stock: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .nullable()
    .openapi({ description: "null: not counted", example: 12 }),
  description: z
    .string()
    .max(20_000)
    .refine((text) => !text.includes("\0"), "no NUL")
    .nullable()
    .openapi({ example: "The Buendía family, over seven generations." }),
  category: label(100, "Novel").nullable(),
  isbn: z
    .string()
    .regex(/^(?:\d{9}[\dX]|\d{13})$/, "10 or 13 digits")
    .nullable()
    .openapi({ example: "9788437604947" }),
  author: label(300, "Gabriel García Márquez").nullable(),
  publisher: label(200, "Cátedra").nullable(),
  language: LanguageTag.nullable(),
  pages: z.int().min(1).max(100_000).nullable().openapi({ example: 550 }),
  publication_year: z.int().min(-3000).max(2200).nullable().openapi({ example: 1967 }),
  cover_image_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .openapi({ example: "https://example.com/cover.jpg" }),
  rating: z.number().min(0).max(5).nullable().openapi({ example: 4.6 }),
  low_stock_threshold: z.int().min(0).max(1_000_000_000).nullable().openapi({
    description: "product.low_stock is told when the stock falls to it; null: never",
    example: 3,
  }),
};

export const NewProduct = z
  .strictObject({
    sku: fields.sku,
    title: fields.title,
    price: fields.price,
    stock: fields.stock.optional(),
    description: fields.description.optional(),
    category: fields.category.optional(),
    isbn: fields.isbn.optional(),
    author: fields.author.optional(),
    publisher: fields.publisher.optional(),
    language: fields.language.optional(),
    pages: fields.pages.optional(),
    publication_year: fields.publication_year.optional(),
    cover_image_url: fields.cover_image_url.optional(),
    rating: fields.rating.optional(),
    low_stock_threshold: fields.low_stock_threshold.optional(),
  })
  .openapi("NewProduct");

// The stock changes by a move with a reason, not here.
export const ProductPatch = NewProduct.omit({ stock: true })
  .partial()
  .extend({
    is_active: z.boolean().optional().openapi({ description: "false hides it, true shows it again" }),
  })
  .openapi("ProductPatch");

// What is stored is answered, also where no request may send it: imports bring names as they are written, and deltas
// may add up to more than a count.
export const Product = z
  .object({
    id: Id,
    ...fields,
    sku: z.string().openapi({ example: "9788437604947" }),
    title: z.string().openapi({ example: "Cien años de soledad" }),
    stock: z.int().nullable().openapi({ description: "null: not counted", example: 12 }),
    currency: z.string().openapi({ example: "EUR" }),
    is_active: z.boolean(),
    version: z.int().openapi({ description: "grows with every change; the ETag" }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Product");
