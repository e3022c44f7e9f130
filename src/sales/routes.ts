import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { getSale, listSales } from "./history.ts";
import { refundSale } from "./refund.ts";
import { NewRefund, NewSale, Sale, SaleList, SaleQuery } from "./schema.ts";
import { sell } from "./sell.ts";

export const saleRoutes = router();

const tags = ["Sales"];
const params = z.object({ id: Id });

saleRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/sales",
    operationId: "sell",
    summary: "Sell over the counter",
    description: "Charges the current price of each product. Sells all items or none.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewSale) },
    responses: { 201: jsonResponse("The sale with its total", Sale), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return c.json(
      Sale.parse(withReplayHeader(c, await sell(actorContext(c), c.req.valid("json"), key))),
      201,
    );
  },
);

saleRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/sales",
    operationId: "listSales",
    summary: "List sales and refunds, newest first",
    tags,
    request: { query: SaleQuery },
    responses: { 200: jsonResponse("A page of sales without their lines", SaleList) },
  }),
  async (c) => c.json(SaleList.parse(await listSales(shopContext(c), c.req.valid("query"))), 200),
);

saleRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/sales/{id}",
    operationId: "getSale",
    summary: "Get a sale with its lines",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The sale", Sale), ...problemResponses(404) },
  }),
  async (c) => c.json(Sale.parse(await getSale(shopContext(c), c.req.valid("param").id)), 200),
);

saleRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/sales/{id}/refunds",
    operationId: "refund",
    summary: "Refund a sale, whole or in part",
    description:
      "Refunds cannot exceed what was sold. A refund is a sale of kind refund with negative amounts. An online payment is refunded at its payment provider, unless you send another payment_method.",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonBody(NewRefund) },
    responses: { 201: jsonResponse("The refund", Sale), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await refundSale(actorContext(c), c.req.valid("param").id, c.req.valid("json"), key);
    return c.json(Sale.parse(withReplayHeader(c, result)), 201);
  },
);
