import { shopContext } from "../../http/app-context.ts";
import { jsonOrCsvResponse, jsonResponse } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { runPlan } from "../../platform/plan.ts";
import { columnNames, csvText } from "../../values/csv.ts";
import { cachedResponse } from "../response-cache.ts";
import { KpisQuery } from "../schema.ts";
import { amounts, margin } from "./amounts.ts";
import { baskets } from "./baskets.ts";
import { breakdown, breakdownColumns } from "./breakdown.ts";
import { Amounts, Baskets, Breakdown, BreakdownQuery, Margin } from "./schema.ts";

export const breakdownRoutes = router();

const tags = ["Figures"];
const description =
  "A sale counts as soon as it is made, but a response may come from a cache: `Age` and `as_of` say how old it is, at most 60 seconds.";

breakdownRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/breakdown",
    operationId: "getBreakdown",
    summary: "Get sales by channel, payment method, category, refund reason or hour of the week",
    description,
    tags,
    request: { query: BreakdownQuery },
    responses: { 200: jsonOrCsvResponse("The rows", Breakdown, columnNames(breakdownColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const rows = await cachedResponse(c, Breakdown, query, (ctx) => runPlan(ctx, breakdown(ctx, query)));
    if (query.format === "json") return c.json(rows, 200);
    const ctx = shopContext(c);
    const text = csvText(breakdownColumns, rows.data, csvFormat(ctx, query));
    return c.body(text, 200, csvHeaders(ctx, query.by, query));
  },
);

breakdownRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/amounts",
    operationId: "getAmounts",
    summary: "Get what was sold, refunded, discounted and taxed",
    description,
    tags,
    request: { query: KpisQuery },
    responses: { 200: jsonResponse("The amounts", Amounts) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, Amounts, query, (ctx) => runPlan(ctx, amounts(ctx, query))), 200);
  },
);

breakdownRoutes.openapi(
  operation("admin", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/margin",
    operationId: "getMargin",
    summary: "Get the gross margin",
    description,
    tags,
    request: { query: KpisQuery },
    responses: { 200: jsonResponse("The margin", Margin) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, Margin, query, (ctx) => runPlan(ctx, margin(ctx, query))), 200);
  },
);

breakdownRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/baskets",
    operationId: "getBaskets",
    summary: "Get how many lines and units sales have",
    description,
    tags,
    request: { query: KpisQuery },
    responses: { 200: jsonResponse("The distribution", Baskets) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, Baskets, query, (ctx) => runPlan(ctx, baskets(ctx, query))), 200);
  },
);
