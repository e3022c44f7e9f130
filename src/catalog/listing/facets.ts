// Counts the products that match the filters of a list by category, author, language and price. Each facet ignores its own
// filter, so that it shows what another choice would return.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { type BatchResult, returning } from "../../platform/d1.ts";
import { filterConditions, type Facet, type Filters } from "./filters.ts";
import type { IndexChoice } from "./index-choice.ts";

const MAX_VALUES = 20;
const PRICE_BANDS = 4;

/** The products that a facet counts. A selective filter is read by its index; otherwise the planner takes the facet's. */
const matching = (ctx: Ctx, filters: Filters, choice: IndexChoice, facet: Facet): SQL =>
  sql`products p ${choice.facet === null || choice.facet === facet ? sql`` : sql`INDEXED BY ${sql.raw(choice.index)}`}
    WHERE ${sql.join(filterConditions(ctx, filters, facet), sql` AND `)}`;

const valueRow = z.object({ value: z.string(), count: z.number() });
const bandRow = z.object({ min: z.number(), max: z.number(), count: z.number() });

/** The statements that count the facets of a list that is read by `choice`. */
export function selectFacets(ctx: Ctx, filters: Filters, choice: IndexChoice) {
  const countValues = (facet: Exclude<Facet, "price">) => {
    const column = sql.raw(`p.${facet}`);
    return returning(
      valueRow,
      sql`SELECT ${column} AS value, count(*) AS count FROM ${matching(ctx, filters, choice, facet)} AND ${column} IS NOT NULL
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_VALUES}`,
    );
  };
  const prices = matching(ctx, filters, choice, "price");
  return {
    category: countValues("category"),
    author: countValues("author"),
    language: countValues("language"),
    // By rank rather than by row number: equal prices share a band, so bands do not overlap.
    price: returning(
      bandRow,
      sql`SELECT min(price) AS min, max(price) AS max, count(*) AS count FROM (
          SELECT p.price, (rank() OVER (ORDER BY p.price) - 1) * ${sql.raw(String(PRICE_BANDS))} / (SELECT count(*) FROM ${prices})
            AS band FROM ${prices}
        ) GROUP BY band ORDER BY band`,
    ),
  };
}

/** The facets, from the batch that ran the statements of `selectFacets`. */
export const facetsOf = (
  done: BatchResult,
  { category, author, language, price }: ReturnType<typeof selectFacets>,
) => ({
  category: done.of(category),
  author: done.of(author),
  language: done.of(language),
  price: done.of(price),
});
