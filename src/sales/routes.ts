import { z } from "@hono/zod-openapi";
import { answer, jsonOf } from "../http/content.ts";
import { IdempotencyHeader, made } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopOf, signedIn } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problems } from "../http/problem-responses.ts";
import { getSale, listSales } from "./history.ts";
import { refund } from "./refund.ts";
import { NewRefund, NewSale, Sale, SaleList, SaleQuery } from "./schema.ts";
import { sell } from "./sell.ts";

export const sales = router();

const tags = ["Sales"];
const params = z.object({ id: Id });

sales.openapi(
  operation("employee", {
    method: "post",
    path: "/sales",
    operationId: "sell",
    summary: "Sell over the counter",
    description: "Prices are the products' own. All items are sold, or none.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonOf(NewSale) },
    responses: { 201: answer("The sale with its total", Sale), ...problems(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return c.json(Sale.parse(made(c, await sell(signedIn(c), c.req.valid("json"), key))), 201);
  },
);

sales.openapi(
  operation("employee", {
    method: "get",
    path: "/sales",
    operationId: "listSales",
    summary: "Sales and refunds, newest first",
    tags,
    request: { query: SaleQuery },
    responses: { 200: answer("A page of sales, without their lines", SaleList) },
  }),
  async (c) => c.json(SaleList.parse(await listSales(shopOf(c), c.req.valid("query"))), 200),
);

sales.openapi(
  operation("employee", {
    method: "get",
    path: "/sales/{id}",
    operationId: "getSale",
    summary: "One sale with its lines",
    tags,
    request: { params },
    responses: { 200: answer("The sale", Sale), ...problems(404) },
  }),
  async (c) => c.json(Sale.parse(await getSale(shopOf(c), c.req.valid("param").id)), 200),
);

sales.openapi(
  operation("employee", {
    method: "post",
    path: "/sales/{id}/refunds",
    operationId: "refund",
    summary: "Refund a sale, whole or in part",
    description:
      "Never more than was sold. The refund is a sale of its own, with negative amounts. What was paid online at a payment provider is given back there, unless another payment_method is said.",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonOf(NewRefund) },
    responses: { 201: answer("The refund", Sale), ...problems(404, 409) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await refund(signedIn(c), c.req.valid("param").id, c.req.valid("json"), key);
    return c.json(Sale.parse(made(c, result)), 201);
  },
);
