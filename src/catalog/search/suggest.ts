// Completions while somebody types: titles and authors. One statement, some dozens of rows, whatever the shop's size.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { Suggestion } from "./schema.ts";
import { SHORTEST } from "./edits.ts";
import { foundBy } from "./found.ts";
import { marked } from "./highlight.ts";
import { isCommon, matchOf, MOST_WORDS, startsMatch, wantedOf } from "./match.ts";
import { ranking, type Ranked } from "./rank.ts";
import { fold, wordsOf } from "./words.ts";

const FOUND = 120;
const MOST = 10;

const row = z.object({
  id: z.string(),
  title: z.string(),
  author: z.string().nullable(),
  sold: z.number(),
});

type Row = z.infer<typeof row>;

/** At most ten completions of a beginning, from its second letter on; mistakes are forgiven from the fourth. One round trip. */
export async function suggest(ctx: Ctx, q: string): Promise<z.infer<typeof Suggestion>[]> {
  const words = wordsOf(q).slice(0, MOST_WORDS);
  const wanted = wantedOf(q, words);
  if (wanted.words.join("").length < 2) return [];
  const [first = ""] = wanted.words;
  const match =
    wanted.words.length === 1 && first.length < SHORTEST
      ? startsMatch(ctx.tenant.id, first)
      : matchOf(ctx.tenant.id, wanted, "all");
  const found = await ctx.db.all(
    row,
    sql`SELECT p.id, p.title, p.author, p.sold FROM ${foundBy(match, FOUND)}
      WHERE p.tenant_id = ${ctx.tenant.id} AND p.is_active = 1`,
  );
  const rank = ranking(wanted);
  const completions = found
    .map((product) => ({ product, ranked: rank({ ...nothing, ...product }) }))
    .filter(({ ranked }) => ranked.best.every((hit, at) => hit || isCommon(wanted.words[at] ?? "")))
    .toSorted((a, b) => levelOf(b.ranked) - levelOf(a.ranked) || b.product.sold - a.product.sold)
    .map(({ product, ranked }) => completionOf(product, ranked));
  return [...new Map(completions.toReversed().map((each) => [fold(each.text), each])).values()]
    .toReversed()
    .slice(0, MOST);
}

// A completion is compared by title and author alone.
const nothing = {
  series: null,
  category: null,
  publisher: null,
  description: null,
  isbn: null,
  sku: "",
  language: null,
};

const levelOf = ({ score }: Ranked): number => Math.round(score * 50);

/** The author where he answers all of it, else the title. */
function completionOf({ id, title, author }: Row, { best, hits }: Ranked): z.infer<typeof Suggestion> {
  const isAuthor = author !== null && best.every((hit) => hit?.field === "author");
  const field = isAuthor ? "author" : "title";
  const text = isAuthor ? author : title;
  const words = new Map(hits.flatMap((hit) => (hit.field === field ? [[hit.word.start, hit.word]] : [])));
  return {
    text,
    kind: field,
    highlight: marked(text, [...words.values()]),
    product_id: isAuthor ? null : id,
  };
}
