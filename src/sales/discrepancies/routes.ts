import { jsonOrCsvResponse } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { shopContext } from "../../http/app-context.ts";
import { columnNames } from "../../values/csv.ts";
import { discrepanciesCsv, discrepancyColumns, listDiscrepancies } from "./list.ts";
import { StockDiscrepancyList, StockDiscrepancyQuery } from "./schema.ts";

export const discrepancyRoutes = router();

discrepancyRoutes.openapi(
  operation("employee", {
    scope: "stock:read",
    method: "get",
    path: "/stock/discrepancies",
    operationId: "listDiscrepancies",
    summary: "List what sales took beyond the stock, newest first",
    description:
      'An `offline` sale, and any counter sale of a shop with `oversell: "allow"`, is accepted beyond the stock: the stock becomes 0 ' +
      "and what is missing is listed here until a count of the product (`POST /products/{id}/stock` with `count`) resolves it. " +
      "`open=false` lists what has been resolved.",
    tags: ["Catalogue"],
    request: { query: StockDiscrepancyQuery },
    responses: {
      200: jsonOrCsvResponse(
        "A page of discrepancies",
        StockDiscrepancyList,
        columnNames(discrepancyColumns),
      ),
    },
  }),
  async (c) => {
    const ctx = shopContext(c);
    const query = c.req.valid("query");
    if (query.format === "json")
      return c.json(StockDiscrepancyList.parse(await listDiscrepancies(ctx, query)), 200);
    const body = await discrepanciesCsv(ctx, query, csvFormat(ctx, query));
    return c.body(body, 200, csvHeaders(ctx, "stock-discrepancies"));
  },
);
