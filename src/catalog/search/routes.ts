import { jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { ShopHeader } from "../../http/headers.ts";
import { shopContext } from "../../http/app-context.ts";
import { SearchQuery, SearchResults, SuggestQuery, Suggestions } from "./schema.ts";
import { searchProducts } from "./search.ts";
import { suggest } from "./suggest.ts";

export const searchRoutes = router();

const tags = ["Catalogue"];

searchRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products/search",
    operationId: "searchProducts",
    summary: "Search products, tolerating typos",
    description:
      "Words of 4 or more letters match with one letter wrong, missing, extra or swapped. Accents are ignored, words also match by their Spanish or English stem, and the last word as a prefix; a SKU, ISBN or barcode matches exactly, and by its first 3 or more characters. Returns up to 100 products by relevance; ties go to the better seller. Filters by price and stock apply to the best thousand matches. Hidden products are not included.",
    tags,
    request: { query: SearchQuery, headers: ShopHeader },
    responses: {
      200: jsonResponse("A page of products with their score and highlights", SearchResults),
    },
  }),
  async (c) => c.json(SearchResults.parse(await searchProducts(shopContext(c), c.req.valid("query"))), 200),
);

searchRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products/suggest",
    operationId: "suggestProducts",
    summary: "Suggest up to ten completions",
    description:
      "Completes titles and authors from 2 letters on; from 4 letters on, one letter may be wrong, missing, extra or swapped.",
    tags,
    request: { query: SuggestQuery, headers: ShopHeader },
    responses: { 200: jsonResponse("The completions, best first", Suggestions) },
  }),
  async (c) =>
    c.json(Suggestions.parse({ data: await suggest(shopContext(c), c.req.valid("query").q) }), 200),
);
