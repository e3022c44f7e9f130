// product_facets has what facets count, hundreds of products a row. A row without it is stale, and its products are read until the
// sweep has stored them again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { again } from "../../platform/sweeps.ts";
import { type Filters, isHidden, shopScope } from "./filters.ts";

/** What facets count of a product. */
export type FacetProduct = {
  category: string | null;
  author: string | null;
  language: string | null;
  price: number;
  is_in_stock: boolean;
};

// More would make a stale row costly, fewer a large catalogue.
const PRODUCTS_PER_ROW = 500;

type Packed = [
  category: string | null,
  author: string | null,
  language: string | null,
  price: number,
  is_active: number,
  in_stock: number,
];

// The statement that writes it is below; zod would take longer to check thousands of products than all else.
const packedRow = z.object({
  products: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.custom<Packed[]>(Array.isArray)),
});

const productRow = z.object({
  category: z.string().nullable(),
  author: z.string().nullable(),
  language: z.string().nullable(),
  price: z.number(),
  is_in_stock: sqlBoolean,
});

const isInStock = sql.raw("p.stock IS NOT 0");

/** SQL: the first id after the products of the row `f`. */
const end = sql.raw(`coalesce((SELECT n.first_id FROM product_facets n
  WHERE n.tenant_id = f.tenant_id AND n.first_id > f.first_id ORDER BY n.first_id LIMIT 1), '~')`);

/** The visible products of the shop, or with is_active=false its hidden ones. */
export function facetProducts(ctx: Ctx, { is_active }: Filters): Plan<FacetProduct[]> {
  const stored = returning(
    packedRow,
    sql`SELECT products FROM product_facets WHERE tenant_id = ${ctx.tenant.id} AND products IS NOT NULL`,
  );
  const changed = returning(
    productRow,
    sql`SELECT p.category, p.author, p.language, p.price, ${isInStock} AS is_in_stock
      FROM (SELECT f.first_id, ${end} AS end FROM product_facets f INDEXED BY product_facets_stale
        WHERE f.tenant_id = ${ctx.tenant.id} AND f.products IS NULL) f
      CROSS JOIN products p INDEXED BY products_newest ON ${shopScope(ctx, { is_active })} AND p.id >= f.first_id AND p.id < f.end`,
  );
  return {
    statements: [stored, changed],
    read: (done) => {
      const active = isHidden(ctx, { is_active }) ? 0 : 1;
      const products = done.of(changed);
      for (const row of done.of(stored))
        for (const [category, author, language, price, activity, inStock] of row.products)
          if (activity === active)
            products.push({ category, author, language, price, is_in_stock: inStock === 1 });
      return products;
    },
  };
}

const staleRow = z.object({ tenant_id: z.string(), first_id: z.string() });

const ROWS_PER_PAGE = 20;
// A shop begins with one row, of which its first products are split off.
const MAX_PARTS = 20;

/** Stores stale rows of all shops, each with at most 500 products; a page of a sweep. */
export async function packFacets(ctx: Base): Promise<string | null> {
  const stale = await ctx.db.all(
    staleRow,
    sql`SELECT tenant_id, first_id FROM product_facets INDEXED BY product_facets_stale
      WHERE products IS NULL ORDER BY tenant_id, first_id LIMIT ${ROWS_PER_PAGE}`,
  );
  if (stale.length === 0) return null;
  const splits = stale.map((row) => returning(z.object({ first_id: z.string() }), splitOff(row)));
  const done = await ctx.db.batch([...splits, ...stale.map(pack), ...stale.map(dropEmpty)]);
  return again(stale.length === ROWS_PER_PAGE || splits.some((split) => done.of(split).length > 0));
}

type Row = z.infer<typeof staleRow>;

const isRow = ({ tenant_id, first_id }: Row): SQL =>
  sql`f.tenant_id = ${tenant_id} AND f.first_id = ${first_id}`;

const products = sql`FROM products p WHERE p.tenant_id = f.tenant_id AND p.id >= f.first_id AND p.id < ${end}`;

/** The statement that adds rows for what a row has above 500 products. */
const splitOff = (row: Row): SQL => sql`INSERT INTO product_facets (tenant_id, first_id)
  SELECT ${row.tenant_id}, id FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS nth FROM (
      SELECT p.id FROM (SELECT f.first_id, ${end} AS end FROM product_facets f WHERE ${isRow(row)}) f
      CROSS JOIN products p ON p.tenant_id = ${row.tenant_id} AND p.id >= f.first_id AND p.id < f.end
      ORDER BY p.id LIMIT ${MAX_PARTS * PRODUCTS_PER_ROW + 1}))
  WHERE nth > 1 AND nth % ${PRODUCTS_PER_ROW} = 1
  ON CONFLICT DO NOTHING RETURNING first_id`;

const pack = (row: Row): SQL => sql`UPDATE product_facets AS f SET products = (
    SELECT json_group_array(json_array(p.category, p.author, p.language, p.price, p.is_active, ${isInStock})) ${products}
      AND p.removed_at IS NULL)
  WHERE ${isRow(row)}`;

/** The statement that deletes a row without products; the row before it then ends later. That of '' stays. */
const dropEmpty = ({ tenant_id, first_id }: Row): SQL => sql`DELETE FROM product_facets
  WHERE tenant_id = ${tenant_id} AND first_id = ${first_id} AND first_id <> '' AND products = '[]'`;
