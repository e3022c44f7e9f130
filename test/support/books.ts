// Converts public data sets of books to the columns of a product import, also for benchmarks. The data sets have no prices and
// no stock: both are derived from the id of the row.
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { toIsbn13 } from "../../src/catalog/products/isbn.ts";

const COLUMNS = [
  "sku",
  "title",
  "price",
  "stock",
  "category",
  "isbn",
  "author",
  "language",
  "publication_year",
  "cover_image_url",
  "rating",
  "series",
] as const;

type Book = Partial<Record<(typeof COLUMNS)[number], string>>;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A file of products in the layout of `POST /imports?kind=products`. */
const fileOf = (books: Book[]): string =>
  [
    COLUMNS.join(","),
    ...books.map((book) => COLUMNS.map((name) => quoted(book[name] ?? "")).join(",")),
    "",
  ].join("\n");

const records = <T>(shape: z.ZodType<T>, csv: string): T[] =>
  z.array(shape).parse(parse(csv, { columns: true, bom: true }));

const priceOf = (id: number): string => (5 + ((id * 7919) % 3000) / 100).toFixed(2);

// Titles end with the series: `Mockingjay (The Hunger Games, #3)`.
const SERIES = /\(([^()#]+?),?\s+#[^()]*\)\s*$/;

const bookRow = z.object({
  book_id: z.string(),
  authors: z.string(),
  original_publication_year: z.string(),
  title: z.string(),
  language_code: z.string(),
  average_rating: z.string(),
  image_url: z.string(),
});

const isbnRow = z.object({ book_id: z.string(), isbn13: z.string() });

/** The 10,000 books of books.csv as products: the SKU is the book_id. `isbns` is the text of books-isbn13.csv. */
export function booksCsv(books: string, isbns: string): string {
  const isbnOf = new Map(records(isbnRow, isbns).map((row) => [row.book_id, row.isbn13]));
  return fileOf(
    records(bookRow, books).map((row) => {
      const id = Number(row.book_id);
      return {
        sku: row.book_id,
        title: row.title,
        price: priceOf(id),
        stock: String((id * 7) % 40),
        isbn: toIsbn13(isbnOf.get(row.book_id) ?? "") ?? "",
        author: row.authors,
        language: row.language_code,
        publication_year: row.original_publication_year.replace(/\.0$/, ""),
        cover_image_url: row.image_url,
        rating: row.average_rating,
        series: SERIES.exec(row.title)?.[1]?.trim() ?? "",
      };
    }),
  );
}

const workRow = z.object({
  gutenberg_id: z.string(),
  title: z.string(),
  author: z.string(),
  language: z.string(),
  bookshelf: z.string(),
});

/** The Spanish works of books-es-gutenberg.csv as products: the SKU is the gutenberg_id. */
export const worksCsv = (works: string): string =>
  fileOf(
    records(workRow, works).map((row) => ({
      sku: row.gutenberg_id,
      title: row.title,
      price: priceOf(Number(row.gutenberg_id)),
      stock: String((Number(row.gutenberg_id) * 7) % 40),
      category: /Category: (.*?)(?=\/Category: |$)/.exec(row.bookshelf)?.[1] ?? "",
      author: row.author,
      language: row.language.split("/").includes("es") ? "es" : row.language,
    })),
  );
