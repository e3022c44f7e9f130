import { z } from "@hono/zod-openapi";
import {
  answer,
  ETagHeaders,
  IdempotencyHeader,
  IfMatch,
  jsonOf,
  made,
  operation,
  router,
  ShopHeader,
  shopOf,
  signedIn,
} from "../http.ts";
import { Id } from "../ids.ts";
import { problems } from "../problem.ts";
import { addProduct, changeProduct, etagOf, getProduct, hideProduct, listProducts } from "./products.ts";
import {
  NewProduct,
  Product,
  ProductList,
  ProductPatch,
  ProductQuery,
  SearchQuery,
  SearchResults,
  StockChange,
  StockMove,
  SuggestQuery,
  Suggestions,
} from "./schema.ts";
import { searchProducts } from "./search/search.ts";
import { suggest } from "./search/suggest.ts";
import { moveStock } from "./stock.ts";

export const catalog = router();

const tags = ["Catalogue"];
const params = z.object({ id: Id });

catalog.openapi(
  operation("public", {
    method: "get",
    path: "/products",
    operationId: "listProducts",
    summary: "The products of a shop, by filter and sort",
    tags,
    request: { query: ProductQuery, headers: ShopHeader },
    responses: { 200: answer("A page of products", ProductList), ...problems(404) },
  }),
  async (c) => c.json(ProductList.parse(await listProducts(shopOf(c), c.req.valid("query"))), 200),
);

catalog.openapi(
  operation("employee", {
    method: "post",
    path: "/products",
    operationId: "addProduct",
    summary: "Add a product",
    tags,
    request: { headers: IdempotencyHeader, body: jsonOf(NewProduct) },
    responses: { 201: { ...answer("The product", Product), headers: ETagHeaders }, ...problems(409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const product = made(c, await addProduct(signedIn(c), c.req.valid("json"), key));
    c.header("ETag", etagOf(product));
    return c.json(Product.parse(product), 201);
  },
);

catalog.openapi(
  operation("public", {
    method: "get",
    path: "/products/search",
    operationId: "searchProducts",
    summary: "Search that forgives a mistake in each word",
    description:
      "Finds words with a letter that is wrong, missing, extra or swapped (from 4 letters on), without accents, by their Spanish or English stem, and the last one as a beginning; an ISBN or SKU exactly. Best answers first, then what sells more; the first hundred.",
    tags,
    request: { query: SearchQuery, headers: ShopHeader },
    responses: {
      200: answer("A page of products with score and highlight", SearchResults),
      ...problems(404),
    },
  }),
  async (c) => c.json(SearchResults.parse(await searchProducts(shopOf(c), c.req.valid("query"))), 200),
);

catalog.openapi(
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

catalog.openapi(
  operation("public", {
    method: "get",
    path: "/products/{id}",
    operationId: "getProduct",
    summary: "One product",
    tags,
    request: {
      params,
      query: z.strictObject({ tenant: z.string().max(100).optional() }),
      headers: ShopHeader,
    },
    responses: { 200: { ...answer("The product", Product), headers: ETagHeaders }, ...problems(404) },
  }),
  async (c) => {
    const product = await getProduct(shopOf(c), c.req.valid("param").id);
    c.header("ETag", etagOf(product));
    return c.json(Product.parse(product), 200);
  },
);

catalog.openapi(
  operation("employee", {
    method: "patch",
    path: "/products/{id}",
    operationId: "changeProduct",
    summary: "Change a product",
    description:
      "With If-Match only at the version that was read. The stock changes by POST /products/{id}/stock.",
    tags,
    request: { params, headers: IfMatch, body: jsonOf(ProductPatch) },
    responses: {
      200: { ...answer("The product", Product), headers: ETagHeaders },
      ...problems(404, 409, 412),
    },
  }),
  async (c) => {
    const ifMatch = c.req.valid("header")["if-match"];
    const product = await changeProduct(signedIn(c), c.req.valid("param").id, c.req.valid("json"), ifMatch);
    c.header("ETag", etagOf(product));
    return c.json(Product.parse(product), 200);
  },
);

catalog.openapi(
  operation("employee", {
    method: "delete",
    path: "/products/{id}",
    operationId: "hideProduct",
    summary: "Hide a product; its sales stay",
    tags,
    request: { params, headers: IfMatch },
    responses: { 204: { description: "Hidden" }, ...problems(404, 412) },
  }),
  async (c) => {
    await hideProduct(signedIn(c), c.req.valid("param").id, c.req.valid("header")["if-match"]);
    return c.body(null, 204);
  },
);

catalog.openapi(
  operation("employee", {
    method: "post",
    path: "/products/{id}/stock",
    operationId: "moveStock",
    summary: "Change the stock by a delta, or count it anew",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonOf(StockChange) },
    responses: { 201: answer("The move", StockMove), ...problems(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await moveStock(signedIn(c), c.req.valid("param").id, c.req.valid("json"), key);
    return c.json(StockMove.parse(made(c, result)), 201);
  },
);
