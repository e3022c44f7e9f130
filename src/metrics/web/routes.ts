import { actorContext } from "../../http/app-context.ts";
import { jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { runPlan } from "../../platform/plan.ts";
import { KpisQuery } from "../schema.ts";
import { abandonedCarts } from "./carts.ts";
import { funnel } from "./funnel.ts";
import { AbandonedCarts, CartsQuery, Funnel } from "./schema.ts";

export const webRoutes = router();

const tags = ["Figures"];

webRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/funnel",
    operationId: "getFunnel",
    summary: "Get how many carts were ordered and paid",
    description: "Not cached, since carts change without a sale.",
    tags,
    request: { query: KpisQuery },
    responses: { 200: jsonResponse("The funnel", Funnel) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(Funnel.parse(await runPlan(ctx, funnel(ctx, c.req.valid("query")))), 200);
  },
);

webRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/carts",
    operationId: "getAbandonedCarts",
    summary: "List abandoned carts",
    description: "Carts to which nothing was added for some hours. Only an ADMIN sees names.",
    tags,
    request: { query: CartsQuery },
    responses: { 200: jsonResponse("A page of carts", AbandonedCarts) },
  }),
  async (c) => c.json(AbandonedCarts.parse(await abandonedCarts(actorContext(c), c.req.valid("query"))), 200),
);
