import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import { listMoves } from "./history.ts";
import { StockChange, StockMove, StockMoveList, StockMoveQuery } from "./schema.ts";
import { changeStock } from "./stock.ts";

export const stockRoutes = router();

const tags = ["Catalogue"];
const params = z.object({ id: Id });

stockRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/products/{id}/stock",
    operationId: "moveStock",
    summary: "Change the stock by a delta, or count it anew",
    description:
      "A count is refused (409 conflict) where the stock changed while it was made, and with a version where the product changed since that version.",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonBody(StockChange) },
    responses: { 201: jsonResponse("The move", StockMove), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await changeStock(actorContext(c), c.req.valid("param").id, c.req.valid("json"), key);
    return c.json(StockMove.parse(withReplayHeader(c, result)), 201);
  },
);

stockRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/products/{id}/stock-moves",
    operationId: "listStockMoves",
    summary: "Every change of a product's stock, newest first",
    description: "All moves of a product add up to its stock.",
    tags,
    request: { params, query: StockMoveQuery },
    responses: { 200: jsonResponse("A page of moves", StockMoveList) },
  }),
  async (c) => {
    const moves = await listMoves(actorContext(c), c.req.valid("param").id, c.req.valid("query"));
    return c.json(StockMoveList.parse(moves), 200);
  },
);
