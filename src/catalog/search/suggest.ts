// Completions of titles and authors. One statement reads some dozens of rows, whatever the size of the shop.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Suggestion } from "./schema.ts";
import { MIN_FUZZY_LENGTH } from "./edits.ts";
import { bestMatches } from "./full-text-index.ts";
import { highlight } from "./highlight.ts";
import { isStopWord, matchExpression, MAX_WORDS, prefixExpression, searchTerms } from "./match.ts";
import { createRanker, type Ranking } from "./rank.ts";
import { foldText, wordsOf } from "./words.ts";

const MATCH_LIMIT = 120;
const MAX_COMPLETIONS = 10;

const productRow = z.object({
  id: z.string(),
  title: z.string(),
  author: z.string().nullable(),
  sold: z.number(),
});

/** At most ten completions of a text of 2 letters or more; from 4 letters on within one edit. One round trip. */
export async function suggest(ctx: Ctx, q: string): Promise<z.infer<typeof Suggestion>[]> {
  const terms = { ...searchTerms(q, wordsOf(q).slice(0, MAX_WORDS)), codePrefix: null };
  if (terms.words.join("").length < 2) return [];
  const [first = ""] = terms.words;
  const match =
    terms.words.length === 1 && first.length < MIN_FUZZY_LENGTH
      ? prefixExpression(ctx.tenant.id, first)
      : matchExpression(ctx.tenant.id, terms, "all");
  const products = await ctx.db.all(
    productRow,
    sql`SELECT p.id, p.title, p.author, p.sold FROM ${bestMatches(match, MATCH_LIMIT)}
      WHERE p.tenant_id = ${ctx.tenant.id} AND p.is_active = 1`,
  );
  const rank = createRanker(terms);
  const completions = products
    .map((product) => ({ product, ranking: rank({ ...unusedFields, ...product }) }))
    .filter(({ ranking }) => ranking.best.every((hit, term) => hit || isStopWord(terms.words[term] ?? "")))
    .toSorted((a, b) => levelOf(b.ranking) - levelOf(a.ranking) || b.product.sold - a.product.sold)
    .map(({ product, ranking }) => completionOf(product, ranking));
  return [...new Map(completions.toReversed().map((each) => [foldText(each.text), each])).values()]
    .toReversed()
    .slice(0, MAX_COMPLETIONS);
}

// Completions are ranked by title and author alone.
const unusedFields = {
  series: null,
  category: null,
  publisher: null,
  description: null,
  isbn: null,
  barcodes: [],
  sku: "",
  language: null,
};

const levelOf = ({ score }: Ranking): number => Math.round(score * 50);

/** The author if they match every word, else the title. */
function completionOf(
  { id, title, author }: z.infer<typeof productRow>,
  { best, hits }: Ranking,
): z.infer<typeof Suggestion> {
  const isAuthor = author !== null && best.every((hit) => hit?.field === "author");
  const kind = isAuthor ? "author" : "title";
  const text = isAuthor ? author : title;
  const words = new Map(hits.flatMap((hit) => (hit.field === kind ? [[hit.word.start, hit.word]] : [])));
  return { text, kind, highlight: highlight(text, [...words.values()]), product_id: isAuthor ? null : id };
}
