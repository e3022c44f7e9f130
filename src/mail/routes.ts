import { z } from "@hono/zod-openapi";
import { actorContext, shopContext } from "../http/app-context.ts";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { Id } from "../values/ids.ts";
import { listMails } from "./list.ts";
import { retryMail } from "./retry.ts";
import { Mail, MailList, MailQuery } from "./schema.ts";

export const mailRoutes = router();

mailRoutes.openapi(
  operation("admin", {
    scope: "mails:read",
    method: "get",
    path: "/mails",
    operationId: "listMails",
    summary: "List the mails of the shop, newest first",
    description:
      "To whom and when, for 90 days. The texts are not stored. With `status`, `kind`, or `recipient` and `about` together, a page may be shorter than `limit`, or empty, before the list ends.",
    tags: ["Mail"],
    request: { query: MailQuery },
    responses: { 200: jsonResponse("A page of mails", MailList) },
  }),
  async (c) => c.json(MailList.parse(await listMails(shopContext(c), c.req.valid("query"))), 200),
);

mailRoutes.openapi(
  operation("admin", {
    scope: "mails:write",
    method: "post",
    path: "/mails/{id}/retry",
    operationId: "retryMail",
    summary: "Send a failed mail again",
    description:
      "It is composed anew, and tried as often as a new one, even if the address bounced. A mail that has not failed is refused (409 `mail-not-failed`).",
    tags: ["Mail"],
    request: { params: z.object({ id: Id }) },
    problems: ["mail-not-failed"],
    responses: { 202: jsonResponse("The mail is pending again", Mail) },
  }),
  async (c) => c.json(Mail.parse(await retryMail(actorContext(c), c.req.valid("param").id)), 202),
);
