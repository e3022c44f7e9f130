import { answer } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { ShopHeader } from "../../http/headers.ts";
import { shopOf } from "../../http/app-context.ts";
import { problems } from "../../http/problem-responses.ts";
import { SearchQuery, SearchResults, SuggestQuery, Suggestions } from "./schema.ts";
import { searchProducts } from "./search.ts";
import { suggest } from "./suggest.ts";

export const search = router();

const tags = ["Catalogue"];

search.openapi(
  operation("public", {
    method: "get",
    path: "/products/search",
    operationId: "searchProducts",
    summary: "Search that forgives a mistake in each word",
    description:
      "Finds words with a letter that is wrong, missing, extra or swapped (from 4 letters on), without accents, by their Spanish or English stem, and the last one as a beginning; an ISBN or SKU exactly. Best answers first, then what sells more; the first hundred. Price and stock choose among the best thousand matches. Hidden products are not found.",
    tags,
    request: { query: SearchQuery, headers: ShopHeader },
    responses: {
      200: answer("A page of products with score and highlight", SearchResults),
      ...problems(404),
    },
  }),
  async (c) => c.json(SearchResults.parse(await searchProducts(shopOf(c), c.req.valid("query"))), 200),
);

search.openapi(
  operation("public", {
    method: "get",
    path: "/products/suggest",
    operationId: "suggest",
    summary: "Up to ten completions while somebody types",
    description: "Titles and authors, from 2 letters on; a mistake is forgiven from 4 on.",
    tags,
    request: { query: SuggestQuery, headers: ShopHeader },
    responses: { 200: answer("The completions, best first", Suggestions), ...problems(404) },
  }),
  async (c) => c.json(Suggestions.parse({ data: await suggest(shopOf(c), c.req.valid("query").q) }), 200),
);
