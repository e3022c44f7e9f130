import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { cancelPurchase } from "./cancel.ts";
import { getPurchase, listPurchases, purchaseSummary } from "./history.ts";
import { refundPayment } from "./payments/refund-payments.ts";
import { listPayments } from "./payments/payments.ts";
import { confirmPurchase, handleProviderWebhook } from "./payments/receive.ts";
import {
  Payment,
  PaymentList,
  PaymentQuery,
  Purchase,
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
    method: "get",
    path: "/purchases",
    operationId: "listPurchases",
    summary: "What I bought, newest first",
    tags,
    request: { query: PurchaseQuery },
    responses: { 200: jsonResponse("A page of purchases, without their lines", PurchaseList) },
  }),
  async (c) => c.json(PurchaseList.parse(await listPurchases(actorContext(c), c.req.valid("query"))), 200),
);

purchaseRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/purchases/analytics/summary",
    operationId: "purchaseSummary",
    summary: "What I spent: orders, average, by category and by month",
    description: "Completed purchases, refunds taken off on the day of the refund.",
    tags,
    request: { query: SummaryQuery },
    responses: { 200: jsonResponse("The figures", PurchaseSummary) },
  }),
  async (c) =>
    c.json(PurchaseSummary.parse(await purchaseSummary(actorContext(c), c.req.valid("query"))), 200),
);

purchaseRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/purchases/{id}",
    operationId: "getPurchase",
    summary: "One of my purchases",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The purchase", Purchase), ...problemResponses(404) },
  }),
  async (c) => c.json(Purchase.parse(await getPurchase(actorContext(c), c.req.valid("param").id)), 200),
);

purchaseRoutes.openapi(
  operation("customer", {
    method: "post",
    path: "/purchases/{id}/cancel",
    operationId: "cancelPurchase",
    summary: "Cancel a purchase of mine that is pending",
    description: "Its goods are put back into stock.",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The cancelled purchase", Purchase), ...problemResponses(404, 409) },
  }),
  async (c) => c.json(Purchase.parse(await cancelPurchase(actorContext(c), c.req.valid("param").id)), 200),
);

purchaseRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/purchases/{id}/confirm",
    operationId: "confirmPurchase",
    summary: "Confirm that a pending purchase was paid",
    description:
      "Cash is counted in the drawer of the open shift of whoever confirms it. Money for a cancelled purchase is recorded as due back (409).",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The completed purchase", Purchase), ...problemResponses(404, 409) },
  }),
  async (c) => c.json(Purchase.parse(await confirmPurchase(actorContext(c), c.req.valid("param").id)), 200),
);

purchaseRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/payments",
    operationId: "listPayments",
    summary: "Payments of online sales, newest first, and what goes back of them",
    description:
      "`status=refund_due`: what is due back, for it came too late, was another amount, or its sale was refunded.",
    tags,
    request: { query: PaymentQuery },
    responses: { 200: jsonResponse("A page of payments", PaymentList) },
  }),
  async (c) => c.json(PaymentList.parse(await listPayments(shopContext(c), c.req.valid("query"))), 200),
);

purchaseRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/payments/{id}/refund",
    operationId: "giveBackPayment",
    summary: "Give back a payment that is due back",
    description:
      "At Stripe it is given back by this; a payment by hand is marked as given back. 503 where Stripe fails: `last_error` says why.",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The payment", Payment), ...problemResponses(404, 409) },
  }),
  async (c) => c.json(Payment.parse(await refundPayment(actorContext(c), c.req.valid("param").id)), 200),
);

purchaseRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/payments/stripe/webhook",
    operationId: "stripeWebhook",
    summary: "What Stripe tells of payments",
    description: "Signed by Stripe. An event that comes again is ignored.",
    tags,
    request: { headers: StripeHeader, body: jsonBody(StripeEvent) },
    responses: { 204: { description: "Taken" } },
  }),
  async (c) => {
    await handleProviderWebhook(c.var.base, await c.req.text(), c.req.valid("header")["stripe-signature"]);
    return c.body(null, 204);
  },
);
