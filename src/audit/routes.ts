import { csvDownloadHeaders } from "../http/csv.ts";
import { jsonOrCsvResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext } from "../http/app-context.ts";
import { AUDIT_COLUMNS, auditCsv, listAudit } from "./list.ts";
import { AuditList, AuditQuery } from "./schema.ts";

export const auditRoutes = router();

auditRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/audit",
    operationId: "listAudit",
    summary: "Who changed what, newest first",
    description:
      "Changes of people, settings, products, stock, payments, shifts and webhooks, refunds, imports, and logins. Sales and " +
      "purchases name their maker themselves and are not among them. As CSV it is the whole list: limit and cursor do not count.",
    tags: ["Audit"],
    request: { query: AuditQuery },
    responses: { 200: jsonOrCsvResponse("A page of the log", AuditList, AUDIT_COLUMNS) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = shopContext(c);
    if (query.format === "json") return c.json(AuditList.parse(await listAudit(ctx, query)), 200);
    return c.body(await auditCsv(ctx, query), 200, csvDownloadHeaders(`${ctx.tenant.name} audit.csv`));
  },
);
