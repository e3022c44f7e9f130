import { z } from "@hono/zod-openapi";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { ShopHeader } from "../http/headers.ts";
import { shopContext, userContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { recommendForMe } from "./for-me.ts";
import { RecommendationQuery, Recommendations } from "./schema.ts";
import { similarProducts } from "./similar.ts";

export const recommendationRoutes = router();

const tags = ["Catalogue"];

recommendationRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products/{id}/recommendations",
    operationId: "listSimilarProducts",
    summary: "List products related to a product",
    description: `Products that were bought together with it (computed every night), then the most similar by series, author and
category. Excludes hidden and sold-out products and, for a signed-in user, those they have bought.`,
    tags,
    request: { params: z.object({ id: Id }), query: RecommendationQuery, headers: ShopHeader },
    responses: { 200: jsonResponse("The products, best first", Recommendations) },
  }),
  async (c) => {
    const { limit } = c.req.valid("query");
    const products = await similarProducts(shopContext(c), c.req.valid("param").id, limit);
    return c.json(Recommendations.parse(products), 200);
  },
);

recommendationRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/recommendations",
    operationId: "listRecommendations",
    summary: "Recommend products to me",
    description: `Based on the caller's latest purchases, favorites and cart, then the best sellers of the shop. Excludes products that
are hidden, sold out, in the cart, or already bought by the caller.`,
    tags,
    request: { query: RecommendationQuery },
    responses: { 200: jsonResponse("The products, best first", Recommendations) },
  }),
  async (c) => {
    const { limit } = c.req.valid("query");
    return c.json(Recommendations.parse(await recommendForMe(userContext(c), limit)), 200);
  },
);
