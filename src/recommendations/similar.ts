// What goes with a product: what was bought together with it, then the nearest by series, author and category.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { isStaff } from "../catalog/listing/filters.ts";
import { productColumns } from "../catalog/products/columns.ts";
import type { Ctx } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
import { notFound } from "../platform/problem.ts";
import { canBeOffered, offerOf, offerRow } from "./offer.ts";

// The newest of the series, of the author and of the category that are looked at, so that a large category costs no more.
const LOOKED_AT = 100;

/** Products that go with this one, best first. One round trip. @throws Problem not-found */
export async function similarProducts(ctx: Ctx, id: string, limit: number) {
  const [found, together, near] = await ctx.db.batch([
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}
      ${isStaff(ctx) ? sql`` : sql`AND is_active = 1`}`,
    boughtTogether(ctx, id, limit),
    nearest(ctx, id, limit),
  ]);
  if (rows(z.object({ id: z.string() }), found).length === 0) throw notFound("product");
  const offers = [...rows(offerRow, together), ...rows(offerRow, near)];
  const distinct = new Map(offers.toReversed().map((offer) => [offer.id, offer]));
  const data = offers.filter((offer) => distinct.get(offer.id) === offer).slice(0, limit);
  return { data: data.map((offer) => offerOf(ctx, offer)) };
}

// CROSS JOIN: from the twenty neighbours, not from all products.
const boughtTogether = (ctx: Ctx, id: string, limit: number): SQL => sql`
  SELECT ${productColumns}, 'bought_together' AS reason, score FROM (
    SELECT value ->> 0 AS found, value ->> 1 AS score
    FROM json_each((SELECT neighbours FROM product_neighbours WHERE tenant_id = ${ctx.tenant.id} AND product_id = ${id}))
  ) CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = found
  WHERE ${canBeOffered(ctx)} ORDER BY score DESC, id LIMIT ${limit}`;

/** The newest products that share this column with the product `t`. */
const sharing = (ctx: Ctx, id: string, column: string): SQL => {
  const name = sql.raw(column);
  return sql`SELECT id FROM (SELECT id FROM products
    WHERE tenant_id = ${ctx.tenant.id} AND is_active = 1 AND ${name} IS NOT NULL AND ${name} =
      (SELECT ${name} FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})
    ORDER BY id DESC LIMIT ${LOOKED_AT})`;
};

// The series weighs more than the author, and he more than the category; among equals what sells best is first.
const nearest = (ctx: Ctx, id: string, limit: number): SQL => sql`
  SELECT ${productColumns}, 0 AS score,
    CASE WHEN nearness >= 4 THEN 'same_series' WHEN nearness >= 2 THEN 'same_author' ELSE 'same_category' END AS reason
  FROM (
    SELECT found, 4 * coalesce(f.series = t.series, 0) + 2 * coalesce(f.author = t.author, 0)
      + coalesce(f.category = t.category, 0) AS nearness
    FROM (SELECT id AS found FROM (${sharing(ctx, id, "series")} UNION ${sharing(ctx, id, "author")}
      UNION ${sharing(ctx, id, "category")}))
    CROSS JOIN products f ON f.tenant_id = ${ctx.tenant.id} AND f.id = found
    CROSS JOIN products t ON t.tenant_id = ${ctx.tenant.id} AND t.id = ${id}
  ) CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = found
  WHERE p.id <> ${id} AND ${canBeOffered(ctx)} ORDER BY nearness DESC, sold DESC, id LIMIT ${2 * limit}`;
