import { shopContext } from "../http/app-context.ts";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { listMails } from "./list.ts";
import { MailList, MailQuery } from "./schema.ts";

export const mailRoutes = router();

mailRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/mails",
    operationId: "listMails",
    summary: "List the mails of the shop, newest first",
    description: "To whom and when, for 90 days. The texts are not stored.",
    tags: ["Mail"],
    request: { query: MailQuery },
    responses: { 200: jsonResponse("A page of mails", MailList) },
  }),
  async (c) => c.json(MailList.parse(await listMails(shopContext(c), c.req.valid("query"))), 200),
);
