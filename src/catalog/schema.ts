import { z } from "@hono/zod-openapi";
import { Id } from "../ids.ts";
import { MAX_AMOUNT } from "../money.ts";
import { listOf, PageQuery } from "../page.ts";
import { label, LanguageTag } from "../text.ts";
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
    at.addIssue("no ISBN-10 or ISBN-13 with its check digit");
    return z.NEVER;
  })
  .openapi({
    type: "string",
    description: "ISBN-10 or ISBN-13, with or without hyphens and spaces; kept as ISBN-13",
    example: "978-84-376-0494-7",
  });

// Before the calendar was counted so, years are negative: the Epic of Gilgamesh is -1750.
const publicationYear = z
  .int()
  .min(-3000)
  .refine((year) => year <= new Date().getUTCFullYear() + 1, "not beyond next year")
  .openapi({ description: "from -3000 to next year", example: 1967 });

const fields = {
  sku: label(64, "9788437604947"),
  title: label(1000, "Cien años de soledad"),
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
  isbn: Isbn.nullable(),
  author: label(1000, "Gabriel García Márquez").nullable(),
  publisher: label(200, "Cátedra").nullable(),
  language: LanguageTag.nullable(),
  pages: z.int().min(1).max(100_000).nullable().openapi({ example: 550 }),
  publication_year: publicationYear.nullable(),
  cover_image_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .openapi({ example: "https://example.com/cover.jpg" }),
  rating: z.number().min(0).max(5).nullable().openapi({ example: 4.6 }),
  series: label(300, "Harry Potter").nullable().openapi({ description: "the series that it is part of" }),
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
    series: fields.series.optional(),
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
    isbn: z.string().nullable().openapi({ description: "ISBN-13", example: "9788437604947" }),
    language: z.string().nullable().openapi({ example: "es" }),
    publication_year: z.int().nullable().openapi({ example: 1967 }),
    currency: z.string().openapi({ example: "EUR" }),
    is_active: z.boolean(),
    version: z.int().openapi({ description: "grows with every change; the ETag" }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Product");

export const ProductList = listOf(Product).openapi("ProductList");

const amount = z
  .string()
  .regex(/^\d{1,15}$/, "minor units: a whole number")
  .transform(Number)
  .openapi({ type: "integer", example: 1000 });

export const ProductQuery = z.strictObject({
  ...PageQuery,
  tenant: z.string().max(100).optional(),
  category: z.string().max(100).optional(),
  author: z.string().max(300).optional(),
  language: z.string().max(35).optional(),
  price_min: amount.optional(),
  price_max: amount.optional(),
  is_active: z
    .enum(["true", "false"])
    .default("true")
    .openapi({ description: "false: the hidden ones, for staff" }),
  in_stock: z.enum(["true", "false"]).optional().openapi({ description: "true: what can be bought now" }),
  sort: z.enum(["-created_at", "price", "-price", "title", "-rating"]).default("-created_at"),
});

export const StockChange = z
  .strictObject({
    delta: z
      .int()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .refine((delta) => delta !== 0, "not 0")
      .optional(),
    count: z.int().min(0).max(1_000_000_000).optional(),
    reason: z.enum(["received", "count", "damage", "correction"]),
    reference: label(200, "delivery note 4711").optional(),
  })
  .refine((change) => (change.delta === undefined) !== (change.count === undefined), "either delta or count")
  .openapi("StockChange");

export const StockMove = z
  .object({
    id: Id,
    product_id: Id,
    delta: z.int(),
    reason: z.enum(["sale", "refund", "received", "count", "damage", "correction"]),
    reference: z.string().nullable(),
    stock: z.int().openapi({ description: "the stock after the move" }),
    created_at: z.iso.datetime(),
  })
  .openapi("StockMove");

export const SearchQuery = z.strictObject({
  ...PageQuery,
  tenant: z.string().max(100).optional(),
  q: z.string().max(200).openapi({
    description: "what is looked for; literal text, its first 12 words count",
    example: "quijjote",
  }),
});

const SearchHit = Product.extend({
  score: z.number().openapi({ description: "higher answers better", example: 0.87 }),
  highlight: z.record(z.string(), z.string()).openapi({
    description: "the fields that match, as HTML with <mark>; of a description the part around the match",
    example: { title: "Don <mark>Quijote</mark> de la Mancha" },
  }),
}).openapi("SearchHit");

export const SearchResults = listOf(SearchHit)
  .extend({
    did_you_mean: z
      .string()
      .nullable()
      .openapi({ description: "the query as it was probably meant, where no product has it as typed" }),
  })
  .openapi("SearchResults");

export const SuggestQuery = z.strictObject({
  tenant: z.string().max(100).optional(),
  q: z
    .string()
    .max(200)
    .openapi({ description: "what was typed so far, from 2 letters on", example: "quij" }),
});

export const Suggestion = z
  .object({
    text: z.string().openapi({ example: "Don Quijote de la Mancha" }),
    kind: z.enum(["title", "author"]),
    highlight: z.string().openapi({ description: "HTML with <mark>" }),
    product_id: Id.nullable().openapi({ description: "of a title" }),
  })
  .openapi("Suggestion");

export const Suggestions = z.object({ data: z.array(Suggestion) }).openapi("Suggestions");
