// Every change of a product's text sets `text_version`; indexing that text sets `indexed_version`. A crash in between leaves
// the product pending until the job of each minute indexes it. A migration that changes how text is folded sets
// indexed_version = 0, which indexes all products again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { again } from "../../platform/sweeps.ts";
import { barcodesColumn } from "../products/columns.ts";
import { searchDocument, type SearchableProduct } from "./documents.ts";

/** The fields of a product whose change requires indexing it again. */
export const searchableFields = [
  "title",
  "author",
  "series",
  "publisher",
  "category",
  "description",
  "isbn",
  "barcodes",
  "sku",
  "language",
  "is_active",
] as const;

/** A product with its text at `text_version`. */
type Indexable = SearchableProduct & { tenant_id: string; id: string; text_version: number };

const indexableRow = z.object({
  tenant_id: z.string(),
  id: z.string(),
  text_version: z.number(),
  title: z.string(),
  author: z.string().nullable(),
  series: z.string().nullable(),
  publisher: z.string().nullable(),
  category: z.string().nullable(),
  description: z.string().nullable(),
  isbn: z.string().nullable(),
  barcodes: barcodesColumn,
  sku: z.string(),
  language: z.string().nullable(),
});

const documentJson = (product: Indexable): string => {
  const { tenant_id, id, text_version } = product;
  return JSON.stringify({ tenant_id, id, text_version, ...searchDocument(tenant_id, product) });
};

/** The statements that index a product, in the batch that changes it or after it. */
export const indexProduct = (product: Indexable): SQL[] => indexDocuments([documentJson(product)]);

/** The statements that index these documents, except products whose text has changed since. */
function indexDocuments(documents: string[]): SQL[] {
  const json = `[${documents.join(",")}]`;
  // CROSS JOIN makes the documents the outer loop: a plain JOIN may scan all products.
  const current = sql`json_each(${json}) j CROSS JOIN products p
    ON p.tenant_id = j.value ->> 'tenant_id' AND p.id = j.value ->> 'id' AND p.text_version = j.value ->> 'text_version'`;
  return [
    sql`INSERT OR REPLACE INTO product_search (rowid, title, author, details, description, codes, stems, near,
        near_description, starts, marks)
      SELECT p.rowid, j.value ->> 'title', j.value ->> 'author', j.value ->> 'details', j.value ->> 'description',
        j.value ->> 'codes', j.value ->> 'stems', j.value ->> 'near', j.value ->> 'near_description', j.value ->> 'starts',
        j.value ->> 'marks'
      FROM ${current} WHERE p.is_active = 1`,
    // A hidden product in the index would use up the limited number of matches.
    sql`DELETE FROM product_search WHERE rowid IN (SELECT p.rowid FROM ${current} WHERE p.is_active = 0)`,
    sql`UPDATE products SET indexed_version = text_version WHERE rowid IN (SELECT p.rowid FROM ${current})`,
  ];
}

/** The statement that removes a product from the index if it is hidden, which needs no text. */
export const unindexHidden = (tenantId: string, id: string): SQL =>
  sql`DELETE FROM product_search WHERE rowid IN
    (SELECT rowid FROM products WHERE tenant_id = ${tenantId} AND id = ${id} AND is_active = 0)`;

const PAGE_SIZE = 1_000;
// In UTF-16 code units of up to three bytes each: below the 2 MB that D1 accepts as one value.
const MAX_JSON_LENGTH = 500_000;

/** Indexes the pending products of a shop, or of all shops (null), in pages of 1,000 until `limit` is reached; returns their number. */
export async function indexPending(
  ctx: Pick<Base, "db">,
  tenantId: string | null,
  limit = Infinity,
): Promise<number> {
  const ofShop = tenantId === null ? sql`` : sql`AND tenant_id = ${tenantId}`;
  let indexed = 0;
  for (;;) {
    const pending = await ctx.db.all(
      indexableRow,
      sql`SELECT tenant_id, id, text_version, title, author, series, publisher, category, description, isbn, barcodes,
          sku, language
        FROM products INDEXED BY products_unindexed WHERE indexed_version < text_version ${ofShop}
        LIMIT ${PAGE_SIZE}`,
    );
    let documents: string[] = [];
    let length = 0;
    for (const [at, product] of pending.entries()) {
      const json = documentJson(product);
      documents.push(json);
      length += json.length;
      if (length < MAX_JSON_LENGTH && at < pending.length - 1) continue;
      await ctx.db.batch(indexDocuments(documents));
      documents = [];
      length = 0;
    }
    indexed += pending.length;
    if (pending.length < PAGE_SIZE || indexed >= limit) return indexed;
  }
}

/** Indexes pending products of all shops; a page of a sweep. */
export const indexStaleProducts = async (ctx: Base): Promise<string | null> =>
  again((await indexPending(ctx, null, PAGE_SIZE)) >= PAGE_SIZE);
