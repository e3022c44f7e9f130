// Products as CSV in the columns of a product file, so that an import of it gives the same products again, and the stock of products.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { sqlBoolean } from "../../platform/d1.ts";
import type { Ctx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import { lineSubtotal } from "../../values/money.ts";
import { barcodesColumn, productColumns } from "../products/columns.ts";
import { filterConditions } from "./filters.ts";
import type { ProductQuery } from "./schema.ts";

const text = z.string().nullable();
const number = z.number().nullable();

// Not validated again, whatever an earlier release stored.
const productRow = z.object({
  id: z.string(),
  sku: z.string(),
  title: z.string(),
  price: z.number(),
  cost: number,
  unit: z.string(),
  tax_rate: text,
  // Thousandths
  stock: number,
  description: text,
  category: text,
  isbn: text,
  barcodes: barcodesColumn,
  author: text,
  publisher: text,
  language: text,
  pages: number,
  publication_year: number,
  cover_image_url: text,
  rating: number,
  series: text,
  // Thousandths
  low_stock_threshold: number,
  is_active: sqlBoolean,
});

type ProductRow = z.infer<typeof productRow>;

/** The columns of products, which a product file may have too; the last two are not imported. */
export const productCsvColumns: CsvColumns<ProductRow> = {
  sku: ({ sku }, { text }) => text(sku),
  title: ({ title }, { text }) => text(title),
  price: ({ price }, { amount }) => amount(price),
  cost: ({ cost }, { amount }) => amount(cost),
  unit: ({ unit }, { word }) => word(unit),
  tax_rate: ({ tax_rate }, { text }) => text(tax_rate),
  stock: ({ stock }, { thousandths }) => thousandths(stock),
  description: ({ description }, { text }) => text(description),
  category: ({ category }, { text }) => text(category),
  isbn: ({ isbn }, { text }) => text(isbn),
  barcodes: ({ barcodes }, { text }) => text(barcodes.join(" ")),
  author: ({ author }, { text }) => text(author),
  publisher: ({ publisher }, { text }) => text(publisher),
  language: ({ language }, { text }) => text(language),
  pages: ({ pages }, { number }) => number(pages),
  publication_year: (row, { number }) => number(row.publication_year),
  cover_image_url: (row, { text }) => text(row.cover_image_url),
  rating: ({ rating }, { number }) => number(rating),
  series: ({ series }, { text }) => text(series),
  low_stock_threshold: (row, { thousandths }) => thousandths(row.low_stock_threshold),
  is_active: ({ is_active }, { word }) => word(String(is_active)),
  currency: (_, { currency }) => currency(),
  product_id: ({ id }, { word }) => word(id),
};

// Descriptions have up to 20,000 characters.
const MAX_DESCRIBED_PRODUCTS = 1000;

// An export reads the whole shop by id, whatever the filters: with their indexes each page would sort all that match.
const BY_ID = sql.raw("products p INDEXED BY sqlite_autoindex_products_1");

const afterId = (ctx: Ctx, last: { id: string } | undefined): SQL =>
  sql`p.tenant_id = ${ctx.tenant.id} AND p.id > ${last?.id ?? ""}`;

/** The filters of the list; without `is_active`, hidden products too. */
const listFilters = (ctx: Ctx, query: z.infer<typeof ProductQuery>): SQL[] => {
  const [scope, ...others] = filterConditions(ctx, query);
  const since = query.updated_since;
  return [
    ...(query.is_active === undefined || !scope ? [] : [scope]),
    ...others,
    ...(since === undefined ? [] : [sql`p.updated_at >= ${since}`]),
  ];
};

/** All products that match the filters as CSV, oldest first. One round trip a page. */
export const productsCsv = (
  ctx: Ctx,
  query: z.infer<typeof ProductQuery>,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<ProductRow>(
    csvTable(productCsvColumns, format),
    (last, limit) =>
      ctx.db.all(
        productRow,
        sql`SELECT ${productColumns}, (SELECT t.name FROM tax_rates t WHERE t.tenant_id = p.tenant_id AND t.id = p.tax_rate_id) AS tax_rate
        FROM ${BY_ID} WHERE ${sql.join([afterId(ctx, last), ...listFilters(ctx, query)], sql` AND `)}
        ORDER BY p.id LIMIT CAST(${limit} AS INTEGER)`,
      ),
    { maxRows: MAX_DESCRIBED_PRODUCTS },
  );

const stockRow = z.object({
  id: z.string(),
  sku: z.string(),
  title: z.string(),
  category: z.string().nullable(),
  unit: z.string(),
  // Thousandths
  stock: z.number(),
  low_stock_threshold: z.number().nullable(),
  price: z.number(),
  cost: z.number().nullable(),
  is_active: sqlBoolean,
});

const valueOf = ({ stock, cost }: z.infer<typeof stockRow>): number | null =>
  cost === null ? null : lineSubtotal(stock, { digits: BigInt(cost), scale: 0 }, 0);

/** The columns of the stock; `value` is that of the stock at cost. */
export const stockColumns: CsvColumns<z.infer<typeof stockRow>> = {
  sku: ({ sku }, { text }) => text(sku),
  title: ({ title }, { text }) => text(title),
  category: ({ category }, { text }) => text(category),
  stock: ({ stock }, { thousandths }) => thousandths(stock),
  unit: ({ unit }, { word }) => word(unit),
  low_stock_threshold: (row, { thousandths }) => thousandths(row.low_stock_threshold),
  price: ({ price }, { amount }) => amount(price),
  cost: ({ cost }, { amount }) => amount(cost),
  value: (row, { amount }) => amount(valueOf(row)),
  currency: (_, { currency }) => currency(),
  is_active: ({ is_active }, { word }) => word(String(is_active)),
  product_id: ({ id }, { word }) => word(id),
};

/** The products whose stock is tracked, hidden ones included, as CSV. One round trip a page. */
export const stockCsv = (ctx: Ctx, format: CsvFormat): Promise<ReadableStream<Uint8Array>> =>
  csvStream<z.infer<typeof stockRow>>(csvTable(stockColumns, format), (last, limit) =>
    ctx.db.all(
      stockRow,
      sql`SELECT p.id, p.sku, p.title, p.category, p.unit, p.stock, p.low_stock_threshold, p.price, p.cost, p.is_active
        FROM ${BY_ID} WHERE ${afterId(ctx, last)} AND p.stock IS NOT NULL
        ORDER BY p.id LIMIT CAST(${limit} AS INTEGER)`,
    ),
  );
