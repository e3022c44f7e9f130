// What the filters of a list leave, counted by category, author, language and price. Each facet keeps all filters but its
// own, so that it says what another choice would bring.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../context.ts";
import { rows } from "../db.ts";
import { filtersOf, type Facet, type Filters } from "./filters.ts";

const MOST = 20;
const BANDS = 4;

const where = (ctx: Ctx, filters: Filters, facet: Facet): SQL =>
  sql.join(filtersOf(ctx, filters, facet), sql` AND `);

const values = (ctx: Ctx, filters: Filters, facet: Exclude<Facet, "price">): SQL => {
  const column = sql.raw(`p.${facet}`);
  return sql`SELECT ${column} AS value, count(*) AS count FROM products p
    WHERE ${where(ctx, filters, facet)} AND ${column} IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST}`;
};

/** The statements that `facetsOf` reads. Each reads the products that its filters keep. */
export const selectFacets = (ctx: Ctx, filters: Filters): SQL[] => [
  values(ctx, filters, "category"),
  values(ctx, filters, "author"),
  values(ctx, filters, "language"),
  // By rank, not by position: equal prices are in one band, so bands do not overlap.
  sql`SELECT min(price) AS min, max(price) AS max, count(*) AS count FROM (
      SELECT price, (rank() OVER (ORDER BY price) - 1) * ${sql.raw(String(BANDS))} / count(*) OVER () AS band
      FROM products p WHERE ${where(ctx, filters, "price")}
    ) GROUP BY band ORDER BY band`,
];

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
