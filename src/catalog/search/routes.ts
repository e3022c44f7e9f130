import { jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { ShopHeader } from "../../http/headers.ts";
import { shopContext } from "../../http/app-context.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import { SearchQuery, SearchResults, SuggestQuery, Suggestions } from "./schema.ts";
import { searchProducts } from "./search.ts";
import { suggest } from "./suggest.ts";

export const searchRoutes = router();

const tags = ["Catalogue"];

searchRoutes.openapi(
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
      200: jsonResponse("A page of products with score and highlight", SearchResults),
      ...problemResponses(404),
    },
  }),
  async (c) => c.json(SearchResults.parse(await searchProducts(shopContext(c), c.req.valid("query"))), 200),
);

searchRoutes.openapi(
  operation("public", {
    method: "get",
    path: "/products/suggest",
    operationId: "suggest",
    summary: "Up to ten completions while somebody types",
    description: "Titles and authors, from 2 letters on; a mistake is forgiven from 4 on.",
    tags,
    request: { query: SuggestQuery, headers: ShopHeader },
    responses: { 200: jsonResponse("The completions, best first", Suggestions), ...problemResponses(404) },
  }),
  async (c) =>
    c.json(Suggestions.parse({ data: await suggest(shopContext(c), c.req.valid("query").q) }), 200),
);
