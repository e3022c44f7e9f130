import { z } from "@hono/zod-openapi";
import { csvFile, jsonResponse, jsonBody } from "../../http/content.ts";
import { csvFormat, CsvFormatQuery, csvHeaders } from "../../http/csv.ts";
import { IdempotencyHeader, withLocationAt, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext, shopContext } from "../../http/app-context.ts";
import { columnNames } from "../../values/csv.ts";
import { Id } from "../../values/ids.ts";
import { stockColumns, stockCsv } from "../listing/export.ts";
import { listMoves } from "./history.ts";
import { StockChange, StockMove, StockMoveList, StockMoveQuery } from "./schema.ts";
import { changeStock } from "./stock.ts";

export const stockRoutes = router();

const tags = ["Catalogue"];
const params = z.object({ id: Id });

stockRoutes.openapi(
  operation("employee", {
    scope: "stock:write",
    method: "post",
    path: "/products/{id}/stock",
    operationId: "moveStock",
    summary: "Change the stock of a product by a delta or a count",
    description:
      "A count is rejected with 409 conflict if the stock changes at the same time or, if it names a version, if the product has changed since that version. A count resolves the open stock discrepancies of the product.",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonBody(StockChange) },
    problems: ["conflict", "stock-not-counted", "out-of-stock"],
    responses: { 201: jsonResponse("The move", StockMove) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const { id } = c.req.valid("param");
    const result = await changeStock(actorContext(c), id, c.req.valid("json"), key);
    const move = StockMove.parse(withReplayHeader(c, result));
    return c.json(withLocationAt(c, `products/${id}/stock-moves`, move), 201);
  },
);

stockRoutes.openapi(
  operation("employee", {
    scope: "stock:read",
    method: "get",
    path: "/products/{id}/stock-moves",
    operationId: "listStockMoves",
    summary: "List the stock moves of a product, newest first",
    description: "The moves of a product add up to its stock.",
    tags,
    request: { params, query: StockMoveQuery },
    responses: { 200: jsonResponse("A page of moves", StockMoveList) },
  }),
  async (c) => {
    const moves = await listMoves(actorContext(c), c.req.valid("param").id, c.req.valid("query"));
    return c.json(StockMoveList.parse(moves), 200);
  },
);

stockRoutes.openapi(
  operation("employee", {
    scope: "stock:read",
    method: "get",
    path: "/stock",
    operationId: "exportStock",
    summary: "Download the stock of products as CSV",
    description:
      "All products whose stock is tracked, hidden ones included, oldest first. Quantities are in the unit of the product, amounts in major units of `currency`; `value` is the stock at cost.",
    tags,
    request: {
      query: z.strictObject({
        format: z.enum(["csv"]).default("csv"),
        ...CsvFormatQuery,
        tenant: z.string().max(100).optional(),
      }),
    },
    responses: {
      200: {
        description: "The stock",
        content: {
          "text/csv": { schema: csvFile(columnNames(stockColumns)) },
        },
      },
    },
  }),
  async (c) => {
    const ctx = shopContext(c);
    const body = await stockCsv(ctx, csvFormat(ctx, c.req.valid("query")));
    return c.body(body, 200, csvHeaders(ctx, "stock"));
  },
);
