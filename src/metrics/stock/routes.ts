import { shopContext } from "../../http/app-context.ts";
import { jsonOrCsvResponse, jsonResponse } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { runPlan } from "../../platform/plan.ts";
import { SlowProducts, SlowProductsQuery, StockFigureQuery, StockFigures } from "./schema.ts";
import { columnNames } from "../../values/csv.ts";
import { slowColumns, slowProducts, slowProductsCsv } from "./slow-products.ts";
import { stockFigures } from "./stock.ts";

export const stockFigureRoutes = router();

const tags = ["Figures"];

stockFigureRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/stock",
    operationId: "getStockFigures",
    summary: "Get the value of the stock and its days of cover",
    description: "Not cached, since stock changes without a sale.",
    tags,
    request: { query: StockFigureQuery },
    responses: { 200: jsonResponse("The stock", StockFigures) },
  }),
  async (c) => {
    const ctx = shopContext(c);
    return c.json(StockFigures.parse(await runPlan(ctx, stockFigures(ctx))), 200);
  },
);

stockFigureRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/slow-products",
    operationId: "getSlowProducts",
    summary: "List products in stock that do not sell",
    description:
      "Products that have never sold come first, then those that have not sold for longest. As CSV, returns the whole list and ignores limit and cursor. A page may be short, or empty, and still have a next one. A sale counts within some minutes.",
    tags,
    request: { query: SlowProductsQuery },
    responses: { 200: jsonOrCsvResponse("A page of products", SlowProducts, columnNames(slowColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = shopContext(c);
    if (query.format === "json") return c.json(SlowProducts.parse(await slowProducts(ctx, query)), 200);
    const rows = await slowProductsCsv(ctx, query.days, csvFormat(ctx, query));
    return c.body(rows, 200, csvHeaders(ctx, "slow products"));
  },
);
