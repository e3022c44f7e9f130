import { z } from "@hono/zod-openapi";
import { answer, jsonOf } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopOf, signedIn } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { problems } from "../http/problem-responses.ts";
import { cancelPurchase } from "./cancel.ts";
import { getPurchase, listPurchases, summary } from "./history.ts";
import { giveBackPayment } from "./payments/refund-payments.ts";
import { listPayments } from "./payments/payments.ts";
import { confirmPurchase, takeWebhook } from "./payments/receive.ts";
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

export const purchases = router();

const tags = ["Purchases"];
const params = z.object({ id: Id });

purchases.openapi(
  operation("customer", {
    method: "get",
    path: "/purchases",
    operationId: "listPurchases",
    summary: "What I bought, newest first",
    tags,
    request: { query: PurchaseQuery },
    responses: { 200: answer("A page of purchases, without their lines", PurchaseList) },
  }),
  async (c) => c.json(PurchaseList.parse(await listPurchases(signedIn(c), c.req.valid("query"))), 200),
);

purchases.openapi(
  operation("customer", {
    method: "get",
    path: "/purchases/analytics/summary",
    operationId: "purchaseSummary",
    summary: "What I spent: orders, average, by category and by month",
    description: "Completed purchases, refunds taken off on the day of the refund.",
    tags,
    request: { query: SummaryQuery },
    responses: { 200: answer("The figures", PurchaseSummary) },
  }),
  async (c) => c.json(PurchaseSummary.parse(await summary(signedIn(c), c.req.valid("query"))), 200),
);

purchases.openapi(
  operation("customer", {
    method: "get",
    path: "/purchases/{id}",
    operationId: "getPurchase",
    summary: "One of my purchases",
    tags,
    request: { params },
    responses: { 200: answer("The purchase", Purchase), ...problems(404) },
  }),
  async (c) => c.json(Purchase.parse(await getPurchase(signedIn(c), c.req.valid("param").id)), 200),
);

purchases.openapi(
  operation("customer", {
    method: "post",
    path: "/purchases/{id}/cancel",
    operationId: "cancelPurchase",
    summary: "Cancel a purchase of mine that is pending",
    description: "Its goods are put back into stock.",
    tags,
    request: { params },
    responses: { 200: answer("The cancelled purchase", Purchase), ...problems(404, 409) },
  }),
  async (c) => c.json(Purchase.parse(await cancelPurchase(signedIn(c), c.req.valid("param").id)), 200),
);

purchases.openapi(
  operation("employee", {
    method: "post",
    path: "/purchases/{id}/confirm",
    operationId: "confirmPurchase",
    summary: "Confirm that a pending purchase was paid",
    description:
      "Cash is counted in the drawer of the open shift of whoever confirms it. Money for a cancelled purchase is recorded as due back (409).",
    tags,
    request: { params },
    responses: { 200: answer("The completed purchase", Purchase), ...problems(404, 409) },
  }),
  async (c) => c.json(Purchase.parse(await confirmPurchase(signedIn(c), c.req.valid("param").id)), 200),
);

purchases.openapi(
  operation("employee", {
    method: "get",
    path: "/payments",
    operationId: "listPayments",
    summary: "Payments of online sales, newest first, and what goes back of them",
    description:
      "`status=refund_due`: what is due back, for it came too late, was another amount, or its sale was refunded.",
    tags,
    request: { query: PaymentQuery },
    responses: { 200: answer("A page of payments", PaymentList) },
  }),
  async (c) => c.json(PaymentList.parse(await listPayments(shopOf(c), c.req.valid("query"))), 200),
);

purchases.openapi(
  operation("employee", {
    method: "post",
    path: "/payments/{id}/refund",
    operationId: "giveBackPayment",
    summary: "Give back a payment that is due back",
    description:
      "At Stripe it is given back by this; a payment by hand is marked as given back. 503 where Stripe fails: `last_error` says why.",
    tags,
    request: { params },
    responses: { 200: answer("The payment", Payment), ...problems(404, 409) },
  }),
  async (c) => c.json(Payment.parse(await giveBackPayment(signedIn(c), c.req.valid("param").id)), 200),
);

purchases.openapi(
  operation("public", {
    method: "post",
    path: "/payments/stripe/webhook",
    operationId: "stripeWebhook",
    summary: "What Stripe tells of payments",
    description: "Signed by Stripe. An event that comes again is ignored.",
    tags,
    request: { headers: StripeHeader, body: jsonOf(StripeEvent) },
    responses: { 204: { description: "Taken" } },
  }),
  async (c) => {
    await takeWebhook(c.var.base, await c.req.text(), c.req.valid("header")["stripe-signature"]);
    return c.body(null, 204);
  },
);
