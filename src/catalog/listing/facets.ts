// What the filters of a list leave, counted by category, author, language and price. Each facet keeps all filters but its
// own, so that it says what another choice would bring.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { rows } from "../../platform/d1.ts";
import { filtersOf, type Facet, type Filters } from "./filters.ts";
import type { IndexChoice } from "./index-choice.ts";

const MOST = 20;
const BANDS = 4;

/** The products that a facet counts. What few have is found by its index; else the planner takes the facet's own. */
const kept = (ctx: Ctx, filters: Filters, way: IndexChoice, facet: Facet): SQL =>
  sql`products p ${way.of === null || way.of === facet ? sql`` : sql`INDEXED BY ${sql.raw(way.index)}`}
    WHERE ${sql.join(filtersOf(ctx, filters, facet), sql` AND `)}`;

const values = (ctx: Ctx, filters: Filters, way: IndexChoice, facet: Exclude<Facet, "price">): SQL => {
  const column = sql.raw(`p.${facet}`);
  return sql`SELECT ${column} AS value, count(*) AS count FROM ${kept(ctx, filters, way, facet)} AND ${column} IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST}`;
};

/** The statements that `facetsOf` reads, for a list that is read by `way`. */
export function selectFacets(ctx: Ctx, filters: Filters, way: IndexChoice): SQL[] {
  const prices = kept(ctx, filters, way, "price");
  return [
    values(ctx, filters, way, "category"),
    values(ctx, filters, way, "author"),
    values(ctx, filters, way, "language"),
    // By rank, not by position: equal prices are in one band, so bands do not overlap.
    sql`SELECT min(price) AS min, max(price) AS max, count(*) AS count FROM (
        SELECT p.price, (rank() OVER (ORDER BY p.price) - 1) * ${sql.raw(String(BANDS))} / (SELECT count(*) FROM ${prices})
          AS band FROM ${prices}
      ) GROUP BY band ORDER BY band`,
  ];
}

const valueRow = z.object({ value: z.string(), count: z.number() });
const bandRow = z.object({ min: z.number(), max: z.number(), count: z.number() });

type Results = Parameters<typeof rows>[1][];

/** The facets in the results of `selectFacets`. */
export const facetsOf = ([category, author, language, price]: Results) => ({
  category: rows(valueRow, category),
  author: rows(valueRow, author),
  language: rows(valueRow, language),
  price: rows(bandRow, price),
});
