import { z } from "@hono/zod-openapi";
import { etagOf } from "../../auth/shops/if-match.ts";
import { actorContext } from "../../http/app-context.ts";
import { jsonBody, jsonOrCsvResponse, jsonResponse, optionalJsonBody } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import {
  ETagHeaders,
  IdempotencyHeader,
  IfMatch,
  withLocation,
  withReplayHeader,
} from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { runPlan } from "../../platform/plan.ts";
import { columnNames } from "../../values/csv.ts";
import { Id } from "../../values/ids.ts";
import { cancelOrder } from "./cancel.ts";
import { changeOrder } from "./change.ts";
import { orderCsvColumns, ordersCsv } from "./csv.ts";
import { listOrders } from "./list.ts";
import { getOrder } from "./order.ts";
import { renewLink } from "./payment-link.ts";
import { placeOrder } from "./place.ts";
import { NewOrder, Order, OrderCancellation, OrderList, OrderPatch, OrderQuery } from "./schema.ts";

export const orderRoutes = router();

const tags = ["Orders"];
const params = z.object({ id: Id });

orderRoutes.openapi(
  operation("employee", {
    scope: "orders:write",
    method: "post",
    path: "/orders",
    operationId: "createOrder",
    summary: "Create an order on behalf of a customer",
    description:
      "The order is an online sale that is pending until it is paid, and reserves its stock until then. It charges the current price of each product, less discounts, with its tax; discounts and prices beyond the rules of the shop need an `approval`.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewOrder) },
    problems: [
      "approval-required",
      "invalid-approval",
      "unknown-customer",
      "unknown-product",
      "conflict",
      "out-of-stock",
      "no-payment-link",
      "amount-too-large",
      "too-many-attempts",
    ],
    responses: {
      201: { ...jsonResponse("The order", Order), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const order = withReplayHeader(c, await placeOrder(actorContext(c), c.req.valid("json"), key));
    c.header("ETag", etagOf(order));
    return c.json(withLocation(c, "orders", Order.parse(order)), 201);
  },
);

orderRoutes.openapi(
  operation("employee", {
    scope: "orders:read",
    method: "get",
    path: "/orders",
    operationId: "listOrders",
    summary: "List orders, newest first, or oldest first as CSV",
    description:
      "All online sales, whoever took them: the rule `employees_see: own` hides only which of them a colleague took, so another `seller_id` is then 403. `q` finds orders of the 20 newest customers that match.",
    tags,
    request: { query: OrderQuery },
    responses: {
      200: jsonOrCsvResponse("A page of orders without their lines", OrderList, columnNames(orderCsvColumns)),
    },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const query = c.req.valid("query");
    if (query.format === "json")
      return c.json(OrderList.parse(await runPlan(ctx, listOrders(ctx, query))), 200);
    return c.body(await ordersCsv(ctx, query, csvFormat(ctx, query)), 200, csvHeaders(ctx, "orders", query));
  },
);

orderRoutes.openapi(
  operation("employee", {
    scope: "orders:read",
    method: "get",
    path: "/orders/{id}",
    operationId: "getOrder",
    summary: "Get an order with its lines",
    tags,
    request: { params },
    responses: {
      200: { ...jsonResponse("The order", Order), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const order = await getOrder(actorContext(c), c.req.valid("param").id);
    c.header("ETag", etagOf(order));
    return c.json(Order.parse(order), 200);
  },
);

orderRoutes.openapi(
  operation("employee", {
    scope: "orders:write",
    method: "patch",
    path: "/orders/{id}",
    operationId: "updateOrder",
    summary: "Change an order",
    description:
      "The items, the discount and the hold can change while the order is pending, the address and the note until it is cancelled. Editing the items or the discount requires If-Match with the ETag that was read. The reserved stock follows. If the total changes, the earlier request for payment is void, and what is still paid by it is due for a refund: see GET /payments.",
    tags,
    request: { params, headers: IfMatch, body: jsonBody(OrderPatch) },
    problems: [
      "approval-required",
      "invalid-approval",
      "unknown-product",
      "conflict",
      "out-of-stock",
      "not-changeable",
      "amount-too-large",
      "too-many-attempts",
    ],
    responses: {
      200: { ...jsonResponse("The order", Order), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const ifMatch = c.req.valid("header")["if-match"];
    const order = await changeOrder(actorContext(c), id, c.req.valid("json"), ifMatch);
    c.header("ETag", etagOf(order));
    return c.json(Order.parse(order), 200);
  },
);

orderRoutes.openapi(
  operation("employee", {
    scope: "orders:write",
    method: "post",
    path: "/orders/{id}/cancel",
    operationId: "cancelOrder",
    summary: "Cancel a pending order",
    description: "The goods are returned to stock. An order that is already cancelled is returned as it is.",
    tags,
    request: { params, headers: IdempotencyHeader, body: optionalJsonBody(OrderCancellation) },
    problems: ["conflict", "not-cancellable"],
    responses: { 200: jsonResponse("The cancelled order", Order) },
  }),
  async (c) => {
    const { reason } = OrderCancellation.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const cancelled = await cancelOrder(actorContext(c), c.req.valid("param").id, reason, key);
    return c.json(Order.parse(withReplayHeader(c, cancelled)), 200);
  },
);

orderRoutes.openapi(
  operation("employee", {
    scope: "orders:write",
    method: "post",
    path: "/orders/{id}/payment-link",
    operationId: "renewPaymentLink",
    summary: "Give a pending order a new payment link",
    description:
      "For a link that has expired, or an order that was to be paid otherwise. A link is valid for 23 hours, and the stock is reserved at least as long. An order whose link is valid for another hour is returned as it is.",
    tags,
    request: { params, headers: IdempotencyHeader },
    problems: ["conflict", "no-payment-link"],
    responses: { 200: jsonResponse("The order", Order) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const renewed = await renewLink(actorContext(c), c.req.valid("param").id, key);
    return c.json(Order.parse(withReplayHeader(c, renewed)), 200);
  },
);
