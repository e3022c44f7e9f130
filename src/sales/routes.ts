import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody, jsonOrCsvResponse, optionalJsonBody } from "../http/content.ts";
import { csvFormat, csvHeaders } from "../http/csv.ts";
import { IdempotencyHeader, withLocation, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext, userContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { runPlan } from "../platform/plan.ts";
import { columnNames } from "../values/csv.ts";
import { saleCsvColumns, salesCsv } from "./exports/sales.ts";
import { getSale, listSales, listSalesOf } from "./history.ts";
import { refundSale } from "./refund.ts";
import { correctPayments } from "./correct-payments.ts";
import {
  CustomerSalesQuery,
  NewRefund,
  NewSale,
  NewWriteOff,
  PaymentCorrection,
  Refund,
  Sale,
  SaleList,
  SaleQuery,
  Void,
  WriteOff,
} from "./schema.ts";
import { sell } from "./sell.ts";
import { voidSale } from "./void.ts";
import { recordWriteOff } from "./write-off.ts";

export const saleRoutes = router();

const tags = ["Sales"];
const params = z.object({ id: Id });

saleRoutes.openapi(
  operation("employee", {
    scope: "sales:write",
    method: "post",
    path: "/sales",
    operationId: "createSale",
    summary: "Sell over the counter",
    description:
      "Charges the current price of each product, less discounts, with its tax. Sells all items or none, and gives the sale a receipt number. Discounts and prices beyond the rules of the shop need an `approval`. Send a `client_id` from a till: a request that is repeated after a lost answer, even days later, then returns the same sale.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewSale) },
    problems: [
      "approval-required",
      "invalid-approval",
      "unknown-customer",
      "unknown-product",
      "conflict",
      "out-of-stock",
      ["no-open-shift", 409],
      "payments-mismatch",
      "amount-too-large",
      "too-many-attempts",
    ],
    responses: {
      201: jsonResponse("The sale with its total", Sale),
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const sale = withReplayHeader(c, await sell(actorContext(c), c.req.valid("json"), key));
    return c.json(withLocation(c, "sales", Sale.parse(sale)), 201);
  },
);

saleRoutes.openapi(
  operation("employee", {
    scope: "sales:read",
    method: "get",
    path: "/sales",
    operationId: "listSales",
    summary: "List sales and refunds, newest first, or oldest first as CSV",
    description: `With the rule \`employees_see: own\` of the shop, an EMPLOYEE lists their own sales, online orders with \`channel=online\`, and any
sale by \`number\`; 403 for another \`seller_id\`. CSV has amounts in major units, the e-mail of the seller for an ADMIN,
\`day\` and \`time\` of the shop, and \`placed_at\` in UTC. Its lines are at GET /sales/lines.`,
    tags,
    request: { query: SaleQuery },
    responses: {
      200: jsonOrCsvResponse("A page of sales without their lines", SaleList, columnNames(saleCsvColumns)),
    },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const query = c.req.valid("query");
    if (query.format === "json")
      return c.json(SaleList.parse(await runPlan(ctx, listSales(ctx, query))), 200);
    return c.body(await salesCsv(ctx, query, csvFormat(ctx, query)), 200, csvHeaders(ctx, "sales", query));
  },
);

saleRoutes.openapi(
  operation("employee", {
    scope: "customers:read",
    method: "get",
    path: "/customers/{id}/sales",
    operationId: "listCustomerSales",
    summary: "List the sales and refunds of a customer, newest first",
    description:
      "Includes all channels and sellers, like GET /sales with `customer`. With the rule `employees_see: own` of the shop, an EMPLOYEE lists their own sales to the customer. The sales of a record that was merged into this one follow within minutes.",
    tags: ["Customers"],
    request: { params, query: CustomerSalesQuery },
    responses: {
      200: jsonResponse("A page of sales without their lines", SaleList),
    },
  }),
  async (c) => {
    const page = await listSalesOf(actorContext(c), c.req.valid("param").id, c.req.valid("query"));
    return c.json(SaleList.parse(page), 200);
  },
);

saleRoutes.openapi(
  operation("employee", {
    scope: "sales:read",
    method: "get",
    path: "/sales/{id}",
    operationId: "getSale",
    summary: "Get a sale with its lines",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The sale", Sale) },
  }),
  async (c) => c.json(Sale.parse(await getSale(shopContext(c), c.req.valid("param").id)), 200),
);

saleRoutes.openapi(
  operation("employee", {
    scope: "sales:write",
    method: "post",
    path: "/sales/{id}/refunds",
    operationId: "createRefund",
    summary: "Refund a sale, whole or in part",
    description:
      "Refunds cannot exceed what was sold. A refund is a sale of kind refund with negative amounts. An online payment is refunded at its payment provider, unless you send another payment_method. More cash than the drawer should hold is paid back with a warning.",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonBody(NewRefund) },
    problems: [
      "conflict",
      ["no-open-shift", 409],
      "refund-exceeds-sale",
      "not-refundable",
      "payments-mismatch",
    ],
    responses: {
      201: jsonResponse("The refund", Refund),
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await refundSale(actorContext(c), c.req.valid("param").id, c.req.valid("json"), key);
    return c.json(withLocation(c, "sales", Refund.parse(withReplayHeader(c, result))), 201);
  },
);

saleRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/sales/{id}/void",
    operationId: "voidSale",
    summary: "Void a sale of my open shift",
    description:
      "Undoes a whole counter sale: its goods return to stock and the money to the methods that paid. Only the seller may do so, and only while the shift of the sale is open. Afterwards, make a refund. A sale that is already voided returns its void with 200. More cash than the drawer should hold is paid back with a warning.",
    tags,
    request: { params, headers: IdempotencyHeader, body: optionalJsonBody(Void) },
    problems: ["conflict", "not-voidable"],
    responses: {
      200: jsonResponse("The void that was already made", Refund),
      201: jsonResponse("The voiding refund", Refund),
    },
  }),
  async (c) => {
    const { reason } = Void.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const { found, ...result } = await voidSale(userContext(c), c.req.valid("param").id, reason, key);
    const refund = Refund.parse(withReplayHeader(c, result));
    return found ? c.json(refund, 200) : c.json(withLocation(c, "sales", refund), 201);
  },
);

saleRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/sales/{id}/payments/correct",
    operationId: "correctPayments",
    summary: "Correct how a sale of an open shift was paid",
    description:
      "Replaces the payments of the sale, for example if it was paid by card and not in cash. The seller may do so while the shift of the sale is open, and an ADMIN while any shift is.",
    tags,
    request: { params, headers: IdempotencyHeader, body: jsonBody(PaymentCorrection) },
    problems: ["payments-not-correctable", "payments-mismatch"],
    responses: { 200: jsonResponse("The sale", Sale) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await correctPayments(userContext(c), c.req.valid("param").id, c.req.valid("json"), key);
    return c.json(Sale.parse(withReplayHeader(c, result)), 200);
  },
);

saleRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "post",
    path: "/sales/write-offs",
    operationId: "recordWriteOff",
    summary: "Record that a sale which a till made offline is written off",
    description:
      "For a sale that the shop refuses for good. The audit log records what was sold and why it is not in the shop; no stock, money or figures change. A `client_id` that was written off before returns the first record; 409 conflict if the shop has the sale.",
    tags,
    request: { body: jsonBody(NewWriteOff) },
    problems: ["conflict"],
    responses: { 200: jsonResponse("The write-off", WriteOff) },
  }),
  async (c) => c.json(WriteOff.parse(await recordWriteOff(userContext(c), c.req.valid("json"))), 200),
);
