import { z } from "@hono/zod-openapi";
import { actorContext } from "../../http/app-context.ts";
import { jsonResponse, optionalJsonBody } from "../../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { Id } from "../../values/ids.ts";
import { mailReceipt } from "./mail.ts";
import { getReceipt } from "./receipt.ts";
import { receiptResponse, respondWithReceipt } from "./response.ts";
import { ReceiptMail, ReceiptMailInput, ReceiptQuery } from "./schema.ts";

export const receiptRoutes = router();

receiptRoutes.openapi(
  operation("customer", {
    scope: "sales:read",
    method: "get",
    path: "/sales/{id}/receipt",
    operationId: "getReceipt",
    summary: "Get the receipt of a sale or refund as JSON, text or HTML",
    description:
      "Staff get the receipts of all sales and refunds, customers those of their own. Texts, numbers and dates are those of the shop's locale (Catalan, English, French, German, Italian, Portuguese, Spanish; otherwise English). The text has lines of at most `width` columns; the page is for 80 mm paper. A sale that is not completed has no receipt (409 `no-receipt`).",
    tags: ["Sales"],
    request: { params: z.object({ id: Id }), query: ReceiptQuery },
    problems: ["no-receipt"],
    responses: { 200: receiptResponse },
  }),
  async (c) =>
    respondWithReceipt(c, await getReceipt(actorContext(c), c.req.valid("param").id), c.req.valid("query")),
);

receiptRoutes.openapi(
  operation("employee", {
    scope: "sales:write",
    method: "post",
    path: "/sales/{id}/receipt/mail",
    operationId: "mailReceipt",
    summary: "Send the receipt of a sale or refund by mail",
    description:
      "To the customer of the sale, or to the address in the body, as text and HTML. An address gets the receipt of a sale at most three times an hour, and at most twenty receipts (429 `too-many-mails`). A sale that is not completed has no receipt (409 `no-receipt`).",
    tags: ["Sales"],
    request: {
      params: z.object({ id: Id }),
      headers: IdempotencyHeader,
      body: optionalJsonBody(ReceiptMailInput),
    },
    problems: ["no-receipt", "too-many-mails"],
    responses: {
      202: jsonResponse("The mail will be sent", ReceiptMail),
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const { id } = c.req.valid("param");
    const mailed = await mailReceipt(actorContext(c), id, c.req.valid("json"), key);
    return c.json(ReceiptMail.parse(withReplayHeader(c, mailed)), 202);
  },
);
