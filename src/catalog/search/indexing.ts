// The full-text index follows the products. A change of a product's text sets `text_version` in its own statement; what
// is indexed at that version sets `indexed_version`. A crash in between leaves the product pending, and the sweep, which
// every minute looks for such, indexes it: also after a migration has set indexed_version = 0 for new rules of folding.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { documentOf, type Searchable } from "./documents.ts";

/** The fields of a product that its document depends on. */
export const searchable = [
  "title",
  "author",
  "series",
  "publisher",
  "category",
  "description",
  "isbn",
  "sku",
  "language",
  "is_active",
] as const;

/** A product's text as it was at `text_version`. */
type Indexable = Searchable & { tenant_id: string; id: string; text_version: number };

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
  sku: z.string(),
  language: z.string().nullable(),
});

const documentJson = (product: Indexable): string => {
  const { tenant_id, id, text_version } = product;
  return JSON.stringify({ tenant_id, id, text_version, ...documentOf(tenant_id, product) });
};

/** The statements that index a product, for the batch of its change or after it. */
export const indexProduct = (product: Indexable): SQL[] => indexDocuments([documentJson(product)]);

/** The statements that index these, unless their text has changed again; a row and its mark each. */
function indexDocuments(documents: string[]): SQL[] {
  const json = `[${documents.join(",")}]`;
  // CROSS JOIN keeps the few outside: a plain JOIN may walk all products.
  const known = sql`json_each(${json}) j CROSS JOIN products p
    ON p.tenant_id = j.value ->> 'tenant_id' AND p.id = j.value ->> 'id' AND p.text_version = j.value ->> 'text_version'`;
  return [
    sql`INSERT OR REPLACE INTO product_search (rowid, title, author, details, description, codes, stems, near,
        near_description, starts, marks)
      SELECT p.rowid, j.value ->> 'title', j.value ->> 'author', j.value ->> 'details', j.value ->> 'description',
        j.value ->> 'codes', j.value ->> 'stems', j.value ->> 'near', j.value ->> 'near_description', j.value ->> 'starts',
        j.value ->> 'marks'
      FROM ${known} WHERE p.is_active = 1`,
    // What is hidden is not found: it must not take the place of what is shown.
    sql`DELETE FROM product_search WHERE rowid IN (SELECT p.rowid FROM ${known} WHERE p.is_active = 0)`,
    sql`UPDATE products SET indexed_version = text_version WHERE rowid IN (SELECT p.rowid FROM ${known})`,
  ];
}

const PRODUCTS_A_READ = 1_000;
// Well below what D1 takes as one value (2 MB), in UTF-16 units that may be two bytes each.
const JSON_UNITS = 500_000;

/** Indexes the pending products of a shop, or of all shops, at most about `most` of them; answers how many it did. */
export async function indexPending(
  ctx: Pick<Base, "db">,
  tenantId: string | null,
  most = Infinity,
): Promise<number> {
  const within = tenantId === null ? sql`` : sql`AND tenant_id = ${tenantId}`;
  let done = 0;
  for (;;) {
    const pending = await ctx.db.all(
      indexableRow,
      sql`SELECT tenant_id, id, text_version, title, author, series, publisher, category, description, isbn, sku, language
        FROM products INDEXED BY products_unindexed WHERE indexed_version < text_version ${within}
        LIMIT ${PRODUCTS_A_READ}`,
    );
    let documents: string[] = [];
    let units = 0;
    for (const [at, product] of pending.entries()) {
      const json = documentJson(product);
      documents.push(json);
      units += json.length;
      if (units < JSON_UNITS && at < pending.length - 1) continue;
      await ctx.db.batch(indexDocuments(documents));
      documents = [];
      units = 0;
    }
    done += pending.length;
    if (pending.length < PRODUCTS_A_READ || done >= most) return done;
  }
}

// What one run of the sweep does at most; the next goes on a minute later.
const A_SWEEP = 5_000;

/** Indexes what is pending in all shops; a job of every minute. */
export async function indexStaleProducts(ctx: Base): Promise<void> {
  await indexPending(ctx, null, A_SWEEP);
}
