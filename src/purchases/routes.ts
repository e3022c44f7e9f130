import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody, optionalJsonBody } from "../http/content.ts";
import { IdempotencyHeader, OrderHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext, purchaseContext, userContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { getReceipt } from "../sales/receipts/receipt.ts";
import { receiptResponse, respondWithReceipt } from "../sales/receipts/response.ts";
import { ReceiptQuery } from "../sales/receipts/schema.ts";
import { cancelPurchase } from "./cancel.ts";
import { getPurchase, listPurchases, purchaseSummary } from "./history.ts";
import { orderBearer } from "./access.ts";
import { refundPayment } from "./payments/refund-payments.ts";
import { listPayments } from "./payments/payments.ts";
import { confirmPurchase, handleProviderWebhook } from "./payments/receive.ts";
import {
  Payment,
  PaymentList,
  PaymentQuery,
  PaymentRefund,
  Purchase,
  PurchaseConfirmation,
  PurchaseList,
  PurchaseQuery,
  PurchaseSummary,
  StripeEvent,
  StripeHeader,
  SummaryQuery,
} from "./schema.ts";

export const purchaseRoutes = router();

const tags = ["Purchases"];
const params = z.object({ id: Id });

purchaseRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/purchases",
    operationId: "listPurchases",
    summary: "List my purchases, newest first",
    tags,
    request: { query: PurchaseQuery },
    responses: { 200: jsonResponse("A page of purchases, without their lines", PurchaseList) },
  }),
  async (c) => c.json(PurchaseList.parse(await listPurchases(userContext(c), c.req.valid("query"))), 200),
);

purchaseRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/purchases/analytics/summary",
    operationId: "getPurchaseSummary",
    summary: "Summarise my spending by category and by month",
    description: "Covers completed purchases. A refund is deducted on the day of the refund.",
    tags,
    request: { query: SummaryQuery },
    responses: { 200: jsonResponse("The figures", PurchaseSummary) },
  }),
  async (c) =>
    c.json(PurchaseSummary.parse(await purchaseSummary(userContext(c), c.req.valid("query"))), 200),
);

purchaseRoutes.openapi(
  operation(orderBearer, {
    scope: "orders:read",
    method: "get",
    path: "/purchases/{id}",
    operationId: "getPurchase",
    summary: "Get one of my purchases",
    description: "A guest sends the token of the order as X-Order.",
    tags,
    request: { params, headers: OrderHeader },
    responses: { 200: jsonResponse("The purchase", Purchase) },
  }),
  async (c) => c.json(Purchase.parse(await getPurchase(purchaseContext(c), c.req.valid("param").id)), 200),
);

purchaseRoutes.openapi(
  operation(orderBearer, {
    scope: "orders:read",
    method: "get",
    path: "/purchases/{id}/receipt",
    operationId: "getPurchaseReceipt",
    summary: "Get the receipt of one of my purchases as JSON, text or HTML",
    description:
      "The same as GET /sales/{id}/receipt, also for a guest, who sends the token of the order as X-Order. A purchase that is not paid has no receipt (409 `no-receipt`).",
    tags,
    request: { params, headers: OrderHeader, query: ReceiptQuery },
    problems: ["no-receipt"],
    responses: { 200: receiptResponse },
  }),
  async (c) =>
    respondWithReceipt(
      c,
      await getReceipt(purchaseContext(c), c.req.valid("param").id),
      c.req.valid("query"),
    ),
);

purchaseRoutes.openapi(
  operation(orderBearer, {
    scope: "orders:write",
    method: "post",
    path: "/purchases/{id}/cancel",
    operationId: "cancelPurchase",
    summary: "Cancel a pending purchase: my own, or as staff any buyer's",
    description:
      "The goods are returned to stock. A purchase that is already cancelled is returned as it is. A guest sends the token of the order as X-Order.",
    tags,
    request: { params, headers: IdempotencyHeader.extend(OrderHeader.shape) },
    problems: ["conflict", "not-cancellable"],
    responses: { 200: jsonResponse("The cancelled purchase", Purchase) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const cancelled = await cancelPurchase(purchaseContext(c), c.req.valid("param").id, key);
    return c.json(Purchase.parse(withReplayHeader(c, cancelled)), 200);
  },
);

purchaseRoutes.openapi(
  operation("employee", {
    scope: "payments:write",
    method: "post",
    path: "/purchases/{id}/confirm",
    operationId: "confirmPurchase",
    summary: "Confirm the payment of a pending purchase",
    description:
      "Cash is counted in the drawer of the confirming user's open shift. A payment for a cancelled purchase is recorded with a refund due, and the response is 409. A purchase that staff have already confirmed is returned as it is.",
    tags,
    request: { params, headers: IdempotencyHeader, body: optionalJsonBody(PurchaseConfirmation) },
    problems: ["not-confirmable", "price-changed", ["no-open-shift", 409]],
    responses: { 200: jsonResponse("The completed purchase", Purchase) },
  }),
  async (c) => {
    const { payment_method, expected_total } = PurchaseConfirmation.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const { id } = c.req.valid("param");
    const confirmed = await confirmPurchase(actorContext(c), id, payment_method, key, expected_total);
    return c.json(Purchase.parse(withReplayHeader(c, confirmed)), 200);
  },
);

purchaseRoutes.openapi(
  operation("employee", {
    scope: "payments:read",
    method: "get",
    path: "/payments",
    operationId: "listPayments",
    summary: "List payments and refunds of online sales, newest first",
    description:
      "`status=refund_due` lists payments to refund: those that arrived too late or had a wrong amount, and refunds of paid sales.",
    tags,
    request: { query: PaymentQuery },
    responses: { 200: jsonResponse("A page of payments", PaymentList) },
  }),
  async (c) => c.json(PaymentList.parse(await listPayments(shopContext(c), c.req.valid("query"))), 200),
);

purchaseRoutes.openapi(
  operation("employee", {
    scope: "payments:write",
    method: "post",
    path: "/payments/{id}/refund",
    operationId: "refundPayment",
    summary: "Refund a payment whose refund is due, or a part of it",
    description:
      "A Stripe payment is refunded at Stripe; a manual payment is marked as refunded. After a partial refund the rest stays due until staff refund it too. A payment that is already refunded is returned as it is, unless another `amount` is named. Returns 503 if Stripe fails; `last_error` has the reason.",
    tags,
    request: { params, headers: IdempotencyHeader, body: optionalJsonBody(PaymentRefund) },
    problems: ["not-refundable"],
    responses: { 200: jsonResponse("The payment", Payment) },
  }),
  async (c) => {
    const { amount } = PaymentRefund.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const refunded = await refundPayment(actorContext(c), c.req.valid("param").id, amount, key);
    return c.json(Payment.parse(withReplayHeader(c, refunded)), 200);
  },
);

purchaseRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/payments/stripe/webhook",
    operationId: "receiveStripeEvent",
    summary: "Receive payment events from Stripe",
    description: "The request is signed by Stripe. Repeated events are ignored.",
    tags,
    request: { headers: StripeHeader, body: jsonBody(StripeEvent) },
    problems: ["invalid-signature"],
    responses: { 204: { description: "Received" } },
  }),
  async (c) => {
    await handleProviderWebhook(c.var.base, await c.req.text(), c.req.valid("header")["stripe-signature"]);
    return c.body(null, 204);
  },
);
