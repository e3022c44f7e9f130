// Typo-tolerant search. The full-text index finds a bounded number of candidates in one statement, whatever the size of the
// shop, and they are ranked here; among equally good matches, products that sell more come first.
import { createHash } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { invalid } from "../../platform/problem.ts";
import { encodeCursor, decodeCursor } from "../../platform/cursor.ts";
import { filterConditions, type Filters } from "../listing/filters.ts";
import { productBody, productColumns, productRow, type ProductBody } from "../products/columns.ts";
import type { SearchQuery } from "./schema.ts";
import { bestMatches, isMatched, NOTHING } from "./full-text-index.ts";
import { highlight, snippet } from "./highlight.ts";
import { matchExpression, MAX_WORDS, type SearchTerms, searchTerms } from "./match.ts";
import { correctionOf, createRanker, rankedFields, type Ranking } from "./rank.ts";
import { wordsOf } from "./words.ts";

// Filters that the index does not know, such as prices, are applied to the matches: then more matches are read.
const MATCH_LIMIT = 200;
const FILTERED_MATCH_LIMIT = 1_000;
const MAX_CANDIDATES = 100;

const candidateRow = productRow.extend({ sold: z.number() });

type Candidate = { product: ProductBody; sold: number; ranking: Ranking };

/**
 * The first hundred products that match, best first: those with all words or, if there are none, with some. One round trip, or two if
 * the query finds nothing that is near enough.
 * @throws Problem invalid, invalid-cursor
 */
export async function searchProducts(ctx: Ctx, query: z.infer<typeof SearchQuery>) {
  const { q, limit, cursor, tenant: _, ...requested } = query;
  const filters = { ...requested, is_active: "true" as const };
  const words = wordsOf(q).slice(0, MAX_WORDS);
  if (words.length === 0)
    throw invalid([{ pointer: "#/query/q", detail: "must contain a letter or a digit" }]);
  const list = `search:${createHash("sha256")
    .update(JSON.stringify([q, filters]))
    .digest("base64url")}`;
  const after = decodeCursor(positionKey, list, ctx.tenant.id, cursor);
  const terms = searchTerms(q, words);
  const candidates = await findCandidates(ctx, terms, filters);
  const remaining = after ? candidates.filter((candidate) => isAfter(candidate, after)) : candidates;
  const page = remaining.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(({ product, ranking: { score, hits } }) => ({
      ...product,
      score: Math.round(score * 1000) / 1000,
      highlight: highlightFields(product, hits),
    })),
    next_cursor:
      last && remaining.length > limit ? encodeCursor(list, ctx.tenant.id, positionOf(last)) : null,
    did_you_mean: correctionOf(terms, candidates),
  };
}

// Scores that round to the same level are equally good.
const levelOf = ({ ranking }: Candidate): number => Math.round(ranking.score * 50);

// The sort key of a candidate: level, units sold and id.
const positionKey = z.tuple([z.int(), z.number(), z.string()]);

type Position = z.infer<typeof positionKey>;

const positionOf = (candidate: Candidate): Position => [
  levelOf(candidate),
  candidate.sold,
  candidate.product.id,
];

function isAfter(candidate: Candidate, [lastLevel, lastSold, lastId]: Position): boolean {
  const [level, sold, id] = positionOf(candidate);
  if (level !== lastLevel) return level < lastLevel;
  if (sold !== lastSold) return sold < lastSold;
  return id > lastId;
}

/** The products that match, in order. */
async function findCandidates(ctx: Ctx, terms: SearchTerms, filters: Filters): Promise<Candidate[]> {
  const all = matchExpression(ctx.tenant.id, terms, "all", filters);
  const any = matchExpression(ctx.tenant.id, terms, "any", filters);
  const rows = await ctx.db.all(
    candidateRow,
    sql`SELECT * FROM (${best(ctx, filters, sql`${all}`)}) UNION ALL
      SELECT * FROM (${best(ctx, filters, sql`iif(${isMatched(all)}, ${NOTHING}, ${any})`)})`,
  );
  const candidates = rankedBy(ctx, terms, rows);
  if (candidates.length > 0 || all === any) return candidates;
  return rankedBy(ctx, terms, await ctx.db.all(candidateRow, best(ctx, filters, sql`${any}`)));
}

/** A query: the products that match best. */
function best(ctx: Ctx, filters: Filters, match: SQL): SQL {
  const { price_min, price_max, in_stock } = filters;
  const isFiltered = [price_min, price_max, in_stock].some((value) => value !== undefined);
  return sql`SELECT ${productColumns}, sold
    FROM ${bestMatches(match, isFiltered ? FILTERED_MATCH_LIMIT : MATCH_LIMIT)}
    WHERE ${sql.join(filterConditions(ctx, filters), sql` AND `)} ORDER BY matched.distance LIMIT ${MAX_CANDIDATES}`;
}

function rankedBy(ctx: Ctx, terms: SearchTerms, rows: z.infer<typeof candidateRow>[]): Candidate[] {
  const rank = createRanker(terms);
  return (
    rows
      .map(({ sold, ...row }): Candidate => ({ product: productBody(ctx, row), sold, ranking: rank(row) }))
      // Two words that share a variant may be two edits apart.
      .filter(({ ranking: { score } }) => score > 0)
      .toSorted(
        (a, b) => levelOf(b) - levelOf(a) || b.sold - a.sold || (a.product.id < b.product.id ? -1 : 1),
      )
  );
}

function highlightFields(product: ProductBody, hits: Ranking["hits"]): Record<string, string> {
  return Object.fromEntries(
    rankedFields.flatMap((field) => {
      const text = product[field];
      const words = hits.filter((hit) => hit.field === field).map((hit) => hit.word);
      if (text === null || words.length === 0) return [];
      const distinct = [...new Map(words.map((word) => [word.start, word])).values()];
      return [[field, field === "description" ? snippet(text, distinct) : highlight(text, distinct)]];
    }),
  );
}
