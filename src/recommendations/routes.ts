import { z } from "@hono/zod-openapi";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { ShopHeader } from "../http/headers.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { recommendForMe } from "./for-me.ts";
import { RecommendationQuery, Recommendations } from "./schema.ts";
import { similarProducts } from "./similar.ts";

export const recommendationRoutes = router();

const tags = ["Catalogue"];

recommendationRoutes.openapi(
  operation("public", {
    method: "get",
    path: "/products/{id}/recommendations",
    operationId: "similarProducts",
    summary: "What goes with a product",
    description: `What was bought together with it (counted every night), then the nearest by series, author and category. Never
what is hidden, out of stock or, where somebody is signed in, his already.`,
    tags,
    request: { params: z.object({ id: Id }), query: RecommendationQuery, headers: ShopHeader },
    responses: { 200: jsonResponse("The products, best first", Recommendations), ...problemResponses(404) },
  }),
  async (c) => {
    const { limit } = c.req.valid("query");
    const found = await similarProducts(shopContext(c), c.req.valid("param").id, limit);
    return c.json(Recommendations.parse(found), 200);
  },
);

recommendationRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/recommendations",
    operationId: "recommendForMe",
    summary: "What I may want next",
    description: `From my newest purchases, my favorites and my cart; then the shop's best sellers. Never what is hidden, out of stock,
mine already or in my cart.`,
    tags,
    request: { query: RecommendationQuery },
    responses: { 200: jsonResponse("The products, best first", Recommendations) },
  }),
  async (c) => {
    const { limit } = c.req.valid("query");
    return c.json(Recommendations.parse(await recommendForMe(actorContext(c), limit)), 200);
  },
);
