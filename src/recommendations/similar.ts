// Products related to a product: those bought together with it, then the most similar by series, author and category.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { productColumns } from "../catalog/products/columns.ts";
import { isStaff, type Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { notFound } from "../platform/problem.ts";
import { isRecommendable, recommendationOf, recommendationRow } from "./recommendation.ts";

// The newest products of the series, of the author and of the category, so that a large category costs no more.
const MAX_CANDIDATES = 100;

const idRow = z.object({ id: z.string() });

/** The products related to this one, best first. One round trip. @throws Problem not-found */
export async function similarProducts(ctx: Ctx, id: string, limit: number) {
  const product = returning(
    idRow,
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}
      AND ${isStaff(ctx) ? sql`removed_at IS NULL` : sql`is_active = 1`}`,
  );
  const boughtTogether = returning(recommendationRow, selectBoughtTogether(ctx, id, limit));
  const similar = returning(recommendationRow, selectSimilar(ctx, id, limit));
  const done = await ctx.db.batch([product, boughtTogether, similar]);
  if (done.of(product).length === 0) throw notFound("product");
  const candidates = [...done.of(boughtTogether), ...done.of(similar)];
  const first = new Map(candidates.toReversed().map((row) => [row.id, row]));
  const distinct = candidates.filter((row) => first.get(row.id) === row).slice(0, limit);
  return { data: distinct.map((row) => recommendationOf(ctx, row)) };
}

// CROSS JOIN makes the twenty neighbours the outer loop, rather than all products.
const selectBoughtTogether = (ctx: Ctx, id: string, limit: number): SQL => sql`
  SELECT ${productColumns}, 'bought_together' AS reason, score FROM (
    SELECT value ->> 0 AS neighbour_id, value ->> 1 AS score
    FROM json_each((SELECT neighbours FROM product_neighbours WHERE tenant_id = ${ctx.tenant.id} AND product_id = ${id}))
  ) CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = neighbour_id
  WHERE ${isRecommendable(ctx)} ORDER BY score DESC, id LIMIT ${limit}`;

/** The newest products with the same value in this column. */
const selectSharing = (ctx: Ctx, id: string, column: string): SQL => {
  const name = sql.raw(column);
  return sql`SELECT id FROM (SELECT id FROM products
    WHERE tenant_id = ${ctx.tenant.id} AND is_active = 1 AND ${name} IS NOT NULL AND ${name} =
      (SELECT ${name} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})
    ORDER BY id DESC LIMIT ${MAX_CANDIDATES})`;
};

// A series match outweighs an author match, which outweighs a category match; among equals the best seller comes first.
const selectSimilar = (ctx: Ctx, id: string, limit: number): SQL => sql`
  SELECT ${productColumns}, 0 AS score,
    CASE WHEN similarity >= 4 THEN 'same_series' WHEN similarity >= 2 THEN 'same_author' ELSE 'same_category' END AS reason
  FROM (
    SELECT candidate_id, 4 * coalesce(f.series = t.series, 0) + 2 * coalesce(f.author = t.author, 0)
      + coalesce(f.category = t.category, 0) AS similarity
    FROM (SELECT id AS candidate_id FROM (${selectSharing(ctx, id, "series")} UNION ${selectSharing(ctx, id, "author")}
      UNION ${selectSharing(ctx, id, "category")}))
    CROSS JOIN products f ON f.tenant_id = ${ctx.tenant.id} AND f.id = candidate_id
    CROSS JOIN products t ON t.tenant_id = ${ctx.tenant.id} AND t.id = ${id}
  ) CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = candidate_id
  WHERE p.id <> ${id} AND ${isRecommendable(ctx)} ORDER BY similarity DESC, sold DESC, id LIMIT ${2 * limit}`;
