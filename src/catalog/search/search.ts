// Search that forgives. The full-text index finds candidates in one statement (their number is bounded, whatever the
// shop's size), and they are ranked here; then, among those that answer equally well, what sells more comes first.
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { invalid } from "../../platform/problem.ts";
import { encodeCursor, decodeCursor } from "../../platform/cursor.ts";
import { filtersOf, type Filters } from "../listing/filters.ts";
import { productBody, productColumns, productRow, type ProductBody } from "../products/products.ts";
import type { SearchQuery } from "./schema.ts";
import { foundBy } from "./found.ts";
import { marked, snippet } from "./highlight.ts";
import { matchOf, MOST_WORDS, type Wanted, wantedOf } from "./match.ts";
import { correctionOf, fields, ranking, type Ranked } from "./rank.ts";
import { wordsOf } from "./words.ts";

// Of so many products by bm25 price and stock choose, and of those so many are ranked.
const FOUND = 200;
const FOUND_TO_CHOOSE = 1_000;
const CANDIDATES = 100;

const candidateRow = productRow.extend({ sold: z.number() });

type Candidate = { product: ProductBody; sold: number; ranked: Ranked };

/** Products that match, best first, as far as the first hundred. One round trip, or two where no product has all words. @throws Problem invalid, invalid-cursor */
export async function searchProducts(ctx: Ctx, query: z.infer<typeof SearchQuery>) {
  const { q, limit, cursor, tenant: _, ...asked } = query;
  const filters = { ...asked, is_active: "true" as const };
  const words = wordsOf(q).slice(0, MOST_WORDS);
  if (words.length === 0)
    throw invalid([{ pointer: "#/query/q", detail: "has no letter or digit to search for" }]);
  const list = `search:${createHash("sha256")
    .update(JSON.stringify([q, filters]))
    .digest("base64url")}`;
  const after = decodeCursor(place, list, ctx.tenant.id, cursor);
  const wanted = wantedOf(q, words);
  const all = await candidates(ctx, wanted, "all", filters);
  const found = all.length > 0 ? all : await candidates(ctx, wanted, "any", filters);
  const rest = after ? found.filter((each) => isBehind(each, after)) : found;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(({ product, ranked: { score, hits } }) => ({
      ...product,
      score: Math.round(score * 1000) / 1000,
      highlight: highlightOf(product, hits),
    })),
    next_cursor: last && rest.length > limit ? encodeCursor(list, ctx.tenant.id, placeOf(last)) : null,
    did_you_mean: correctionOf(wanted, found),
  };
}

// Answers that differ less than this are equally good.
const levelOf = ({ ranked }: Candidate): number => Math.round(ranked.score * 50);

// Where a product stands in the order, for the cursor: best first, then what sells more.
const place = z.tuple([z.int(), z.number(), z.string()]);

const placeOf = (each: Candidate): z.infer<typeof place> => [levelOf(each), each.sold, each.product.id];

function isBehind(each: Candidate, [level, sold, id]: z.infer<typeof place>): boolean {
  const [ownLevel, ownSold, ownId] = placeOf(each);
  if (ownLevel !== level) return ownLevel < level;
  if (ownSold !== sold) return ownSold < sold;
  return ownId > id;
}

/** The products that answer, in their order. One round trip. */
async function candidates(
  ctx: Ctx,
  wanted: Wanted,
  need: "all" | "any",
  filters: Filters,
): Promise<Candidate[]> {
  const { price_min, price_max, in_stock } = filters;
  const isChosen = [price_min, price_max, in_stock].some((value) => value !== undefined);
  const match = matchOf(ctx.tenant.id, wanted, need, filters);
  const rows = await ctx.db.all(
    candidateRow,
    sql`SELECT ${productColumns}, sold FROM ${foundBy(match, isChosen ? FOUND_TO_CHOOSE : FOUND)}
      WHERE ${sql.join(filtersOf(ctx, filters), sql` AND `)}
      ORDER BY found.distance LIMIT ${CANDIDATES}`,
  );
  const rank = ranking(wanted);
  return (
    rows
      .map(({ sold, ...row }): Candidate => ({ product: productBody(ctx, row), sold, ranked: rank(row) }))
      // A variant that two words share may be two mistakes.
      .filter(({ ranked: { score } }) => score > 0)
      .toSorted(
        (a, b) => levelOf(b) - levelOf(a) || b.sold - a.sold || (a.product.id < b.product.id ? -1 : 1),
      )
  );
}

function highlightOf(product: ProductBody, hits: Ranked["hits"]): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = product[field];
      const words = hits.filter((hit) => hit.field === field).map((hit) => hit.word);
      if (text === null || words.length === 0) return [];
      const once = [...new Map(words.map((word) => [word.start, word])).values()];
      return [[field, field === "description" ? snippet(text, once) : marked(text, once)]];
    }),
  );
}
